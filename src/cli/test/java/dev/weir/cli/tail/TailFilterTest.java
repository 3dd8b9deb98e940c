package dev.weir.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TailFilterTest {

  /** What is asked for of a score of pump-7, of 2026-01-31T12:00:00Z. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--since 2026-01-31T12:00:00Z | true",
        "--since 2026-01-31T12:00:00.001Z | false",
        "--series pump-.* | true",
        "--series pump | false",
        "--mode MANY_TO_ONE | true",
        "--mode MANY_TO_MANY | false",
        "--mode MANY_TO_ONE --series pump-7 --since 2026-01-31T11:59:59Z | true",
        "--mode MANY_TO_ONE --series pump-8 | false"
      })
  void recordsAreShownThatAllOptionsInclude(String options, boolean isShown) {
    TailFilter filter = CommandLine.populateCommand(new TailFilter(), options.split(" "));
    long time = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    Score score =
        new Score(
            "pump-7",
            time,
            Mode.MANY_TO_ONE,
            5,
            40,
            new double[] {1},
            1,
            1,
            0.8,
            0.7,
            List.of(),
            null);
    assertThat(filter.includes(score)).isEqualTo(isShown);
  }
}
