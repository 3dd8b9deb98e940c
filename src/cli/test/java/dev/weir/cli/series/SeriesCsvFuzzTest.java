package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.Observation;
import dev.weir.job.options.StrictUtf8Input;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any bytes as a CSV file. */
@Tag("fuzz")
class SeriesCsvFuzzTest {

  private static final long SEED = 20261129;

  private static List<byte[]> samples() {
    String rows = "a,2026-01-01T00:00:00Z,1.5\n\"b, \"\"left\"\"\",2026-01-01T01:00:00.5Z,-2e3\n";
    return List.of(
        ("series_id,timestamp,value\n" + rows).getBytes(StandardCharsets.UTF_8),
        ("\ufeffseries_id,timestamp,value,x,y\r\ngröße,2026-01-01T00:00:00Z,1,2,3\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8),
        ("series_id,timestamp,value\n" + rows.repeat(20)).getBytes(StandardCharsets.UTF_8));
  }

  private static Outcome open(byte[] bytes, SplittableRandom random) {
    int count = 0;
    try (SeriesCsv csv =
        new SeriesCsv(
            StrictUtf8Input.open(new ByteArrayInputStream(bytes), "fuzz.csv"), "fuzz.csv")) {
      for (Observation o = csv.next(); o != null; o = csv.next()) {
        count++;
        if (!Double.isFinite(o.value())
            || !DoubleStream.of(o.features()).allMatch(Double::isFinite)
            || o.series().isEmpty()
            || o.series().length() > 1_000) {
          throw new AssertionError("expected to be refused, got " + o);
        }
      }
      return Outcome.taken(count);
    } catch (IOException e) {
      if (!e.getMessage().matches("(?s)fuzz\\.csv line \\d+: .*expected .*, got .+")) {
        throw new AssertionError("expected file, line and what is wrong, got " + e.getMessage());
      }
      return Outcome.refused(e.getMessage());
    }
  }

  @Test
  void anyBytesAreSeriesOrRefusedWithTheirLine() throws Exception {
    Fuzzer fuzzer =
        new Fuzzer(
            SEED,
            samples(),
            "+1000000000-01-01T00:00:00Z",
            "1_0",
            "0x1p3",
            "1d",
            "\"",
            "'",
            ";",
            "\t",
            "\r",
            "\0",
            "\\",
            "\ufeff",
            "\u2028");
    fuzzer.run(SeriesCsvFuzzTest::open, 300_000, 200);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
  }

  @Test
  void aFieldOfAMegabyteIsNotRepeatedInTheMessage() throws Exception {
    String row = "series_id,timestamp,value\na,2026-01-01T00:00:00Z,";
    byte[] value = (row + "x".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);
    byte[] header = "\u001b]0;x,".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    for (byte[] bytes : List.of(value, header)) {
      assertThat(Fuzzer.give(SeriesCsvFuzzTest::open, bytes, 8 << 20, 50).taken()).isFalse();
    }
  }
}
