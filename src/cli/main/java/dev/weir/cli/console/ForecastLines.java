package dev.weir.cli.console;

import dev.weir.forecast.Forecast;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.wire.AvroJson;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A forecast as one line: for people, or as JSON with the keys and units of the Avro schema. */
public final class ForecastLines {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private ForecastLines() {}

  public static String json(Forecast forecast) {
    return AvroJson.line(ForecastCodec.SCHEMA, new ForecastCodec().encode(forecast));
  }

  public static String text(Forecast forecast) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-20s %s  %-12s ->",
            Printable.line(forecast.series()), minute(forecast.origin()), forecast.mode().label()));
    for (double value : forecast.values()) {
      line.append(' ').append(number(value));
    }
    return line.append("  (").append(source(forecast)).append(')').toString();
  }

  /** Which model made it and how far it can be trusted. */
  public static String source(Forecast forecast) {
    String status = forecast.status().name();
    return forecast.model().isEmpty()
        ? status
        : "%s v%d, %s".formatted(Printable.line(forecast.model()), forecast.modelVersion(), status);
  }

  public static String minute(long time) {
    return MINUTE.format(Instant.ofEpochMilli(time));
  }

  /** Five significant digits are as many as anybody reads. */
  public static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
