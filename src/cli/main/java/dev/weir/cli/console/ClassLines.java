package dev.weir.cli.console;

import dev.weir.forecast.Classification;
import dev.weir.kafka.codec.ClassificationCodec;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A classification as one line: for people, or as JSON with the fields of the topic. */
public final class ClassLines {

  private ClassLines() {}

  public static String json(Classification said) {
    return new String(new ClassificationCodec().toJson(said), StandardCharsets.UTF_8);
  }

  public static String text(Classification said) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-20s %s  ", Printable.line(said.series()), ForecastLines.minute(said.windowEnd())));
    if (said.label().isEmpty()) {
      line.append("no class is known");
    } else {
      line.append(
          String.format(
              Locale.ROOT, "%-16s %.3f", Printable.line(said.label()), said.probability()));
    }
    line.append("  (");
    if (!said.model().isEmpty()) {
      line.append("%s v%d, ".formatted(Printable.line(said.model()), said.modelVersion()));
    }
    line.append(said.status().name());
    if (!Double.isNaN(said.accuracy())) {
      line.append(
          String.format(
              Locale.ROOT, ", accuracy %.3f of %,d labels", said.accuracy(), said.labels()));
    }
    return line.append(')').toString();
  }
}
