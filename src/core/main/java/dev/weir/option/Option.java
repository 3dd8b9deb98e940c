package dev.weir.option;

import dev.weir.model.ForecastModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The declaration of one option. The job file, SQL, the command line and the generated reference
 * read it, so that type, range, default and sentence are the same everywhere.
 *
 * @param key its path in the job file, joined by dots
 * @param type in one word, for documentation
 * @param expected what a value must be, for messages and documentation
 * @param defaultValue the value when it is absent; null when it has none
 * @param description one sentence
 * @param parser from text to value; throws {@link IllegalArgumentException}
 */
public record Option<T>(
    String key,
    Type type,
    String expected,
    T defaultValue,
    String description,
    Function<String, T> parser) {

  /** What kind of value an option takes. */
  public enum Type {
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

  /** Longer ones overflow somewhere, and nobody means them. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  /** The last part of its key, by which a command or an SQL function calls it. */
  public String name() {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** The same option in another section of the job file. */
  public Option<T> under(String section) {
    return new Option<>(section + "." + name(), type, expected, defaultValue, description, parser);
  }

  /**
   * The same option in one entry of a list: {@code overrides[].budget} becomes {@code
   * overrides[2].budget}.
   */
  public Option<T> at(int entry) {
    String one = key.replace("[]", "[" + entry + "]");
    return new Option<>(one, type, expected, defaultValue, description, parser);
  }

  /** The same option with another default; null for none. */
  public Option<T> withDefault(T value) {
    return new Option<>(key, type, expected, value, description, parser);
  }

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException with one line, {@code expected ..., got ...}
   */
  public T parse(String text) {
    try {
      return parser.apply(text.trim());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
  }

  /** The line about a text that is not a value of the option. */
  public String wrong(String text) {
    return "expected %s, got '%s'".formatted(expected, text);
  }

  /** The default as a job file would have it; null if it has no default. */
  public String defaultText() {
    return defaultValue == null ? null : text(defaultValue);
  }

  private static String text(Object value) {
    if (value instanceof List<?> list && list.size() != 1) {
      return list.stream().map(Option::text).collect(Collectors.joining(", ", "[", "]"));
    }
    Object one = value instanceof List<?> list ? list.get(0) : value;
    return one instanceof Enum<?> word ? word(word) : one.toString();
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Option<String> text(String key, String defaultValue, String description) {
    return new Option<>(
        key,
        Type.TEXT,
        "text",
        defaultValue,
        description,
        value -> require(!value.isBlank(), value));
  }

  /** A word that is safe in topics, groups and transaction ids alike; a model's is the same. */
  public static Option<String> name(String key, String defaultValue, String description) {
    return new Option<>(
        key,
        Type.NAME,
        "a name of letters, digits, '.', '_' and '-', at most " + ForecastModel.MAX_NAME_LENGTH,
        defaultValue,
        description,
        value -> require(ForecastModel.isName(value), value));
  }

  public static Option<Integer> integer(
      String key, Integer defaultValue, int min, int max, String description) {
    return new Option<>(
        key,
        Type.INTEGER,
        "a whole number from %d to %d".formatted(min, max),
        defaultValue,
        description,
        text -> {
          int value = Numbers.whole(text);
          require(value >= min && value <= max, text);
          return value;
        });
  }

  public static Option<Boolean> flag(String key, boolean defaultValue, String description) {
    return new Option<>(
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

  public static Option<Duration> duration(
      String key, Duration defaultValue, Duration shortest, String description) {
    return new Option<>(
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

  /** A list of {@code max} different values at most, in YAML or joined by commas. */
  public static <T> Option<List<T>> list(
      String key,
      String expected,
      List<T> defaultValue,
      int max,
      String description,
      Function<String, T> parser) {
    return list(key, expected, defaultValue, max, description, parser, values -> true);
  }

  static <T> Option<List<T>> list(
      String key,
      String expected,
      List<T> defaultValue,
      int max,
      String description,
      Function<String, T> parser,
      Predicate<List<T>> rule) {
    return new Option<>(
        key,
        Type.LIST,
        expected,
        defaultValue,
        description,
        text -> {
          List<T> values =
              Arrays.stream(text.split(",", -1)).map(String::trim).map(parser).toList();
          require(values.stream().distinct().count() == values.size(), text);
          require(values.size() <= max && rule.test(values), text);
          return values;
        });
  }

  /** One of an enum's values, written in lower case with hyphens. */
  public static <E extends Enum<E>> Option<E> choice(
      String key, Class<E> type, E defaultValue, String description) {
    return choice(key, List.of(type.getEnumConstants()), Option::word, defaultValue, description);
  }

  /** One of some values, written by {@code label}. */
  public static <E> Option<E> choice(
      String key, List<E> values, Function<E, String> label, E defaultValue, String description) {
    return new Option<>(
        key,
        Type.CHOICE,
        values.stream().map(label).collect(Collectors.joining(" or ")),
        defaultValue,
        description,
        text ->
            values.stream()
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
