package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.InProcess;
import dev.weir.kafka.wire.Json;
import dev.weir.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaveOneOutCommandTest {

  @TempDir private Path dir;

  private static double[] values(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToDouble(t -> t % 12 + random.nextGaussian()).toArray();
  }

  private InProcess run(String line) {
    return InProcess.run(Lab.commandLine(), line.replace("@", dir + "/").split(" "));
  }

  private JsonNode json(InProcess done) throws IOException {
    return Json.READER.readTree(done.succeeded().out());
  }

  @Test
  void errorsAreThoseOfEvaluate() throws IOException {
    StringBuilder rows = new StringBuilder("series_id,timestamp,value\n");
    for (int series = 0; series < 2; series++) {
      double[] y = values(series, 320);
      for (int t = 0; t < y.length; t++) {
        rows.append("s%d,%d,%s%n".formatted(series, 1_600_000_000L + 3_600 * t, y[t]));
      }
    }
    Files.writeString(dir.resolve("two.csv"), rows);
    Files.writeString(dir.resolve("m.csv"), "series_id,m\ns0,12\ns1,7\n");
    String input = " --input @two.csv --season @m.csv --format json ";
    JsonNode all = json(run("leave-one-out" + input + "--without network,naive+trend"));
    String evaluate = "evaluate --interval none --horizon 24" + input.replace("@", dir + "/");
    JsonNode means = json(InProcess.weir(evaluate)).path("geometric_mean_rel_mae");

    double error = means.path("weir").asDouble();
    double without = means.path("weir_without_networks").asDouble();
    JsonNode whole = all.at("/variants/3"); // after three of horizon 2
    JsonNode network = all.at("/variants/4");
    assertThat(whole.path("rel_mae").asDouble()).isEqualTo(error, within(1e-12));
    assertThat(network.path("rel_mae").asDouble()).isEqualTo(without, within(1e-12));
    double change = 100 * (without / error - 1);
    assertThat(network.path("error_change").asDouble()).isEqualTo(change, within(1e-9));
    assertThat(network.path("bytes").asInt()).isLessThan(whole.path("bytes").asInt());
    assertThat(all.at("/variants/5/without").asText()).isEqualTo("naive+trend");
  }

  @Test
  void drawnSeriesAreLongAndDoNotRepeatThemselves() throws IOException {
    double[] again = IntStream.range(0, 300).mapToDouble(t -> values(1, 40)[t % 40]).toArray();
    StringBuilder lines =
        new StringBuilder("{\"v\":%s}\n".formatted(Arrays.toString(values(4, 300))));
    for (double[] y : new double[][] {again, values(2, 300), values(3, 299)}) {
      lines.append("{\"m\":12,\"v\":%s}\n".formatted(Arrays.toString(y)));
    }
    Files.writeString(dir.resolve("x.jsonl"), lines);
    String[] found = run("leave-one-out --corpora @ --without naive").succeeded().out().split("\n");
    assertThat(found[1].split(" +")).startsWith("corpora", "2", "1");
  }

  @ParameterizedTest
  @CsvSource({
    "--corpora @ --without trend+x, '--without: expected some of naive, weekly-naive,'",
    "--without trend, '--input: expected it, --corpora or both, got none'",
    "--corpora @none, '--corpora: expected a folder, got '",
    "--input @, '--season: expected a file with --input, none without, got none'"
  })
  void wrongOptionsAreRefusedWithOneLine(String options, String message) {
    assertThat(run("leave-one-out " + options).failed(2).err())
        .startsWith("weir lab leave-one-out: " + message)
        .hasLineCount(2); // the other one is where help is
  }
}
