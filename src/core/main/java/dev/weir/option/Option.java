package dev.weir.option;

import dev.weir.model.ForecastModel;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The declaration of one option. The job file, SQL, the command line and the generated references
 * read it, so that type, range, default and sentence are the same everywhere. Options of the same
 * key are equal.
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
    Function<String, T> parser,
    Notes notes) {

  /** The effect of a change that keeps what a series has learned. */
  public static final String SAFE = "safe";

  public static final String UNTESTED = "not tested: try it beside the running job first";
  public static final String LEARNS_AGAIN =
      "each series learns its newest values again, once; the rest is kept";
  public static final String OLD_TOPIC =
      "no: a savepoint holds places in the old topic; start without one";
  public static final String UNCLAIMED =
      "the start needs Flink's execution.state-recovery.ignore-unclaimed-state: true";

  /**
   * An option that another one needs to have an effect.
   *
   * @param option another one
   * @param value the value it needs; null for any
   */
  public record Need(Option<?> option, Object value) {

    /** As messages and documents write it, such as {@code alarms.enabled: true}. */
    public String text(String name) {
      return value == null ? name : name + ": " + Option.text(value);
    }
  }

  /**
   * What a user of the option should know.
   *
   * @param unit of a number; empty where the value contains it
   * @param change effect of a changed value on a job that starts from a savepoint
   * @param need the option that it needs to have an effect; null for none
   */
  public record Notes(String unit, String change, Need need) {}

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
    /** One of several kinds, listed in {@code expected}. */
    VALUE
  }

  /** Longer ones would overflow. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  public Option(
      String key,
      Type type,
      String expected,
      T defaultValue,
      String description,
      Function<String, T> parser) {
    this(key, type, expected, defaultValue, description, parser, new Notes("", SAFE, null));
  }

  public String unit() {
    return notes.unit;
  }

  public String change() {
    return notes.change;
  }

  public Need need() {
    return notes.need;
  }

  /** The same option with a unit. */
  public Option<T> unit(String of) {
    return with(new Notes(of, notes.change, notes.need));
  }

  /** The same option with the effect of another value at a start with a savepoint. */
  public Option<T> change(String effect) {
    return with(new Notes(notes.unit, effect, notes.need));
  }

  /** The same option, which has no effect unless another one is given. */
  public Option<T> needs(Option<?> other) {
    return with(new Need(other, null));
  }

  /** The same option, which has no effect unless another one has a value. */
  public <V> Option<T> needs(Option<V> other, V value) {
    return with(new Need(other, value));
  }

  private Option<T> with(Need other) {
    return with(new Notes(notes.unit, notes.change, other));
  }

  private Option<T> with(Notes others) {
    return new Option<>(key, type, expected, defaultValue, description, parser, others);
  }

  /** The options that the public constants of a class declare, in their order. */
  public static List<Option<?>> declaredIn(Class<?> type) {
    return declaredIn(type, null);
  }

  /** As the other; {@code common} is the need of each option that declares none. */
  public static List<Option<?>> declaredIn(Class<?> type, Need common) {
    List<Option<?>> all = new ArrayList<>();
    for (Field field : type.getFields()) {
      if (field.getType() == Option.class && Modifier.isStatic(field.getModifiers())) {
        try {
          Option<?> option = (Option<?>) field.get(null);
          boolean needsIt =
              common != null
                  && option.need() == null
                  && !option.equals(common.option)
                  && (common.option.need() == null || !option.equals(common.option.need().option));
          all.add(needsIt ? option.with(common) : option);
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return all;
  }

  /** The last part of its key, its name in a command or an SQL function. */
  public String name() {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** The same option in another section of the job file. */
  public Option<T> under(String section) {
    Need there =
        need() == null || !need().option.section().equals(section())
            ? need()
            : new Need(need().option.under(section), need().value);
    return named(section + "." + name()).with(there);
  }

  /** All but the last part of its key; empty for an option at the top. */
  public String section() {
    return key.substring(0, Math.max(0, key.lastIndexOf('.')));
  }

  /**
   * The same option in one entry of a list: {@code overrides[].budget} becomes {@code
   * overrides[2].budget}.
   */
  public Option<T> at(int entry) {
    return named(key.replace("[]", "[" + entry + "]"));
  }

  /** The same option with another key. */
  public Option<T> named(String other) {
    return new Option<>(other, type, expected, defaultValue, description, parser, notes);
  }

  /** The same option with another default, null for none, and another description. */
  public Option<T> with(T value, String sentence) {
    return new Option<>(key, type, expected, value, sentence, parser, notes);
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

  @Override
  public boolean equals(Object other) {
    return other instanceof Option<?> option && key.equals(option.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  /** The default as a job file would have it; null if it has no default. */
  public String defaultText() {
    return defaultValue == null ? null : text(defaultValue);
  }

  /** A value as a job file has it. */
  public static String text(Object value) {
    if (value instanceof List<?> list && list.size() != 1) {
      return list.stream().map(Option::text).collect(Collectors.joining(", ", "[", "]"));
    }
    Object one = value instanceof List<?> list ? list.get(0) : value;
    return one instanceof Enum<?> word ? word(word) : one.toString();
  }

  private static String word(Enum<?> value) {
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
          int value = Numbers.integer(text);
          require(value >= min && value <= max, text);
          return value;
        });
  }

  public static Option<Double> number(
      String key, double min, double max, Double defaultValue, String description) {
    return new Option<>(
        key,
        Type.NUMBER,
        "a number from %s to %s".formatted(min, max).replace(".0E", "e"),
        defaultValue,
        description,
        text -> {
          double value = Numbers.option(text);
          require(value >= min && value <= max, text);
          return value;
        });
  }

  /** A regular expression, that must match a series' full name. */
  public static Option<Pattern> pattern(String key, String description) {
    return new Option<>(
        key, Type.TEXT, "a regular expression", null, description, Pattern::compile);
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
