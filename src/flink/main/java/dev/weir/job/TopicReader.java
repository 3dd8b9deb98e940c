package dev.weir.job;

import dev.weir.job.options.AlarmOptions;
import dev.weir.job.options.CovariateOptions;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.job.options.JobOptions.Format;
import dev.weir.job.options.JobOptions.RunMode;
import dev.weir.job.options.MappingOptions;
import dev.weir.job.options.RegistryOptions;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.ClassTopics;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.SourcePosition;
import dev.weir.kafka.SourceRange;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ClassifyOptions.ClassFormat;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Reads from a job file where the ends of its pipeline are, and what their records are. */
final class TopicReader {

  private final JobFile file;
  private final Path directory;
  private final boolean forecasts;
  private final boolean classifies;

  /**
   * @param directory where a relative path starts
   * @param forecasts whether the job forecasts
   * @param classifies whether the job classifies
   */
  TopicReader(JobFile file, Path directory, boolean forecasts, boolean classifies) {
    this.file = file;
    this.directory = directory;
    this.forecasts = forecasts;
    this.classifies = classifies;
  }

  KafkaSettings read(String name) {
    ObservationTopics observations = observations();
    ObservationMapping mapping = observationMapping();
    String deadLetters =
        file.get(
            JobOptions.DEAD_LETTERS,
            (observations.pattern() == null ? observations.first() : name) + ".dlq");
    ClassTopics ofClasses =
        !classifies
            ? null
            : new ClassTopics(
                file.get(ClassifyOptions.CLASSES_TOPIC),
                file.get(ClassifyOptions.LABELS_TOPIC),
                file.get(ClassifyOptions.FORMAT) == ClassFormat.JSON,
                forecasts);
    Topics topics =
        new Topics(
            observations,
            file.get(JobOptions.FORECASTS),
            file.get(JobOptions.SCORES),
            deadLetters,
            file.get(JobOptions.MODELS),
            ofClasses,
            AlarmOptions.topic(file, name),
            AlarmOptions.feedbackTopic(file, name),
            file.get(JobOptions.FORECAST_FORMAT) == Format.JSON,
            name,
            covariates(mapping),
            outside());
    if (topics.isJson() && RegistryOptions.isRegistered(file)) {
      file.problem(
          JobOptions.FORECAST_FORMAT,
          "expected avro with kafka.format: avro-confluent, got json, which needs no registry");
    }
    if (topics.all().stream().distinct().count() < topics.all().size()) {
      file.problem("topics", "expected different names, got " + topics.all());
    }
    if (!topics.ownMatches().isEmpty()) {
      file.problem(
          JobOptions.PATTERN,
          "expected none of the job's other topics to match, got " + topics.ownMatches());
    }
    Map<String, String> clients = clientProperties();
    return new KafkaSettings(
        file.require(JobOptions.BOOTSTRAP_SERVERS),
        clients,
        file.get(JobOptions.GROUP, name),
        topics,
        new KafkaSettings.Transactions(
            file.get(JobOptions.GUARANTEE),
            file.get(JobOptions.TRANSACTION_TIMEOUT),
            "weir-" + name),
        new KafkaSettings.Source(maxFuture(), span(), mapping),
        0, // measured on the topics when the job is submitted, as the next
        Map.of(),
        RegistryOptions.read(file, clients));
  }

  private ObservationTopics observations() {
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
    String one = "expected one topic of observations as well, got several";
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
  private Duration maxFuture() {
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

  private SourceRange span() {
    boolean bounded = file.get(JobOptions.MODE) == RunMode.BOUNDED;
    SourcePosition start = file.get(JobOptions.START);
    SourcePosition end = file.get(JobOptions.END);
    if (!bounded) {
      return new SourceRange(start == null ? SourcePosition.COMMITTED : start, null);
    }
    return new SourceRange(
        start == null ? SourcePosition.EARLIEST : start, end == null ? SourcePosition.LATEST : end);
  }

  /** Those of the file that the job file names, then its own. */
  private Map<String, String> clientProperties() {
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

  /** Where covariates arrive; null for a job that reads no topic of them. */
  private CovariateTopic covariates(ObservationMapping observed) {
    if (!file.has(CovariateOptions.TOPIC)) {
      return null;
    }
    int features = file.get(ForecastOptions.FEATURES_AHEAD);
    check(CovariateOptions.TOPIC, forecasts, "a section forecast", "none");
    check(CovariateOptions.TOPIC, features > 0, "window.features-ahead of 1 or more", "0");
    ObservationMapping mapping = null;
    if (observed != null && file.has(MappingOptions.FEATURES_AHEAD)) {
      try {
        mapping = observed.ofCovariates(file.get(MappingOptions.FEATURES_AHEAD));
        new MappedRecords(mapping, null);
      } catch (IllegalArgumentException e) {
        file.problem(MappingOptions.FEATURES_AHEAD, e.getMessage());
      }
    }
    return new CovariateTopic(
        file.get(CovariateOptions.TOPIC), features, file.get(CovariateOptions.MAX_FUTURE), mapping);
  }

  /** Where outside forecasts arrive; null for a job that reads no topic of them. */
  private OutsideTopic outside() {
    if (!file.has(CovariateOptions.OUTSIDE)) {
      return null;
    }
    List<String> models = file.get(ForecastOptions.OUTSIDE);
    check(CovariateOptions.OUTSIDE, forecasts, "a section forecast", "none");
    check(CovariateOptions.OUTSIDE, !models.isEmpty(), "outside", "none");
    Duration interval = file.get(ForecastOptions.INTERVAL);
    return new OutsideTopic(
        file.get(CovariateOptions.OUTSIDE),
        models,
        interval == null ? 0 : interval.toMillis(), // whose absence is a problem of its own
        file.get(CovariateOptions.MAX_FUTURE),
        maxFuture());
  }

  private void check(Option<?> option, boolean holds, String expected, String got) {
    if (!holds) {
      file.problem(option, "expected %s as well, got %s".formatted(expected, got));
    }
  }

  /** Null for a topic of Weir's own records, or when something is wrong. */
  private ObservationMapping observationMapping() {
    if (!file.has(MappingOptions.FORMAT) || file.require(MappingOptions.VALUES) == null) {
      return null;
    }
    if (file.has(MappingOptions.LABEL) && !classifies) {
      file.problem(MappingOptions.LABEL, "expected a section classify as well, got none");
    }
    checkCount(MappingOptions.FEATURES, ForecastOptions.FEATURES, MappingOptions.features(file));
    if (MappingOptions.areOthers(file) && MappingOptions.features(file) == 0) {
      file.problem(
          MappingOptions.FEATURES, "expected others with several observations.values, got one");
    }
    if (file.has(MappingOptions.FEATURES_AHEAD)) {
      checkCount(MappingOptions.FEATURES_AHEAD, ForecastOptions.FEATURES_AHEAD);
    }
    if (!checkFormat()) {
      return null;
    }
    try {
      ObservationMapping mapping = MappingOptions.mapping(file, directory);
      new MappedRecords(mapping, null);
      return mapping;
    } catch (IOException e) {
      file.problem(MappingOptions.SCHEMA_FILE, e.getMessage());
    } catch (IllegalArgumentException e) {
      file.problem(MappingOptions.SECTION, e.getMessage());
    }
    return null;
  }

  private void checkCount(Option<? extends List<?>> fields, Option<Integer> count) {
    checkCount(fields, count, file.get(fields).size());
  }

  private void checkCount(Option<?> fields, Option<Integer> count, int got) {
    if (file.get(count) != got) {
      file.problem(
          fields, "expected %d, as %s says, got %d".formatted(file.get(count), count.key(), got));
    }
  }

  /** Checks what a format needs beside it; returns whether there is a schema if it needs one. */
  private boolean checkFormat() {
    String format = file.get(MappingOptions.FORMAT);
    boolean isRegistered = ObservationMapping.REGISTERED.equals(format);
    if (isRegistered != RegistryOptions.isRegistered(file)) {
      file.problem(
          MappingOptions.FORMAT,
          isRegistered
              ? "expected kafka.format: avro-confluent as well, which says where the registry is,"
                  + " got avro"
              : "expected avro-confluent with kafka.format: avro-confluent, got " + format);
    }
    if ("csv".equals(format) && !file.has(MappingOptions.COLUMNS)) {
      file.problem(
          MappingOptions.COLUMNS, "expected all columns in their order with csv, got none");
    }
    boolean isRight = checkPresence(MappingOptions.SCHEMA_FILE, ObservationMapping::needsFile);
    return checkPresence(MappingOptions.MESSAGE, ObservationMapping.PROTOBUF::equals) && isRight;
  }

  private boolean checkPresence(Option<String> option, Predicate<String> isNeededBy) {
    String format = file.get(MappingOptions.FORMAT);
    boolean isNeeded = isNeededBy.test(format);
    if (file.has(option) == isNeeded) {
      return true;
    }
    file.problem(
        option,
        isNeeded
            ? "expected %s with %s, got nothing".formatted(option.expected(), format)
            : "expected nothing with %s, got some".formatted(format));
    return false;
  }
}
