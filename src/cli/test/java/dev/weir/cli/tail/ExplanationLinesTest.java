package dev.weir.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

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
                new Part("season", -2.5),
                new Part("temperature", 10.449),
                new Part("other", 0.001)))
        .containsExactly(
            "    level         +98.25",
            "    season         -2.50",
            "    temperature   +10.45",
            "    forecast     +106.20");
  }

  @Test
  void smallAndLargeNumbersKeepTheirDigits() {
    assertThat(lines(0.0123, new Part("level", 0), new Part("recent", 0.0123)))
        .containsExactly("    level     +0.0000", "    recent    +0.0123", "    forecast  +0.0123");
    assertThat(lines(-3e12, new Part("level", -2e12), new Part("recent", -1e12)))
        .containsExactly(
            "    level     -2.0000e+12", "    recent    -1.0000e+12", "    forecast  -3.0000e+12");
    assertThat(lines(123456, new Part("level", 100000), new Part("recent", 23456)))
        .containsExactly("    level     +100000", "    recent     +23456", "    forecast  +123456");
  }

  @Test
  void namesAreWrittenWithoutControlCharacters() {
    assertThat(lines(1, new Part("level", 0), new Part("a\nb\u001b[31m", 1)))
        .hasSize(3)
        .noneMatch(line -> line.contains("\u001b"));
  }
}
