package dev.weir.job;

import dev.weir.job.options.JobFile;
import dev.weir.job.options.MappingOptions;
import dev.weir.job.options.RegistryOptions;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The section {@code observations} of a job file, checked. */
final class MappingSection {

  private MappingSection() {}

  /** What the section says of other options, before they are read. */
  static void addDefaults(JobFile file) {
    if (file.has(MappingOptions.FEATURES)) {
      int features = file.get(MappingOptions.FEATURES).size();
      file.addDefault(
          ForecastOptions.FEATURES, Integer.toString(features), MappingOptions.FEATURES);
    }
    if (file.has(MappingOptions.FEATURES_AHEAD)) {
      int ahead = file.get(MappingOptions.FEATURES_AHEAD).size();
      file.addDefault(
          ForecastOptions.FEATURES_AHEAD, Integer.toString(ahead), MappingOptions.FEATURES_AHEAD);
    }
  }

  /**
   * What is wrong becomes a problem of the file.
   *
   * @param directory where a relative path starts
   * @return null for a topic of Weir's own records, or when something is wrong
   */
  static ObservationMapping read(JobFile file, Path directory) {
    if (!file.has(MappingOptions.FORMAT)) {
      for (Option<?> option : MappingOptions.ALL) {
        if (file.has(option)) {
          file.problem(option, "expected observations.format beside it, got none");
        }
      }
      file.formatOptions(MappingOptions.FORMAT)
          .keySet()
          .forEach(
              key ->
                  file.problem(
                      "observations.format.options." + key,
                      "expected observations.format beside it, got none"));
      return null;
    }
    if (file.require(MappingOptions.VALUES) == null) {
      return null;
    }
    if (!checkFormat(
        file,
        MappingOptions.FORMAT,
        MappingOptions.COLUMNS,
        MappingOptions.SCHEMA_FILE,
        MappingOptions.MESSAGE)) {
      return null;
    }
    for (Option<?> option : List.of(MappingOptions.LABEL, MappingOptions.ENDS_WINDOW)) {
      if (file.has(option) && !ClassifySection.isIn(file)) {
        file.problem(option, "expected a section classify beside it, got none");
      }
    }
    int features = file.get(ForecastOptions.FEATURES);
    if (features != file.get(MappingOptions.FEATURES).size()) {
      file.problem(
          MappingOptions.FEATURES,
          "expected %d, as window.features says, got %d"
              .formatted(features, file.get(MappingOptions.FEATURES).size()));
    }
    int ahead = file.get(ForecastOptions.FEATURES_AHEAD);
    int mapped = file.get(MappingOptions.FEATURES_AHEAD).size();
    if (file.has(MappingOptions.FEATURES_AHEAD) && ahead != mapped) {
      file.problem(
          MappingOptions.FEATURES_AHEAD,
          "expected %d, as window.features-ahead says, got %d".formatted(ahead, mapped));
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

  /**
   * Checks what a format needs beside it; what is wrong becomes a problem of the file.
   *
   * @return whether there is a schema if the format needs one
   */
  static boolean checkFormat(
      JobFile file,
      Option<String> option,
      Option<?> columns,
      Option<?> schemaFile,
      Option<?> message) {
    String format = file.get(option);
    boolean isRegistered = format.equals(ObservationMapping.REGISTERED);
    if (isRegistered != RegistryOptions.isRegistered(file)) {
      file.problem(
          option,
          isRegistered
              ? "expected kafka.format: avro-confluent beside it, which says where the registry is, got avro"
              : "expected avro-confluent beside kafka.format: avro-confluent, got " + format);
    }
    if (format.equals("csv") && !file.has(columns)) {
      file.problem(columns, "expected all columns in their order with csv, got none");
    }
    boolean isRight = checkPresence(file, schemaFile, ObservationMapping.needsFile(format), format);
    boolean isProtobuf = format.equals(ObservationMapping.PROTOBUF);
    return checkPresence(file, message, isProtobuf, format) && isRight;
  }

  private static boolean checkPresence(
      JobFile file, Option<?> option, boolean isNeeded, String format) {
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
