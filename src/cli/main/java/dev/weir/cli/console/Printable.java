package dev.weir.cli.console;

/** Foreign text for a terminal: nothing in it ends a line, moves a cursor or sets a title. */
public final class Printable {

  private Printable() {}

  /**
   * The text as one line, at most {@code most} characters of it; what is not printable as \\uXXXX.
   */
  public static String line(String text, int most) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (i == most) {
        return line.append("...").toString();
      }
      char c = text.charAt(i);
      if (isPrintable(text, i)) {
        line.append(c);
      } else {
        line.append("\\u%04x".formatted((int) c));
      }
    }
    return line.toString();
  }

  public static String line(String text) {
    return line(text, 200);
  }

  private static boolean isPrintable(String text, int i) {
    char c = text.charAt(i);
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT, // also what turns the direction of reading
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      case Character.SURROGATE ->
          Character.isHighSurrogate(c)
              ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
              : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
      default -> true;
    };
  }
}
