package dev.weir.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 60s}, {@code 5 min}, {@code PT1H}. */
final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    try {
      Duration value = text.startsWith("P") ? Duration.parse(text) : TimeUtils.parseDuration(text);
      if (!value.isNegative() && !value.isZero()) {
        return value;
      }
    } catch (DateTimeParseException | IllegalArgumentException e) {
      // said below, in our own words
    }
    throw new TypeConversionException(
        "expected a duration above zero such as 60s or PT1M, got '" + text + "'");
  }
}
