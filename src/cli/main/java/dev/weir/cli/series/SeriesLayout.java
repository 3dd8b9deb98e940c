package dev.weir.cli.series;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a file holds its series. */
public enum SeriesLayout {
  /** One value a row, with its time; see {@link SeriesColumns}. */
  LONG,

  /** One series a row, without times; see {@link WideCsv}. */
  WIDE;

  public static final String LABEL = "long|wide";

  public static final String OPTION =
      "How the CSV holds its series. long: one value a row, with its time; wide: one series a row,"
          + " its name first, then its values, as in the files of M4 (default: long).";

  /** From {@code long} or {@code wide}. */
  public static final class Converter implements ITypeConverter<SeriesLayout> {

    @Override
    public SeriesLayout convert(String text) {
      for (SeriesLayout layout : values()) {
        if (layout.toString().equals(text)) {
          return layout;
        }
      }
      throw new TypeConversionException("expected long or wide, got '%s'".formatted(text));
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
