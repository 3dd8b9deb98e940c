package dev.weir.cli.init;

import dev.weir.forecast.Observation;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.option.Durations;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The text of a job file for a topic, with comments. */
final class JobText {

  /** Fewer values say little about what others can be. */
  private static final int VALUES_OF_BOUNDS = 20;

  private JobText() {}

  /**
   * @param name of the job
   * @param topic of the observations
   * @param guess what its records hold; null: Weir's own
   * @param kafka further lines below {@code kafka}
   * @param features of each observation
   * @param isSpread whether the values of a series are in several partitions
   * @param interval between the values of a series; null: not known
   */
  static String of(
      String name,
      String bootstrapServers,
      List<String> kafka,
      String topic,
      MappingGuess guess,
      int horizon,
      int features,
      boolean isSpread,
      Duration interval) {
    StringBuilder text = new StringBuilder();
    text.append("name: ").append(quoted(name)).append('\n');
    boolean isList = bootstrapServers.startsWith("["); // to YAML: an address of IPv6
    text.append("kafka:\n  bootstrap-servers: ")
        .append(isList ? quoted(bootstrapServers) : bootstrapServers)
        .append('\n');
    kafka.forEach(line -> text.append("  ").append(line).append('\n'));
    if (guess != null) {
      text.append("observations:\n  topic: ").append(quoted(topic)).append('\n');
      text.append("  format: ").append(guess.format()).append('\n');
      line(text, "series", list(guess.series()), "joined by slashes; key is the record's key");
      line(
          text,
          guess.time().isEmpty() ? "# time" : "time",
          guess.time().isEmpty() ? "FIELD" : quoted(guess.time()),
          guess.time().isEmpty() ? "else the record's timestamp" : "ISO 8601, or since 1970");
      line(text, "values", list(guess.values()), "one series each");
      if (!guess.each().isEmpty()) {
        line(text, "each", quoted(guess.each()), "its elements are observations");
      }
    }
    if (features > 0 || isSpread) {
      text.append("window:\n");
    }
    if (features > 0) {
      line(text, "features", Integer.toString(features), "of each observation");
    }
    if (isSpread) {
      line(text, "out-of-orderness", "1 s", "values of a series are in several partitions");
    }
    text.append("topics:\n");
    if (guess == null) {
      text.append("  observations: ").append(quoted(topic)).append('\n');
    }
    text.append("  forecasts: ").append(name).append(".forecasts\n");
    text.append("  scores: ").append(name).append(".scores\n");
    text.append("  models: ").append(name).append(".models\n");
    if (guess != null && !guess.format().equals(ObservationMapping.REGISTERED)) {
      text.append("forecasts:\n");
      line(text, "format", "json", "or avro");
    }
    text.append("forecast:\n  many-to-one:\n");
    text.append("    horizon: %d%s%n".formatted(horizon, ahead(horizon, interval)));
    return text.toString();
  }

  /**
   * A comment that proposes bounds if no value is negative; empty if one is, or if few values are
   * known.
   */
  static String bounds(List<Observation> read) {
    if (read.size() < VALUES_OF_BOUNDS || read.stream().anyMatch(o -> o.value() < 0)) {
      return "";
    }
    boolean whole = read.stream().allMatch(o -> o.value() == Math.rint(o.value()));
    return whole
        ? "#bounds: {min: 0, integer: true}  # all values were counts; if all will be, remove the"
            + " first #\n"
        : "#bounds: {min: 0}  # no value was negative; if none can be, remove the first #\n";
  }

  private static String ahead(int horizon, Duration interval) {
    return interval == null
        ? "                     # values ahead"
        : "                     # values ahead; they come about every %s, so %s ahead"
            .formatted(Durations.shown(interval), Durations.shown(interval.multipliedBy(horizon)));
  }

  private static void line(StringBuilder text, String key, String value, String comment) {
    text.append("  %-40s  # %s%n".formatted(key + ": " + value, comment));
  }

  private static String list(List<String> values) {
    return values.stream().map(JobText::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** As YAML wants it: in quotes, unless it is plain. */
  static String quoted(String value) {
    return value.matches("[A-Za-z_][A-Za-z0-9_.-]*")
            && !value.matches("(?i)y|n|yes|no|on|off|true|false|null")
        ? value
        : "'" + value.replace("'", "''") + "'";
  }
}
