package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.tutorial.TutorialCommand;
import dev.weir.cli.tutorial.TutorialNetworks;
import dev.weir.cli.tutorial.TutorialNetworks.Network;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TutorialTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FIXTURES = Path.of("src/core/test/resources/golden-tutorial");

  @Test
  void all336PrintedCellsAreReproduced() throws IOException {
    int cells = 0;
    for (Network network : TutorialNetworks.run()) {
      // read from the fixture, not from what we ship
      JsonNode printed = fixture(network).get("printed");
      cells += check(network.ours().out(), printed.get("repaired_out"), 6e-5);
      cells += check(network.ours().hN(), printed.get("repaired_h_n"), 6e-5);
      assertThat(network.agrees()).isTrue();
    }
    assertThat(cells).isEqualTo(336);
  }

  @Test
  void pyTorchsOwnValuesAgreeWithinOneMillionth() throws IOException {
    for (Network network : TutorialNetworks.run()) {
      JsonNode recomputed = fixture(network).get("recomputed");
      check(network.ours().out(), recomputed.get("out"), 1e-6);
      check(network.ours().hN(), recomputed.get("h_n"), 1e-6);
    }
  }

  @Test
  void secondCallWithTheHiddenStateOfTheFirstGivesTheSameBits() {
    List<Network> networks = TutorialNetworks.run();
    for (Network network : networks.subList(0, 2)) {
      assertThat(network.inTwoCalls()).isEqualTo(network.ours().out());
    }
    assertThat(networks.get(2).inTwoCalls()).isNull();
  }

  @Test
  void aCellThatIsOffIsNoticed() {
    TutorialNetworks.PrintedTable table =
        new TutorialNetworks.PrintedTable(new double[] {0.5, -0.25}, Set.of());
    assertThat(table.maxAbsDeviation(new float[] {0.5f, -0.125f})).isEqualTo(0.125);
    assertThat(table.maxAbsDeviation(new float[] {Float.NaN, -0.25f})).isNaN();
    assertThat(table.maxAbsDeviation(new float[] {0.5f, Float.NaN})).isNaN();
  }

  @Test
  void jsonHasOneSummaryPerNetwork() throws IOException {
    StringWriter out = new StringWriter();
    assertThat(execute(out, "--format", "json")).isZero();
    JsonNode json = JSON.readTree(out.toString());
    assertThat(json.size()).isEqualTo(1);
    List<String> summaries = new ArrayList<>();
    for (JsonNode network : json.get("networks")) {
      List<String> keys = new ArrayList<>();
      network.fieldNames().forEachRemaining(keys::add);
      assertThat(keys)
          .containsExactly("name", "cells", "max_abs_deviation", "out_shape", "h_n_shape");
      assertThat(network.get("max_abs_deviation").isNumber()).isTrue();
      assertThat(network.get("max_abs_deviation").asDouble()).isBetween(1e-5, 6e-5);
      summaries.add(
          "%s %s %s %s"
              .formatted(
                  network.get("name").asText(),
                  network.get("cells"),
                  network.get("out_shape"),
                  network.get("h_n_shape")));
    }
    assertThat(summaries)
        .containsExactly(
            "vanilla 48 [4,5,2] [1,4,2]",
            "stacked 64 [4,5,2] [3,4,2]",
            "bidirectional 96 [4,5,4] [2,4,2]",
            "stacked_bidirectional 128 [4,5,4] [6,4,2]");
  }

  @Test
  void textShowsTablesSideBySideAndTheCorrections() {
    StringWriter out = new StringWriter();
    assertThat(execute(out)).isZero();
    assertThat(out.toString())
        .contains("batch 0, step 0    -0.0819    0.8100  |   -0.0819   0.8100  OK")
        .contains("batch 2, step 4    -0.3982*   1.0000* |   -0.3982   1.0000  OK")
        .contains("out, backward = out.view(4, 5, 2, 2)[:, :, 1, :]")
        .contains("h_n, layer 2, backward")
        .contains("h_0 (num_layers, batch, hidden_size) = h_n of steps 0 to 2, not zeros")
        .contains("OK   336 cells in all, largest deviation 5.0e-05, allowed 6.0e-05")
        .contains("the first row of out's backward half")
        .doesNotContain("differs")
        .doesNotContain("FAIL");
  }

  private static int execute(StringWriter out, String... arguments) {
    return new CommandLine(new TutorialCommand()).setOut(new PrintWriter(out)).execute(arguments);
  }

  private static JsonNode fixture(Network network) throws IOException {
    return JSON.readTree(FIXTURES.resolve(network.name() + ".json").toFile());
  }

  private static int check(float[] ours, JsonNode expected, double tolerance) {
    List<Double> cells = new ArrayList<>();
    for (JsonNode matrix : expected) {
      for (JsonNode row : matrix) {
        row.forEach(cell -> cells.add(cell.asDouble()));
      }
    }
    assertThat(ours).hasSize(cells.size());
    for (int i = 0; i < ours.length; i++) {
      assertThat((double) ours[i]).as("cell %d", i).isCloseTo(cells.get(i), within(tolerance));
    }
    return ours.length;
  }
}
