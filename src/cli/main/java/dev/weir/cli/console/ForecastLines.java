package dev.weir.cli.console;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.AvroJson;
import dev.weir.option.Numbers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A forecast, score or class as one line: for people, or as JSON with the keys of its schema. */
public final class ForecastLines {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private ForecastLines() {}

  /** Forecasts and scores with times in milliseconds, classes as on their topic. */
  public static String json(Output record) {
    if (record instanceof Classification said) {
      return new String(new ClassificationCodec().toJson(said), StandardCharsets.UTF_8);
    }
    return record instanceof Score score
        ? AvroJson.line(ScoreCodec.SCHEMA, new ScoreCodec().encode(score))
        : AvroJson.line(ForecastCodec.SCHEMA, new ForecastCodec().encode((Forecast) record));
  }

  public static String text(Output record) {
    if (record instanceof Classification said) {
      return text(said);
    }
    return record instanceof Score score ? text(score) : text((Forecast) record);
  }

  private static String text(Forecast forecast) {
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

  private static String text(Classification said) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format("%-20s %s  ", Printable.line(said.series()), minute(said.windowEnd())));
    if (said.label().isEmpty()) {
      line.append("no class is known");
    } else {
      line.append(String.format("%-16s %.3f", Printable.line(said.label()), said.probability()));
    }
    line.append("  (");
    if (!said.model().isEmpty()) {
      line.append("%s v%d, ".formatted(Printable.line(said.model()), said.modelVersion()));
    }
    line.append(said.status().name());
    if (!Double.isNaN(said.accuracy())) {
      line.append(
          ", accuracy %.3f of %s"
              .formatted(said.accuracy(), Numbers.counted(said.labels(), "label")));
    }
    return line.append(')').toString();
  }

  private static String text(Score score) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-20s %s  %-12s score of %,d: MAE %s",
            Printable.line(score.series()),
            minute(score.time()),
            score.mode().label(),
            score.scored(),
            number(score.mae())));
    if (!Double.isNaN(score.mase())) {
      line.append(String.format(", MASE %.2f", score.mase()));
    }
    if (!Double.isNaN(score.coverage())) {
      line.append(
          String.format(
              ", %.0f %% intervals hold %.1f %%", 100 * score.level(), 100 * score.coverage()));
    }
    if (score.distribution() != null) {
      line.append(", CRPS ").append(number(score.distribution().crps()));
    }
    return line.toString();
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
    return String.format("%.5g", value);
  }
}
