package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Our draws against weights that PyTorch drew; equal means equal in each bit. Always over our own
 * fixtures, whose script seeds right before it builds a network.
 */
class InitializationTest {

  @TestFactory
  Stream<DynamicTest> networksStartWithPyTorchsBits() {
    return GoldenFile.listed(GoldenFile.OURS, "cases").stream()
        .map(
            golden ->
                dynamicTest(
                    golden.path().getFileName().toString(),
                    () ->
                        assertThat(Initialization.recurrent(golden.config(), seeded(golden)))
                            .containsExactly(golden.weights("state_dict", ""))));
  }

  @TestFactory
  Stream<DynamicTest> aNetworkAndItsHeadShareOneStreamOfDraws() {
    return GoldenFile.listed(GoldenFile.OURS, "train").stream()
        .map(
            golden ->
                dynamicTest(golden.path().getFileName().toString(), () -> checkWithHead(golden)));
  }

  private static TorchRandom seeded(GoldenFile golden) {
    return new TorchRandom(golden.json().get("seed").asLong());
  }

  private static void checkWithHead(GoldenFile golden) {
    TorchRandom generator = seeded(golden);
    assertThat(Initialization.recurrent(golden.config(), generator))
        .containsExactly(golden.weights("initial", "rnn."));
    float[] weight = new float[golden.size("output_size") * golden.config().outputSize()];
    float[] bias = new float[golden.size("output_size")];
    Initialization.linear(golden.config().outputSize(), weight, bias, generator);
    JsonNode initial = golden.json().get("initial");
    assertThat(weight).containsExactly(GoldenFile.values(initial.get("fc.weight")));
    assertThat(bias).containsExactly(GoldenFile.values(initial.get("fc.bias")));
  }

  @Test
  void theTutorialsFourNetworksFollowFromSeedZero() {
    TorchRandom generator = new TorchRandom(0);
    for (String name : List.of("vanilla", "stacked", "bidirectional", "stacked_bidirectional")) {
      JsonNode json =
          GoldenFile.read(Path.of("src/core/test/resources/golden-tutorial", name + ".json"))
              .json();
      RnnConfig config =
          new RnnConfig(
              Cell.RNN_TANH,
              1,
              2,
              json.get("config").get("num_layers").asInt(),
              json.get("config").get("bidirectional").asBoolean(),
              true);
      List<String> expected = new ArrayList<>();
      for (RnnConfig.Parameter parameter : config.parameters()) {
        json.get("state_dict_f32_bits")
            .get(parameter.name())
            .forEach(bits -> expected.add(bits.asText()));
      }
      float[] weights = Initialization.recurrent(config, generator);
      List<String> actual = new ArrayList<>();
      for (float weight : weights) {
        actual.add("%08x".formatted(Float.floatToIntBits(weight)));
      }
      assertThat(actual).as(name).isEqualTo(expected);
      Rnn rnn = new Rnn(config);
      rnn.load(weights);
      RnnOutput result = new RnnOutput();
      rnn.forward(cells(json.get("input")), 4, 5, true, null, null, result);
      JsonNode printed = json.get("printed");
      assertThat(result.out()).containsExactly(cells(printed.get("repaired_out")), within(6e-5f));
      assertThat(result.hN()).containsExactly(cells(printed.get("repaired_h_n")), within(6e-5f));
    }
  }

  private static float[] cells(JsonNode tensor) {
    List<JsonNode> cells = new ArrayList<>();
    tensor.forEach(matrix -> matrix.forEach(row -> row.forEach(cells::add)));
    float[] values = new float[cells.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = cells.get(i).floatValue();
    }
    return values;
  }

  @Test
  void theGeneratorIsTheReferenceMersenneTwister() {
    TorchRandom generator = new TorchRandom(5489); // the default seed of mt19937
    for (int i = 1; i < 10_000; i++) {
      generator.nextBits();
    }
    // C++11, [rand.predef]: the 10,000th value of a default-constructed mt19937
    assertThat(Integer.toUnsignedLong(generator.nextBits())).isEqualTo(4123659995L);
  }

  @Test
  void aHeadOfTheWrongLengthIsRefused() {
    assertThatThrownBy(
            () -> Initialization.linear(4, new float[9], new float[2], new TorchRandom(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight: expected a multiple of in_features 4, got 9 values");
    assertThatThrownBy(
            () -> Initialization.linear(4, new float[8], new float[3], new TorchRandom(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bias: expected out_features 2, got 3 values");
  }
}
