package dev.weir.option;

import java.util.Locale;

/**
 * Numbers as texts, wherever people or records write them: an optional sign, digits, a fraction and
 * an exponent. The JDK's parsers take more, such as {@code 12d} for 12 and {@code 0x1p3} for 8.
 */
public final class Numbers {

  private Numbers() {}

  /**
   * A number of a record or a file. NaN and infinities have their names in Java; a number that is
   * too large is infinite. Spaces around a number are ignored.
   *
   * @throws NumberFormatException if it is no such number
   */
  public static double parse(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && " +-.eE".indexOf(c) < 0) {
        return named(text.strip());
      }
    }
    return Double.parseDouble(text);
  }

  private static double named(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new NumberFormatException(text);
    };
  }

  /**
   * A number that is the value of an option. A zero before another digit is refused: YAML reads
   * such a number as octal.
   *
   * @throws NumberFormatException if it is no such number
   */
  public static double option(String text) {
    if (text.matches("[-+]?0[0-9].*")) {
      throw new NumberFormatException(text);
    }
    return parse(text);
  }

  /** As {@link #option}, of a whole number. */
  static int integer(String text) {
    if (!text.matches("[-+]?(0|[1-9][0-9]{0,9})")) { // not digits of other scripts, either
      throw new NumberFormatException(text);
    }
    return Integer.parseInt(text);
  }

  /** A count with its noun: {@code 1 value}, {@code 1,200 values}, {@code 2 series}. */
  public static String counted(long count, String noun) {
    String end = count == 1 || noun.endsWith("s") ? "" : "s";
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, end);
  }
}
