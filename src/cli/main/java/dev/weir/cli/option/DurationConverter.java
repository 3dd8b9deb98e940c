package dev.weir.cli.option;

import dev.weir.option.Durations;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@link Durations} above zero. */
public final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    try {
      Duration value = Durations.parse(text);
      if (!value.isNegative() && !value.isZero()) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // said below, in our own words
    }
    throw new TypeConversionException(
        "expected a duration above zero such as 60s or PT1M, got '" + text + "'");
  }
}
