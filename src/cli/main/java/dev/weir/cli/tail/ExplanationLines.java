package dev.weir.cli.tail;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;

/** Writes what a forecast consists of: a line for each part, aligned and with its sign. */
final class ExplanationLines {

  static final String MISSING =
      "the forecasts carry no explanation; set forecasts.explain: true in the job file and restart"
          + " the job";

  private static final String INDENT = "    ";
  private static final String VALUE = "forecast";
  private static final int DIGITS = 5; // of the largest amount
  private static final double MAX_FIXED = 1e9;
  private static final double MIN_FIXED = 1e-3;

  private ExplanationLines() {}

  /**
   * The lines, the forecast last; parts but the level that would be written as zero are left out.
   */
  static String text(Explanation explanation) {
    double largest = Math.abs(explanation.value());
    int width = VALUE.length();
    for (Part part : explanation.parts()) {
      largest = Math.max(largest, Math.abs(part.amount()));
      width = Math.max(width, Printable.line(part.name()).length());
    }
    String number = format(largest);
    StringBuilder lines = new StringBuilder();
    for (Part part : explanation.parts()) {
      String amount = String.format(number, part.amount());
      if (part.name().equals(Explanation.LEVEL) || !isZero(amount)) {
        add(lines, part.name(), width, amount);
      }
    }
    String value = String.format(number, explanation.value());
    add(lines, VALUE, width, value);
    return lines.toString();
  }

  private static void add(StringBuilder lines, String name, int width, String amount) {
    lines
        .append(System.lineSeparator())
        .append(INDENT)
        .append(String.format("%-" + width + "s", Printable.line(name)))
        .append("  ")
        .append(amount);
  }

  /** A format with a sign and as many decimals for all as the largest amount needs. */
  private static String format(double largest) {
    if (largest >= MAX_FIXED || largest > 0 && largest < MIN_FIXED) {
      return "%+11.4e";
    }
    int whole = largest < 1 ? 1 : (int) Math.floor(Math.log10(largest)) + 1;
    int decimals = Math.max(0, DIGITS - whole);
    int width = whole + decimals + (decimals > 0 ? 2 : 1); // with sign and point
    return "%+" + width + "." + decimals + "f";
  }

  private static boolean isZero(String amount) {
    return amount.chars().noneMatch(c -> c >= '1' && c <= '9');
  }
}
