package dev.weir.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.console.ForecastLines;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Explanations as weir tail prints them, and docs/learning.md with them. */
class ExplanationLinesTest {

  private static List<String> lines(double value, Part... parts) {
    return ExplanationLines.text(new Explanation(value, List.of(parts))).lines().skip(1).toList();
  }

  @Test
  void partsAreAlignedWithSigns() {
    assertThat(
            lines(
                106.2,
                new Part("level", 98.25),
                new Part("network", -2.5),
                new Part("temperature", 10.449),
                new Part("other", 0.001)))
        .containsExactly(
            "    level         +98.25",
            "    network        -2.50",
            "    temperature   +10.45",
            "    forecast     +106.20");
  }

  @Test
  void smallAndLargeNumbersKeepTheirDigits() {
    assertThat(lines(0.0123, new Part("level", 0), new Part("shift", 0.0123)))
        .containsExactly("    level     +0.0000", "    shift     +0.0123", "    forecast  +0.0123");
    assertThat(lines(-3e12, new Part("level", -2e12), new Part("shift", -1e12)))
        .containsExactly(
            "    level     -2.0000e+12", "    shift     -1.0000e+12", "    forecast  -3.0000e+12");
    assertThat(lines(123456, new Part("level", 100000), new Part("shift", 23456)))
        .containsExactly("    level     +100000", "    shift      +23456", "    forecast  +123456");
  }

  @Test
  void namesAreWrittenWithoutControlCharacters() {
    assertThat(lines(1, new Part("level", 0), new Part("a\nb\u001b[31m", 1)))
        .hasSize(3)
        .noneMatch(line -> line.contains("\u001b"));
  }

  private static final Path PAGE = Path.of("docs", "learning.md");
  private static final Path BIKES = Path.of("src/cli/main/resources/sample/uci_bike.csv");
  private static final int VALUES = 1_000;

  private static Forecast newest() throws Exception {
    List<Observation> observations = new ArrayList<>();
    for (String row : Files.readAllLines(BIKES).subList(1, VALUES + 1)) {
      String[] cells = row.split(",");
      long time = Instant.parse(cells[1]).toEpochMilli();
      observations.add(new Observation(cells[0], time, Double.parseDouble(cells[2])));
    }
    Learning learning =
        new Learning(LearnerSettings.defaults(2), 24, 0, null, ExplanationSettings.NUMBERED);
    ModeSettings mode = TestSettings.learned(2, learning);
    ForecastSettings settings = TestSettings.of(5, mode).build();
    List<Forecast> forecasts = OneSeries.forecasts(settings, observations);
    return forecasts.get(forecasts.size() - 1);
  }

  @Test
  void printedLinesAreThoseOfTail() throws Exception {
    Forecast forecast = newest();

    String lines = ForecastLines.text(forecast) + ExplanationLines.text(forecast.explanation());

    assertThat(Files.readString(PAGE)).contains("```\n" + lines + "\n```");
  }
}
