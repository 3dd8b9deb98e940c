package dev.weir.cli.tail;

import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Score;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.AvroJson;
import java.util.Locale;

/** A score as one line: for people, or as JSON with the keys and units of the Avro schema. */
final class ScoreLines {

  private ScoreLines() {}

  static String json(Score score) {
    return AvroJson.line(ScoreCodec.SCHEMA, new ScoreCodec().encode(score));
  }

  static String text(Score score) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%-20s %s  %-12s score of %,d: MAE %s",
            Printable.line(score.series()),
            ForecastLines.minute(score.time()),
            score.mode().label(),
            score.scored(),
            ForecastLines.number(score.mae())));
    if (!Double.isNaN(score.mase())) {
      line.append(String.format(Locale.ROOT, ", MASE %.2f", score.mase()));
    }
    if (!Double.isNaN(score.coverage())) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %.0f %% intervals hold %.1f %%",
              100 * score.level(),
              100 * score.coverage()));
    }
    if (score.distribution() != null) {
      line.append(", CRPS ").append(ForecastLines.number(score.distribution().crps()));
    }
    return line.toString();
  }
}
