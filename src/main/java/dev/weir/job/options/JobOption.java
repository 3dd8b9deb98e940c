package dev.weir.job.options;

import dev.weir.model.ForecastModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One option of the job file.
 *
 * @param key its path in the job file, joined by dots
 * @param type in one word, for documentation
 * @param expected what a value must be, for messages and documentation
 * @param defaultValue the value when it is absent; null when it has none
 * @param description one sentence
 * @param parser from text to value; throws {@link IllegalArgumentException}
 */
public record JobOption<T>(
    String key,
    Type type,
    String expected,
    T defaultValue,
    String description,
    Function<String, T> parser) {

  /** What kind of value an option takes. */
  enum Type {
    TEXT,
    NAME,
    INTEGER,
    NUMBER,
    FLAG,
    DURATION,
    CHOICE,
    LIST,
    /** One of several kinds: what is expected says which. */
    VALUE
  }

  /** An option whose type is said by what is expected. */
  JobOption(
      String key, String expected, T defaultValue, String description, Function<String, T> parser) {
    this(key, Type.VALUE, expected, defaultValue, description, parser);
  }

  /** The default as a job file would have it; null if it has no default. */
  String defaultText() {
    return defaultValue == null ? null : text(defaultValue);
  }

  private static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(JobOption::text).collect(Collectors.joining(", ", "[", "]"));
    }
    return value instanceof Enum<?> word
        ? word.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : value.toString();
  }

  static JobOption<String> text(String key, String defaultValue, String description) {
    return new JobOption<>(
        key,
        Type.TEXT,
        "text",
        defaultValue,
        description,
        value -> require(!value.isBlank(), value));
  }

  /** A word that is safe in topics, groups and transaction ids alike; a model's is the same. */
  static JobOption<String> name(String key, String defaultValue, String description) {
    return new JobOption<>(
        key,
        Type.NAME,
        "a name of letters, digits, '.', '_' and '-', at most " + ForecastModel.MAX_NAME_LENGTH,
        defaultValue,
        description,
        value -> require(ForecastModel.isName(value), value));
  }

  static JobOption<Integer> integer(
      String key, Integer defaultValue, int min, int max, String description) {
    return new JobOption<>(
        key,
        Type.INTEGER,
        "a whole number from %d to %d".formatted(min, max),
        defaultValue,
        description,
        text -> {
          int value = Integer.parseInt(text);
          require(value >= min && value <= max, text);
          return value;
        });
  }

  static JobOption<Boolean> flag(String key, boolean defaultValue, String description) {
    return new JobOption<>(
        key,
        Type.FLAG,
        "true or false, on or off",
        defaultValue,
        description,
        text ->
            switch (text) {
              case "true", "on" -> true;
              case "false", "off" -> false;
              default -> throw new IllegalArgumentException(text);
            });
  }

  /** Longer ones overflow somewhere, and nobody means them. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  static JobOption<Duration> duration(
      String key, Duration defaultValue, Duration shortest, String description) {
    return new JobOption<>(
        key,
        Type.DURATION,
        "a duration of whole milliseconds such as PT30M or 10 s, from %s to P3650D"
            .formatted(shortest),
        defaultValue,
        description,
        text -> {
          Duration value = Durations.parse(text);
          require(value.compareTo(shortest) >= 0 && value.compareTo(LONGEST) <= 0, text);
          require(Durations.isWholeMillis(value), text);
          return value;
        });
  }

  private static final int MAX_VALUES = 50;

  /** A list of values, in YAML or joined by commas. */
  static <T> JobOption<List<T>> list(
      String key,
      String expected,
      List<T> defaultValue,
      String description,
      Function<String, T> parser) {
    return new JobOption<>(
        key,
        Type.LIST,
        expected,
        defaultValue,
        description,
        text -> {
          List<T> values = Arrays.stream(text.split(",")).map(String::trim).map(parser).toList();
          require(values.stream().distinct().count() == values.size(), text);
          require(values.size() <= MAX_VALUES, text);
          return values;
        });
  }

  /** One of an enum's values, written by {@code label}. */
  static <E extends Enum<E>> JobOption<E> choice(
      String key, Class<E> type, Function<E, String> label, E defaultValue, String description) {
    E[] values = type.getEnumConstants();
    String labels = Arrays.stream(values).map(label).collect(Collectors.joining(" or "));
    return new JobOption<>(
        key,
        Type.CHOICE,
        labels,
        defaultValue,
        description,
        text ->
            Arrays.stream(values)
                .filter(value -> label.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text)));
  }

  private static String require(boolean condition, String value) {
    if (!condition) {
      throw new IllegalArgumentException(value);
    }
    return value;
  }
}
