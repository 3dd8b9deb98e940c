package dev.weir.job;

import dev.weir.classify.series.ClassifySettings;
import dev.weir.classify.series.SeriesClassifier;
import dev.weir.classify.series.WindowRule;
import dev.weir.classify.series.WindowRule.Kind;
import dev.weir.job.options.AlarmOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.job.options.MappingOptions;
import dev.weir.job.options.RegistryOptions;
import dev.weir.kafka.KafkaSettings.ClassTopics;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ClassifyOptions.ClassFormat;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The section {@code classify} of a job file, checked. */
final class ClassifySection {

  /** Keys of options that only forecasts have. */
  private static final List<String> OF_FORECASTS =
      List.of(
          "learning.",
          "intervals.",
          "scores.",
          "forecasts.",
          "alarms.",
          "output",
          "experts",
          "season",
          "bounds.",
          "holidays.");

  private static final String ALONE = "expected a section forecast beside it, got classify alone";

  private ClassifySection() {}

  static boolean isIn(JobFile file) {
    return file.hasSection(ClassifyOptions.SECTION);
  }

  static ClassTopics topics(JobFile file, boolean forecasts) {
    return new ClassTopics(
        file.get(ClassifyOptions.CLASSES_TOPIC),
        file.get(ClassifyOptions.LABELS_TOPIC),
        file.get(ClassifyOptions.FORMAT) == ClassFormat.JSON,
        forecasts);
  }

  /**
   * What is wrong becomes a problem of the file.
   *
   * @param isAlone whether the job does not forecast
   * @param directory where a relative path starts
   * @return null when something is wrong
   */
  static ClassifySettings read(JobFile file, boolean isAlone, Path directory) {
    checkOthers(file, isAlone);
    String model = file.get(ClassifyOptions.MODEL);
    if (model == null && file.has(ClassifyOptions.FILE)) {
      file.problem(ClassifyOptions.FILE, "expected the model's name beside it, got none");
    }
    boolean learns = file.get(ClassifyOptions.LEARNING);
    if (model == null && !learns) {
      file.problem(ClassifyOptions.MODEL, "expected a name where nothing is learned, got nothing");
      return null;
    }
    List<String> classes = file.get(ClassifyOptions.CLASSES);
    int maxClasses =
        file.get(
            ClassifyOptions.MAX_CLASSES,
            Math.max(classes.size(), ClassifyOptions.MAX_CLASSES.defaultValue()));
    if (classes.size() > maxClasses) {
      file.problem(
          ClassifyOptions.MAX_CLASSES,
          "expected at least the %d of classify.classes, got %d"
              .formatted(classes.size(), maxClasses));
      return null;
    }
    WindowRule rule = rule(file);
    try {
      ClassifySettings settings =
          new ClassifySettings(
              file.get(ForecastOptions.SEQ_LEN),
              file.get(ForecastOptions.STRIDE),
              1 + file.get(ForecastOptions.FEATURES),
              rule,
              model,
              initialModel(file, model, directory),
              classes,
              maxClasses,
              learns,
              file.get(ClassifyOptions.WAITING),
              ClassifySettings.SEED,
              file.get(ForecastOptions.TTL),
              file.get(JobOptions.MAX_SERIES));
      checkModel(file, settings);
      checkBytes(file, settings);
      return settings;
    } catch (IllegalArgumentException e) {
      file.problem(ClassifyOptions.SECTION, e.getMessage());
      return null;
    }
  }

  /** Options that classes do not go with, and those that would have no effect. */
  private static void checkOthers(JobFile file, boolean isAlone) {
    Duration outOfOrderness = file.get(ForecastOptions.OUT_OF_ORDERNESS);
    if (!outOfOrderness.isZero()) {
      file.problem(
          ForecastOptions.OUT_OF_ORDERNESS,
          "expected PT0S with classify, which takes observations in their order, got "
              + outOfOrderness);
    }
    if (RegistryOptions.isRegistered(file)
        && file.get(ClassifyOptions.FORMAT) == ClassFormat.AVRO) {
      file.problem(
          ClassifyOptions.FORMAT,
          "expected json beside kafka.format: avro-confluent, got avro, which needs no registry");
    }
    if (isAlone) {
      checkAlone(file);
    }
  }

  private static void checkAlone(JobFile file) {
    List<Option<?>> without = new ArrayList<>(JobOptions.all());
    without.removeIf(
        option ->
            OF_FORECASTS.stream().noneMatch(option.key()::startsWith)
                && !List.of(
                        ForecastOptions.INTERVAL,
                        ForecastOptions.GAP,
                        ForecastOptions.MAX_FILL,
                        ForecastOptions.CALENDAR,
                        ForecastOptions.TIME_ZONE,
                        ForecastOptions.FEATURES_AHEAD,
                        MappingOptions.FEATURES_AHEAD,
                        JobOptions.FORECASTS,
                        JobOptions.SCORES,
                        AlarmOptions.TOPIC)
                    .contains(option));
    for (Option<?> option : without) {
      boolean isNamed = option != ForecastOptions.FEATURES_AHEAD || !namesAhead(file);
      if (file.has(option) && isNamed) {
        file.problem(option, ALONE);
      }
    }
    if (file.hasSection("holidays.overrides[0]")) {
      file.problem("holidays.overrides", ALONE);
    }
  }

  /** Whether the mapping gives window.features-ahead its value. */
  private static boolean namesAhead(JobFile file) {
    return file.has(MappingOptions.FEATURES_AHEAD);
  }

  private static WindowRule rule(JobFile file) {
    Duration time = file.get(ClassifyOptions.WINDOW_TIME);
    Duration gap = file.get(ClassifyOptions.SESSION_GAP);
    if (time != null && gap != null) {
      file.problem(ClassifyOptions.SESSION_GAP, "expected it or classify.window-time, got both");
    }
    if (time == null && gap == null) {
      return WindowRule.COUNT;
    }
    if (file.has(ForecastOptions.STRIDE) && file.get(ForecastOptions.STRIDE) > 1) {
      file.problem(
          ForecastOptions.STRIDE,
          "expected 1 with windows by time or session, got " + file.get(ForecastOptions.STRIDE));
    }
    return time != null ? new WindowRule(Kind.TIME, time) : new WindowRule(Kind.SESSION, gap);
  }

  private static byte[] initialModel(JobFile file, String name, Path directory) {
    String location = file.get(ClassifyOptions.FILE);
    if (location == null || name == null) {
      return null;
    }
    try {
      byte[] bytes = ModelLocation.load(location, file.get(ForecastOptions.SEQ_LEN), directory);
      ClassifierModel model = ClassifierFiles.fromBytes(bytes, name, location);
      return ClassifierFiles.toBytes(model.withName(name)); // the job file's word counts
    } catch (ModelFormatException e) {
      file.problem(ClassifyOptions.FILE, e.getMessage());
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      file.problem(
          ClassifyOptions.FILE, "expected a readable file, got %s (%s)".formatted(location, e));
    }
    return null;
  }

  private static void checkBytes(JobFile file, ClassifySettings settings) {
    int bytes = SeriesClassifier.seriesBytes(settings);
    if (bytes > ClassifySettings.MAX_SERIES_BYTES) {
      file.problem(
          ClassifyOptions.SECTION,
          "expected at most %,d bytes for each series, got %,d; take a smaller classify.waiting or classify.max-classes"
              .formatted(ClassifySettings.MAX_SERIES_BYTES, bytes));
    }
  }

  private static void checkModel(JobFile file, ClassifySettings settings) {
    if (settings.initialModel() == null) {
      return;
    }
    try {
      String problem =
          settings.problemWith(
              ClassifierFiles.fromBytes(settings.initialModel(), null, "initial model"));
      if (problem != null) {
        file.problem(ClassifyOptions.FILE, problem);
      }
    } catch (ModelFormatException e) {
      file.problem(ClassifyOptions.FILE, e.getMessage());
    }
  }
}
