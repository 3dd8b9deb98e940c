package dev.weir.job;

import dev.weir.classify.series.ClassifySettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.expert.ExplanationSettings;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.job.options.CovariateOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.job.options.JobOptions;
import dev.weir.job.options.JobOptions.Format;
import dev.weir.job.options.JobOptions.Made;
import dev.weir.job.options.JobOptions.ModeOptions;
import dev.weir.job.options.JobOptions.RunMode;
import dev.weir.job.options.MappingOptions;
import dev.weir.job.options.NetworkOptions;
import dev.weir.job.options.RegistryOptions;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.ClassTopics;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.SourceOffsets;
import dev.weir.kafka.SourcePosition;
import dev.weir.kafka.SourceRange;
import dev.weir.model.ForecastModel;
import dev.weir.option.ForecastOptions;
import dev.weir.option.ForecastSpec;
import dev.weir.stream.covariate.CovariateSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.configuration.MemorySize;

/**
 * A job file, checked: everything that a job needs to be built.
 *
 * @param name name of the job
 * @param kafka where the pipeline's ends are
 * @param forecast what the operator that forecasts is configured with; without targets there is no
 *     such operator
 * @param covariates how observations get covariates from a topic of their own; null: there is no
 *     such operator
 * @param shared base models that are learned from all series; empty: no operator trains
 * @param classify what the operator that classifies is configured with; null: there is no such
 *     operator
 * @param idleTimeout a partition without an observation for so long, and without unread records, no
 *     longer holds back time
 * @param createTopics whether missing output and model topics are created
 */
public record JobSettings(
    String name,
    KafkaSettings kafka,
    ForecastSettings forecast,
    CovariateSettings covariates,
    List<SharedSettings> shared,
    ClassifySettings classify,
    Duration idleTimeout,
    boolean createTopics) {

  /**
   * Reads a job file and the weights that it names.
   *
   * @param overrides values that win over those of the file, by key
   * @throws JobFileException with each thing that is wrong
   */
  public static JobSettings read(Path file, Map<String, String> overrides) throws IOException {
    return of(JobFile.read(file, overrides), file.toAbsolutePath().getParent());
  }

  /** The settings of a job file that comes inside the jar, by its name. */
  public static JobSettings builtin(String name, Map<String, String> overrides) throws IOException {
    String resource = "/jobs/" + name + ".yaml";
    try (InputStream in = JobSettings.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no built-in job " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return of(JobFile.parse(text, name + ".yaml", overrides), Path.of(""));
    }
  }

  public static JobSettings of(JobFile file, Path directory) {
    MappingSection.addDefaults(file);
    CovariateSection.addDefaults(file);
    String name = file.require(JobOptions.NAME);
    ForecastSpec spec = spec(file, directory);
    List<ModeOptions> modes =
        JobOptions.MODES.stream().filter(mode -> file.hasSection(mode.section())).toList();
    modes.forEach(mode -> add(file, spec, mode, directory));
    boolean forecasts = !modes.isEmpty();
    if (forecasts) {
      if (spec.alarms != null) {
        AlarmSection.checkHorizon(file, modes.get(0).mode(), spec.horizon(modes.get(0).mode()));
      }
      checkTuned(file, modes, spec.learns);
    }
    ClassifySettings classify =
        ClassifySection.isIn(file) ? ClassifySection.read(file, !forecasts, directory) : null;
    if (!forecasts && !ClassifySection.isIn(file)) {
      file.problem(
          "forecast",
          "expected many-to-one, many-to-many or both, or a section classify, got none");
    }
    KafkaSettings kafka = kafka(file, name, !forecasts, directory);
    ForecastSettings forecast = spec.settings();
    List<SharedSettings> shared = SharedSection.read(file, forecast);
    CovariateSettings covariates = CovariateSection.settings(file, forecast);
    file.stop();
    return new JobSettings(
        name,
        kafka,
        forecast,
        covariates,
        shared,
        classify,
        file.get(JobOptions.IDLE_TIMEOUT),
        file.get(JobOptions.CREATE_TOPICS));
  }

  private static ForecastSpec spec(JobFile file, Path directory) {
    ForecastSpec spec = new ForecastSpec(file);
    spec.take(JobOptions.all(), file::has, file::get);
    spec.modelsArrive = true;
    spec.learns = learns(file);
    HolidaySection.check(file, spec.learns);
    if (spec.learns) {
      spec.holidays = HolidaySection.read(file, directory);
      spec.training = NetworkOptions.read(file);
    }
    spec.alarms = AlarmSection.read(file);
    spec.names =
        new ExplanationSettings(
            names(file.get(MappingOptions.FEATURES)),
            names(
                file.has(CovariateOptions.TOPIC)
                    ? file.get(CovariateOptions.FEATURES)
                    : file.get(MappingOptions.FEATURES_AHEAD)));
    spec.maxSeries = file.get(JobOptions.MAX_SERIES);
    spec.scoresEvery = file.get(JobOptions.SCORES_EVERY);
    MemorySize cache = file.get(JobOptions.CACHE);
    spec.cache = cache == null ? StateLimits.A_SHARE_OF_THE_HEAP : cache.getBytes();
    return spec;
  }

  /**
   * @param fields null for records of Weir's own, whose covariates have no names
   */
  private static List<String> names(List<?> fields) {
    return fields == null ? List.of() : fields.stream().map(Object::toString).toList();
  }

  /** Those of the file that the job file names, then its own. */
  private static Map<String, String> clientProperties(JobFile file, Path directory) {
    Map<String, String> properties = new LinkedHashMap<>();
    String location = file.get(JobOptions.PROPERTIES_FILE);
    if (location != null) {
      try {
        properties.putAll(ClientProperties.referTo(directory.resolve(location)));
      } catch (IOException e) {
        file.problem(
            JobOptions.PROPERTIES_FILE, "expected a readable file, got %s".formatted(location));
      } catch (IllegalArgumentException e) {
        file.problem(JobOptions.PROPERTIES_FILE, e.getMessage());
      }
    }
    properties.putAll(file.properties());
    return properties;
  }

  /** A copy of no model would be asked for and never made, and a name is that of one model. */
  private static void checkTuned(JobFile file, List<ModeOptions> modes, boolean learns) {
    List<String> models = modes.stream().map(each -> file.get(each.model())).toList();
    boolean hasModel = models.stream().anyMatch(Objects::nonNull);
    if (file.get(NetworkOptions.TUNED) && !(hasModel && learns)) {
      file.problem(
          NetworkOptions.TUNED,
          "expected false without %s, got true"
              .formatted(hasModel ? "a mixture that learns" : "a model to copy"));
    }
    if (models.size() > 1 && models.get(0) != null && models.get(0).equals(models.get(1))) {
      file.problem(
          JobOptions.MODES.get(1).model(), "expected another name than that of many-to-one");
    }
  }

  private static KafkaSettings kafka(
      JobFile file, String name, boolean onlyClasses, Path directory) {
    ObservationTopics observations = observations(file);
    String deadLetters =
        file.get(
            JobOptions.DEAD_LETTERS,
            (observations.pattern() == null ? observations.first() : name) + ".dlq");
    ClassTopics ofClasses =
        ClassifySection.isIn(file) ? ClassifySection.topics(file, !onlyClasses) : null;
    Topics topics =
        new Topics(
            observations,
            file.get(JobOptions.FORECASTS),
            file.get(JobOptions.SCORES),
            deadLetters,
            file.get(JobOptions.MODELS),
            ofClasses,
            AlarmSection.topic(file),
            file.get(JobOptions.FORECAST_FORMAT) == Format.JSON,
            CovariateSection.topic(file, !onlyClasses, directory));
    if (topics.isJson() && RegistryOptions.isRegistered(file)) {
      file.problem(
          JobOptions.FORECAST_FORMAT,
          "expected avro beside kafka.format: avro-confluent, got json, which needs no registry");
    }
    if (topics.all().stream().distinct().count() < topics.all().size()) {
      file.problem("topics", "expected different names, got " + topics.all());
    }
    if (!topics.ownMatches().isEmpty()) {
      file.problem(
          JobOptions.PATTERN,
          "expected none of the job's other topics to match, got " + topics.ownMatches());
    }
    Map<String, String> clients = clientProperties(file, directory);
    return new KafkaSettings(
        file.require(JobOptions.BOOTSTRAP_SERVERS),
        clients,
        file.get(JobOptions.GROUP, name),
        topics,
        file.get(JobOptions.GUARANTEE),
        file.get(JobOptions.TRANSACTION_TIMEOUT),
        file.get(JobOptions.TRANSACTION_PREFIX, "weir-" + name),
        maxFuture(file),
        span(file),
        SourceOffsets.STREAM, // these two are measured on the topics when the job is submitted
        0,
        RegistryOptions.read(file, clients),
        MappingSection.read(file, directory));
  }

  private static ObservationTopics observations(JobFile file) {
    ObservationTopics observations =
        new ObservationTopics(
            file.has(JobOptions.PATTERN) ? List.of() : file.get(JobOptions.OBSERVATIONS),
            file.has(JobOptions.PATTERN) ? file.get(JobOptions.PATTERN, "") : null);
    if (file.has(JobOptions.PATTERN) && file.has(JobOptions.OBSERVATIONS)) {
      file.problem(
          JobOptions.PATTERN,
          "expected it or topics.observations, got both: " + file.get(JobOptions.OBSERVATIONS));
    }
    if (observations.isOne()) {
      return observations;
    }
    String one = "expected one topic of observations beside it, got several";
    if (file.get(JobOptions.MODE) == RunMode.BOUNDED) {
      file.problem(JobOptions.MODE, one);
    }
    SourcePosition start = file.get(JobOptions.START);
    if (start != null && !start.equals(SourcePosition.COMMITTED)) {
      file.problem(JobOptions.START, one);
    }
    return observations;
  }

  /** An observation further ahead than the ttl would make its series forget what it has learned. */
  private static Duration maxFuture(JobFile file) {
    Duration maxFuture = file.get(JobOptions.MAX_FUTURE);
    Duration ttl = file.get(ForecastOptions.TTL);
    if (ttl.isZero() || maxFuture.compareTo(ttl) < 0 && file.has(JobOptions.MAX_FUTURE)) {
      return maxFuture;
    }
    if (file.has(JobOptions.MAX_FUTURE)) {
      file.problem(
          JobOptions.MAX_FUTURE,
          "expected less than state.ttl (%s), since one fast clock would make series start again,"
                  .formatted(ttl)
              + " got "
              + maxFuture);
    }
    Duration half = ttl.dividedBy(2);
    return maxFuture.compareTo(half) < 0 ? maxFuture : half;
  }

  private static SourceRange span(JobFile file) {
    boolean bounded = file.get(JobOptions.MODE) == RunMode.BOUNDED;
    SourcePosition start = file.get(JobOptions.START);
    SourcePosition end = file.get(JobOptions.END);
    if (!bounded && file.has(JobOptions.END)) {
      file.problem(JobOptions.END, "expected mode: bounded beside it, got streaming");
    }
    if (!bounded) {
      return new SourceRange(start == null ? SourcePosition.COMMITTED : start, null);
    }
    return new SourceRange(
        start == null ? SourcePosition.EARLIEST : start, end == null ? SourcePosition.LATEST : end);
  }

  private static void add(JobFile file, ForecastSpec spec, ModeOptions options, Path directory) {
    String name = file.get(options.model());
    String location = file.get(options.file());
    ForecastModel initial = null;
    if (location != null && name == null) {
      file.problem(options.file(), "expected the model's name beside it, got none");
    } else if (location != null) {
      int seqLen = file.get(ForecastOptions.SEQ_LEN);
      try {
        byte[] bytes = ModelLocation.load(location, seqLen, directory);
        initial = spec.read(options.mode(), name, bytes, location, seqLen);
      } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
        file.problem(
            options.file(), "expected a readable file, got %s (%s)".formatted(location, e));
      }
    }
    ForecastModel named = initial == null ? null : initial.withName(name);
    spec.add(options.mode(), name, named); // the job file's word counts
  }

  private static boolean learns(JobFile file) {
    boolean learning = file.get(ForecastOptions.LEARNING);
    Made output = file.get(JobOptions.OUTPUT);
    if (!learning && output == Made.MIXTURE) {
      file.problem(JobOptions.OUTPUT, "expected network, since learning is off, got mixture");
    }
    return learning && output != Made.NETWORK;
  }
}
