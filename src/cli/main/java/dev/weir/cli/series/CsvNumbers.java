package dev.weir.cli.series;

import dev.weir.option.Numbers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers as one CSV file writes them: {@code 1234.5}, {@code 1,234.5}, {@code 1234,5} or {@code
 * 1.234,5}, and with a unit, as in {@code 1 234,50 EUR}. Which sign is the decimal one is found in
 * the file's cells: {@code 1.234} alone does not say, unless commas separate the columns. Not
 * thread-safe.
 */
final class CsvNumbers {

  /** A decimal sign; the other one may separate groups of three digits. */
  enum Decimal {
    point('.'),
    comma(',');

    private final char sign;

    Decimal(char sign) {
      this.sign = sign;
    }

    char sign() {
      return sign;
    }

    static Decimal of(char sign) {
      return sign == ',' ? comma : point;
    }

    Decimal other() {
      return this == comma ? point : comma;
    }
  }

  private static final Pattern NUMBER = // not a date with points
      Pattern.compile(
          "[-+]?([0-9]+[.,]?[0-9]*|[.,][0-9]+|[1-9][0-9]{0,2}((\\.[0-9]{3})+,?|(,[0-9]{3})+\\.?)[0-9]*)"
              + "([eE][-+]?[0-9]+)?");

  private static final Pattern GROUPS = Pattern.compile("[-+]?[1-9][0-9]{0,2}([.,][0-9]{3})+");

  /** Signs alone, or the words of spreadsheets and databases for nothing. */
  private static final Pattern NOTHING =
      Pattern.compile(
          "(?iU)[^\\p{L}\\p{N}?]*|#?n[./]?[adv]\\.?[!?]?|nan|null|none|nil|k\\.? ?[aw]\\.?|#[\\w/]+[!?]");

  /** A number with a currency before it or its unit after it, groups apart, or its sign behind. */
  private static final Pattern AMOUNT =
      Pattern.compile(
          "(?U)(?<sign>[-+\u2212]?)\\s*"
              + "(?<before>\\p{Sc}|(\\p{Lu}{3}|(?i:fr|kr|rs|zł|kč|lei))\\.?\\s)?\\s*"
              + "(?<number>[-+]?[0-9.,][0-9.,'\u2019\\s]*([eE][-+]?[0-9]+)?)(?<minus>-?)"
              + "(?<unit>\\s*[\\p{Sc}%\u2030\u00b0]\\p{L}{0,2}|\\s\\p{L}[\\p{L}\\p{N}\u00b2\u00b3/%.]{0,11})?");

  private static final Pattern APART =
      Pattern.compile("(?U)(?<=[0-9])['\u2019\\s](?=[0-9]{3}(?![0-9]))");

  private static final int MAX_AMOUNT = 64; // characters

  private final boolean isPointClear;
  private Decimal decimal; // null until it is found

  CsvNumbers(char separator, Decimal decimal) {
    this.isPointClear = separator == ',';
    this.decimal = decimal;
  }

  /** Null as long as it is not found. */
  Decimal decimal() {
    return decimal;
  }

  /** Whether it is written as a number, with a unit or without. */
  static boolean isLike(String text) {
    return NUMBER.matcher(bare(text)).matches();
  }

  /** Whether it says that there is no value. */
  static boolean isNothing(String text) {
    return NOTHING.matcher(text).matches();
  }

  /** The unit of a number, such as kWh; empty for none. */
  static String unit(String text) {
    Matcher amount = isBare(text) ? null : AMOUNT.matcher(text.strip());
    return amount == null || !amount.matches()
        ? ""
        : (text(amount, "before") + ' ' + text(amount, "unit")).strip();
  }

  private static String text(Matcher amount, String part) {
    return amount.group(part) == null ? "" : amount.group(part).strip();
  }

  /** A number without all that is not read; another text as it is. */
  private static String bare(String text) {
    Matcher amount = isBare(text) ? null : AMOUNT.matcher(text.strip());
    if (amount == null || !amount.matches()) {
      return text;
    }
    boolean isBelow =
        !amount.group("sign").replace("+", "").isEmpty() || !amount.group("minus").isEmpty();
    return (isBelow ? "-" : "") + APART.matcher(amount.group("number").strip()).replaceAll("");
  }

  /** As most are; what is longer than an amount may be is no number anyway. */
  private static boolean isBare(String text) {
    for (int i = 0; i < text.length() && text.length() <= MAX_AMOUNT; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != ',' && (c != '-' || i > 0)) {
        return false;
      }
    }
    return true;
  }

  /** Takes in a cell that may say which sign is the decimal one. */
  void look(String text) {
    if (decimal == null && isLike(text)) {
      decimal = of(bare(text));
    }
  }

  /** The decimal sign of a number; null if the number alone does not say. */
  private Decimal of(String text) {
    int point = text.lastIndexOf('.');
    int comma = text.lastIndexOf(',');
    int last = Math.max(point, comma);
    if (last < 0) {
      return null;
    }
    Decimal one = Decimal.of(text.charAt(last));
    if (Math.min(point, comma) >= 0 || !GROUPS.matcher(text).matches()) {
      return one;
    }
    boolean areGroups = text.indexOf(one.sign()) < last;
    return areGroups ? one.other() : isPointClear && one == Decimal.point ? one : null;
  }

  /** Whether a number has one of two values, and no cell so far says which. */
  boolean isUnclear(String text) {
    if (decimal != null || text.indexOf('.') < 0 && text.indexOf(',') < 0) {
      return false;
    }
    look(text);
    return decimal == null && isLike(text);
  }

  /**
   * A number.
   *
   * @throws NumberFormatException if it is not a number, or unclear
   */
  double parse(String text) {
    if (isUnclear(text)) {
      throw new NumberFormatException(text);
    }
    String plain = bare(text).strip();
    boolean isComma = decimal == Decimal.comma;
    if (plain.indexOf(isComma ? '.' : ',') >= 0) {
      plain = withoutGroups(plain, isComma ? '.' : ',', isComma ? ',' : '.');
    }
    return Numbers.parse(isComma ? plain.replace(',', '.') : plain);
  }

  private static String withoutGroups(String text, char group, char sign) {
    int end = text.indexOf(sign);
    String whole = end < 0 ? text : text.substring(0, end);
    if (!GROUPS.matcher(whole).matches() || text.indexOf(group, whole.length()) >= 0) {
      throw new NumberFormatException(text);
    }
    return whole.replace(String.valueOf(group), "") + text.substring(whole.length());
  }

  /** What a message about a text that is not read adds; empty for nothing. */
  String hint(String text) {
    return !isLike(text) || text.indexOf('.') < 0 && text.indexOf(',') < 0
        ? ""
        : decimal == null
            ? ", which has two meanings; --decimal point or --decimal comma says which"
            : "; --decimal %s reads a decimal %1$s".formatted(decimal.other());
  }
}
