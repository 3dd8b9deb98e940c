package dev.weir.sql;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.util.TimeUtils;

/** The arguments of one call of {@code FORECAST}, read one by one. */
final class CallArguments {

  /** As messages name it. */
  static final String FUNCTION = "FORECAST";

  /** Longer ones overflow somewhere, and nobody means them. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final CallContext call;

  CallArguments(CallContext call) {
    this.call = call;
  }

  /** Whether the statement says anything of it; NULL is nothing. */
  boolean isGiven(Signature argument) {
    return !call.isArgumentNull(argument.ordinal());
  }

  <T> T value(Signature argument, Class<T> type, T otherwise) {
    int index = argument.ordinal();
    if (call.isArgumentNull(index)) {
      return otherwise;
    }
    if (!call.isArgumentLiteral(index)) {
      throw wrong(argument, "a literal", "an expression");
    }
    return call.getArgumentValue(index, type)
        .orElseThrow(() -> wrong(argument, "a literal of its type", "another"));
  }

  String text(Signature argument) {
    return value(argument, String.class, null);
  }

  int number(Signature argument, int otherwise, int min, int max) {
    Integer value = value(argument, Integer.class, null);
    if (value != null && (value < min || value > max)) {
      throw wrong(argument, "a whole number from %d to %d".formatted(min, max), value);
    }
    return value == null ? otherwise : value;
  }

  List<String> words(Signature argument) {
    String text = text(argument);
    if (text == null) {
      return List.of();
    }
    List<String> words = Arrays.stream(text.split(",", -1)).map(String::trim).distinct().toList();
    if (words.contains("")) {
      throw wrong(argument, "words joined by commas", "'" + text + "'");
    }
    return words;
  }

  Duration interval(Signature argument) {
    String text = text(argument);
    if (text == null) {
      return null;
    }
    String expected = "a duration of whole milliseconds such as PT1H or 1 h, above zero";
    Duration value;
    try {
      value = text.startsWith("P") ? Duration.parse(text) : TimeUtils.parseDuration(text);
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw wrong(argument, expected, "'" + text + "'");
    }
    boolean whole = value.getNano() % 1_000_000 == 0;
    if (value.isNegative() || value.isZero() || !whole || value.compareTo(LONGEST) > 0) {
      throw wrong(argument, expected, "'" + text + "'");
    }
    return value;
  }

  /** Without a cause: of an error, Flink's tools show the deepest cause alone. */
  static ValidationException wrong(Signature argument, String expected, Object got) {
    return wrong(argument.label(), expected, got);
  }

  /** As {@link #wrong(Signature, String, Object)}, for an argument that Flink adds. */
  static ValidationException wrong(String argument, String expected, Object got) {
    return new ValidationException(
        "%s: %s: expected %s, got %s".formatted(FUNCTION, argument, expected, got));
  }
}
