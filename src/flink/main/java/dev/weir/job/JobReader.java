package dev.weir.job;

import dev.weir.classify.ClassifySettings;
import dev.weir.file.NamedFile;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.holiday.HolidayRegions;
import dev.weir.job.options.AlarmOptions;
import dev.weir.job.options.CovariateOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.job.options.JobOptions.Made;
import dev.weir.job.options.MappingOptions;
import dev.weir.job.options.RegistryOptions;
import dev.weir.job.options.WebhookOptions;
import dev.weir.kafka.KafkaSettings;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ClassifyOptions.ClassFormat;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.spec.ClassifySpec;
import dev.weir.spec.ForecastSpec;
import dev.weir.spec.Spec;
import dev.weir.stream.covariate.CovariateSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.flink.configuration.MemorySize;

/** Reads the settings of a job from its file. What is wrong becomes a problem of the file. */
final class JobReader {

  private static final String ALONE = "expected a section forecast as well, got classify alone";

  private static final List<String> OF_FORECASTS =
      List.of(
          ("learning,intervals,scores,forecasts,alarms,output,experts,season,bounds,"
                  + "holidays,window.interval,window.gap,window.max-fill,window.calendar,"
                  + "window.time-zone,window.features-ahead,observations.features-ahead,"
                  + "topics.forecasts,topics.scores,topics.alarms")
              .split(","));

  private final JobFile file;
  private final Path directory;
  private final List<Mode> modes;
  private final boolean classifies;

  JobReader(JobFile file, Path directory) {
    this.file = file;
    this.directory = directory;
    this.modes = Arrays.stream(Mode.values()).filter(file::hasSection).toList();
    this.classifies = file.hasSection(ClassifyOptions.SECTION);
  }

  JobSettings read() {
    String name = file.require(JobOptions.NAME);
    if (modes.isEmpty() && !classifies) {
      file.problem(
          "forecast",
          "expected many-to-one, many-to-many or both, or a section classify, got none");
    }
    if (classifies && modes.isEmpty()) {
      checkAlone();
    }
    file.addDefault(
        ForecastOptions.FEATURES, MappingOptions.FEATURES, MappingOptions.features(file));
    file.addDefault(ForecastOptions.FEATURES_AHEAD, MappingOptions.FEATURES_AHEAD);
    WebhookOptions.check(file);
    ForecastSpec spec = spec();
    ClassifySettings classify = classifies ? classify(spec) : null;
    KafkaSettings kafka = new TopicReader(file, directory, !modes.isEmpty(), classifies).read(name);
    ForecastSettings forecast = spec.settings();
    CovariateSettings covariates = covariates(forecast);
    CovariateSettings outside = outside(forecast);
    file.stop();
    return new JobSettings(
        name,
        kafka,
        forecast,
        covariates,
        outside,
        classify,
        file.get(JobOptions.IDLE_TIMEOUT),
        file.get(JobOptions.CREATE_TOPICS));
  }

  /** What classes do not go with has no effect. */
  private void checkAlone() {
    for (Option<?> option : file.given()) {
      String key = option.key();
      if (OF_FORECASTS.stream().anyMatch(of -> key.equals(of) || key.startsWith(of + "."))) {
        file.problem(option, ALONE);
      }
    }
  }

  private ForecastSpec spec() {
    ForecastSpec spec = new ForecastSpec(file);
    spec.take(file.given(), file::get);
    boolean learns = learns();
    spec.set(ForecastOptions.LEARNING, learns);
    if (learns) {
      spec.holidays(file.has(HolidayOptions.REGIONS) ? HolidayRegions.settings(spec) : null);
    }
    Mode first = modes.isEmpty() ? Mode.MANY_TO_ONE : modes.get(0);
    spec.alarms(AlarmOptions.read(file, first, spec.horizon(first)));
    spec.names(
        new ExplanationSettings(
            names(MappingOptions.areOthers(file) ? null : file.get(MappingOptions.FEATURES)),
            names(file.get(MappingOptions.FEATURES_AHEAD))));
    cache(spec, learns);
    modes.forEach(mode -> add(spec, mode));
    if (!modes.isEmpty()) {
      checkNames();
    }
    return spec;
  }

  /** Forecasts and classes that are learned share what is cached of series. */
  private void cache(Spec spec, boolean learnsForecasts) {
    MemorySize cache = file.get(JobOptions.CACHE);
    if (cache != null) {
      spec.cache(cache.getBytes());
    }
    boolean learnsClasses = classifies && file.get(ClassifyOptions.LEARNING);
    spec.caches(learnsClasses && learnsForecasts && !modes.isEmpty() ? 2 : 1);
  }

  private boolean learns() {
    boolean learning = file.get(ForecastOptions.LEARNING);
    Made output = file.get(JobOptions.OUTPUT);
    if (!learning && output == Made.MIXTURE) {
      file.problem(JobOptions.OUTPUT, "expected network, since learning is off, got mixture");
    }
    return learning && output != Made.NETWORK;
  }

  /**
   * @param fields null where covariates have no names, as in records of Weir's own
   */
  private static List<String> names(List<?> fields) {
    return fields == null ? List.of() : fields.stream().map(Object::toString).toList();
  }

  private void add(ForecastSpec spec, Mode mode) {
    String name = file.get(file.in(mode, ForecastOptions.MODEL));
    Option<String> option = file.in(mode, ForecastOptions.FILE);
    int seqLen = file.get(ForecastOptions.SEQ_LEN);
    byte[] bytes = name == null ? null : bytes(option);
    ForecastModel model =
        bytes == null ? null : spec.read(mode, name, bytes, file.get(option), seqLen);
    spec.add(mode, name, model == null ? null : model.withName(name)); // the job file's word counts
  }

  /** The bytes of the file that an option names; null without one. */
  private byte[] bytes(Option<String> option) {
    String location = file.get(option);
    try {
      return location == null ? null : NamedFile.model(location, directory);
    } catch (IllegalArgumentException e) {
      file.problem(option, e.getMessage());
      return null;
    }
  }

  /** A name is that of one model. */
  private void checkNames() {
    List<String> models =
        modes.stream().map(mode -> file.get(file.in(mode, ForecastOptions.MODEL))).toList();
    if (models.stream().allMatch(Objects::nonNull)
        && models.stream().distinct().count() < models.size()) {
      file.problem(
          file.in(Mode.MANY_TO_MANY, ForecastOptions.MODEL),
          "expected another name than that of many-to-one");
    }
  }

  private ClassifySettings classify(ForecastSpec forecast) {
    if (RegistryOptions.isRegistered(file)
        && file.get(ClassifyOptions.FORMAT) == ClassFormat.AVRO) {
      file.problem(
          ClassifyOptions.FORMAT,
          "expected json with kafka.format: avro-confluent, got avro, which needs no registry");
    }
    ClassifySpec spec = new ClassifySpec(file);
    spec.take(file.given(), file::get);
    cache(spec, forecast.get(ForecastOptions.LEARNING));
    String name = file.get(ClassifyOptions.MODEL);
    byte[] bytes = name == null ? null : bytes(ClassifyOptions.FILE);
    ClassifierModel model =
        bytes == null ? null : spec.read(name, bytes, file.get(ClassifyOptions.FILE));
    spec.model(name, model == null ? null : model.withName(name)); // the job file's word counts
    return spec.settings();
  }

  /** How observations are joined with covariates; null for a job that reads no topic of them. */
  private CovariateSettings covariates(ForecastSettings forecast) {
    return file.has(CovariateOptions.TOPIC)
        ? join(forecast, file.get(CovariateOptions.KEY), List.of())
        : null;
  }

  /** The same with outside forecasts. */
  private CovariateSettings outside(ForecastSettings forecast) {
    return file.has(CovariateOptions.OUTSIDE)
        ? join(forecast, null, file.get(ForecastOptions.OUTSIDE))
        : null;
  }

  private CovariateSettings join(ForecastSettings forecast, Pattern key, List<String> models) {
    int horizon = forecast.modes().stream().mapToInt(ModeSettings::horizon).max().orElse(0);
    int keep = file.get(CovariateOptions.KEEP);
    if (keep < horizon) {
      file.problem(
          CovariateOptions.KEEP,
          "expected at least the horizon, %d, got %d".formatted(horizon, keep));
    }
    return new CovariateSettings(
        key,
        file.get(ForecastOptions.FEATURES_AHEAD),
        models,
        horizon,
        forecast.sampling().interval(),
        keep,
        forecast.limits());
  }
}
