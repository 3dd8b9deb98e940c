package dev.weir.job;

import dev.weir.classify.series.ClassifySettings;
import dev.weir.forecast.calendar.HolidaySettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.LearningPlan;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.job.calendar.HolidaySection;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import dev.weir.job.options.JobOptions;
import dev.weir.job.options.JobOptions.Format;
import dev.weir.job.options.JobOptions.Made;
import dev.weir.job.options.JobOptions.ModeOptions;
import dev.weir.job.options.JobOptions.RunMode;
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
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.stream.covariate.CovariateSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    int seqLen = file.get(ForecastOptions.SEQ_LEN);
    int features = file.get(ForecastOptions.FEATURES);
    HolidaySection.check(file, learns(file));
    HolidaySettings holidays = learns(file) ? HolidaySection.read(file, directory) : null;
    List<Target> targets = new ArrayList<>();
    for (ModeOptions mode : JobOptions.MODES) {
      if (file.hasSection(mode.section())) {
        targets.add(target(file, mode, seqLen, directory, holidays));
      }
    }
    ClassifySettings classify =
        ClassifySection.isIn(file)
            ? ClassifySection.read(file, targets.isEmpty(), directory)
            : null;
    if (targets.isEmpty() && classify == null && !ClassifySection.isIn(file)) {
      file.problem(
          "forecast",
          "expected many-to-one, many-to-many or both, or a section classify, got none");
    } else if (targets.size() > 1
        && targets.get(0).model() != null
        && targets.get(0).model().equals(targets.get(1).model())) {
      file.problem(
          JobOptions.MODES.get(1).model(), "expected another name than that of many-to-one");
    }
    KafkaSettings kafka = kafka(file, name, targets.isEmpty(), directory);
    Duration outOfOrderness = file.get(JobOptions.OUT_OF_ORDERNESS);
    Sampling sampling = sampling(file);
    Duration idleTimeout = file.get(JobOptions.IDLE_TIMEOUT);
    StateLimits limits = limits(file, outOfOrderness, sampling);
    checkTuned(file, targets);
    targets = BoundsSection.targets(file, AlarmSection.targets(file, targets));
    targets = ExplanationSection.targets(file, targets);
    int stride = file.get(ForecastOptions.STRIDE);
    boolean createTopics = file.get(JobOptions.CREATE_TOPICS);
    JobOptions.all().forEach(file::get); // also those that nothing asks for now must be right
    file.throwProblems();

    ForecastSettings forecast =
        new ForecastSettings(
            seqLen,
            stride,
            features,
            file.get(ForecastOptions.CALENDAR),
            outOfOrderness,
            sampling,
            limits,
            targets,
            file.get(ForecastOptions.TIME_ZONE),
            file.get(ForecastOptions.FEATURES_AHEAD));
    CovariateSection.checkRead(file, forecast, learns(file));
    for (int i = 0; i < targets.size(); i++) {
      checkInitialModel(file, forecast, targets.get(i));
    }
    List<SharedSettings> shared = SharedSection.read(file, forecast);
    CovariateSettings covariates = CovariateSection.settings(file, forecast);
    file.throwProblems();
    return new JobSettings(
        name, kafka, forecast, covariates, shared, classify, idleTimeout, createTopics);
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

  /** A copy of no model would be asked for and never made. */
  private static void checkTuned(JobFile file, List<Target> targets) {
    boolean hasModel = targets.stream().anyMatch(t -> t.model() != null && !t.model().isEmpty());
    if (!targets.isEmpty() && file.get(NetworkOptions.TUNED) && !(hasModel && learns(file))) {
      file.problem(
          NetworkOptions.TUNED,
          "expected false without %s, got true"
              .formatted(hasModel ? "a mixture that learns" : "a model to copy"));
    }
  }

  private static StateLimits limits(JobFile file, Duration outOfOrderness, Sampling sampling) {
    Duration ttl = file.get(ForecastOptions.TTL);
    if (!ttl.isZero() && !sampling.isByCount() && ttl.toMillis() <= sampling.interval()) {
      file.problem( // else each observation would restart its series
          ForecastOptions.TTL,
          "expected more than window.interval (%s), got %s"
              .formatted(Duration.ofMillis(sampling.interval()), ttl));
    }
    if (!ttl.isZero() && ttl.compareTo(outOfOrderness) <= 0) {
      file.problem(
          ForecastOptions.TTL,
          "expected more than window.out-of-orderness (%s), got %s".formatted(outOfOrderness, ttl));
    }
    MemorySize cache = file.get(JobOptions.CACHE);
    return new StateLimits(
        ttl,
        file.get(JobOptions.MAX_SERIES),
        cache == null ? StateLimits.A_SHARE_OF_THE_HEAP : cache.getBytes());
  }

  private static Sampling sampling(JobFile file) {
    Duration interval = file.get(ForecastOptions.INTERVAL);
    Gap gap = file.get(ForecastOptions.GAP);
    int maxFill = file.get(ForecastOptions.MAX_FILL);
    if (interval == null) {
      for (Option<?> option : List.of(ForecastOptions.GAP, ForecastOptions.MAX_FILL)) {
        if (file.has(option) && !file.has(ForecastOptions.INTERVAL)) {
          file.problem(
              option, "expected window.interval beside it, since nothing is missing by count");
        }
      }
      return Sampling.BY_COUNT;
    }
    return new Sampling(interval, gap, maxFill);
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

  private static Target target(
      JobFile file, ModeOptions options, int seqLen, Path directory, HolidaySettings holidays) {
    boolean learns = learns(file);
    String model = learns ? file.get(options.model()) : file.require(options.model());
    if (model == null && file.has(options.file())) {
      file.problem(options.file(), "expected the model's name beside it, got none");
    }
    boolean manyToMany = options.mode() == Mode.MANY_TO_MANY;
    int horizon =
        file.get(options.horizon(), manyToMany ? seqLen : options.horizon().defaultValue());
    if (manyToMany && horizon != seqLen) {
      file.problem(
          options.horizon(),
          "expected window.seq-len (%d), since each step answers for one value, got %d"
              .formatted(seqLen, horizon));
    }
    byte[] initial = initialModel(file, options, model, seqLen, directory);
    ForecastModel first = initial == null ? null : LearningPlan.read(initial);
    Learning learning = null;
    if (learns) {
      learning = learning(file, horizon, seqLen, model != null, initial, holidays);
    } else if (first != null && !first.candidates().isEmpty()) {
      learning = following(file, horizon, first);
    } else if (model == null) {
      SeasonSection.readOne(file); // so that its problem is noted beside the missing model
    }
    return new Target(
        options.mode(),
        model == null && learning == null ? "" : model, // what is missing has been noted
        horizon,
        initial,
        learning);
  }

  private static boolean learns(JobFile file) {
    boolean learning = file.get(ForecastOptions.LEARNING);
    Made output = file.get(JobOptions.OUTPUT);
    if (!learning && output == Made.MIXTURE) {
      file.problem(JobOptions.OUTPUT, "expected network, since learning is off, got mixture");
    }
    return learning && output != Made.NETWORK;
  }

  private static Learning learning(
      JobFile file,
      int horizon,
      int seqLen,
      boolean hasModel,
      byte[] initialModel,
      HolidaySettings holidays) {
    SeasonCounts seasons = SeasonSection.read(file);
    int scoresEvery = file.get(JobOptions.SCORES_EVERY);
    LearningPlan plan =
        new LearningPlan(
            file.get(ForecastOptions.SIZE),
            file.get(ForecastOptions.EXPERTS),
            file.get(ForecastOptions.LEVELS),
            NetworkOptions.read(file),
            CovariateSection.learned(file, true),
            seasons,
            holidays);
    try {
      LearnerSettings learner = plan.learner(horizon);
      int bytes =
          LearningPlan.seriesBytes(learner, seasons.first(), seqLen, hasModel, initialModel);
      if (bytes > ForecastOptions.MAX_SERIES_BYTES) {
        file.problem(
            "learning",
            "expected at most %,d bytes for each series, got %,d with a horizon of %d; take a shorter horizon or season, a smaller learning.replay, or learning.size: small"
                .formatted(ForecastOptions.MAX_SERIES_BYTES, bytes, horizon));
      }
      return new Learning(learner, seasons.first(), scoresEvery);
    } catch (IllegalArgumentException e) {
      file.problem("learning", e.getMessage());
      return null;
    }
  }

  /** For a network that was trained for all series: nothing is learned but how large errors are. */
  private static Learning following(JobFile file, int horizon, ForecastModel model) {
    try {
      LearnerSettings learner =
          LearnerSettings.following(model, horizon).withLevels(file.get(ForecastOptions.LEVELS));
      return new Learning(learner, SeasonSection.readOne(file), file.get(JobOptions.SCORES_EVERY));
    } catch (IllegalArgumentException e) {
      file.problem("learning", e.getMessage());
      return null;
    }
  }

  private static byte[] initialModel(
      JobFile file, ModeOptions options, String name, int seqLen, Path directory) {
    String location = file.get(options.file());
    if (location == null || name == null) {
      return null;
    }
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            name,
            options.mode(),
            seqLen,
            file.get(options.readout()),
            file.get(options.scaling()),
            file.get(options.cell()),
            file.get(ForecastOptions.CALENDAR));
    try {
      ForecastModel model =
          ModelFiles.fromBytes(ModelLocation.load(location, seqLen, directory), defaults, location);
      checkWords(file, options, defaults.contradictions(model));
      return ModelFiles.toBytes(model.withName(name)); // the job file's word counts
    } catch (ModelFormatException e) {
      file.problem(options.file(), e.getMessage());
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      file.problem(options.file(), "expected a readable file, got %s (%s)".formatted(location, e));
    }
    return null;
  }

  /** Mode, window and calendar are checked with the model's sizes. */
  private static void checkWords(
      JobFile file, ModeOptions options, List<ModelFiles.Contradiction> contradictions) {
    for (ModelFiles.Contradiction contradiction : contradictions) {
      String key = contradiction.key().substring("weir.".length());
      for (Option<?> option : List.of(options.scaling(), options.readout(), options.cell())) {
        if (option.key().endsWith("." + key)) {
          file.problem(option, contradiction.toString());
        }
      }
    }
  }

  private static void checkInitialModel(JobFile file, ForecastSettings forecast, Target target) {
    if (target.initialModel() == null) {
      return;
    }
    ForecastModel model = LearningPlan.read(target.initialModel());
    String problem = forecast.problemWith(model, target);
    if (problem != null) {
      file.problem("forecast." + target.mode().label(), problem);
    } else if (model.ahead().count() > 0 && file.get(NetworkOptions.TUNED)) {
      file.problem(
          NetworkOptions.TUNED,
          "expected false beside a model that reads covariates known ahead, got true");
    }
  }
}
