package dev.weir.cli.series;

import java.time.DateTimeException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time on the command line, as CSV files may have it, in milliseconds since 1970. */
public final class SeriesTimes implements ITypeConverter<Long> {

  @Override
  public Long convert(String text) {
    try {
      return CsvTime.millis(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new TypeConversionException("expected %s, got '%s'".formatted(CsvTime.EXPECTED, text));
    }
  }
}
