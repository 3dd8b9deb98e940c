package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.weir.Allocations;
import dev.weir.OtherJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What all kernels have in common, and how one is chosen. */
class KernelTest {

  /** For each kernel and cell; more in the slow profile. */
  private static final int SHAPES = 3 * Integer.getInteger("fuzz.cases", 1_000) / 40;

  @AfterEach
  void unpin() {
    System.clearProperty(Kernels.PROPERTY);
  }

  @TestFactory
  Stream<DynamicTest> eachKernelGivesPyTorchsValues() {
    Path directory = Path.of(System.getProperty("golden.dir", GoldenFile.OURS.toString()));
    List<DynamicTest> tests = new ArrayList<>();
    List<GoldenFile> cases = GoldenFile.listed(directory, "cases");
    assertThat(cases).as("cases in " + directory).isNotEmpty();
    for (GoldenFile golden : cases) {
      for (String kernel : Kernels.KERNELS) {
        tests.add(
            dynamicTest(
                kernel + " " + golden.path().getFileName(),
                () -> {
                  System.setProperty(Kernels.PROPERTY, kernel);
                  check(golden);
                }));
      }
    }
    return tests.stream();
  }

  private static void check(GoldenFile golden) {
    Rnn rnn = new Rnn(golden.config());
    rnn.load(golden.weights("state_dict", ""));
    RnnOutput result = new RnnOutput();
    rnn.forward(
        golden.tensor("input"),
        golden.size("batch"),
        golden.size("seq_len"),
        golden.batchFirst(),
        golden.tensor("h_0"),
        golden.tensor("c_0"),
        result);
    boolean unbounded = golden.config().cell() == Cell.RNN_RELU;
    GoldenFile.assertClose("out", result.out(), golden.tensor("out"), unbounded);
    GoldenFile.assertClose("h_n", result.hN(), golden.tensor("h_n"), unbounded);
    if (golden.config().cell() == Cell.LSTM) {
      GoldenFile.assertClose("c_n", result.cN(), golden.tensor("c_n"), unbounded);
    } else {
      assertThat(result.cN()).isNull();
    }
  }

  @Tag("fuzz")
  @ParameterizedTest
  @EnumSource(Cell.class)
  void allKernelsGiveTheSameBits(Cell cell) {
    Random random = new Random(20);
    for (int shape = 0; shape < SHAPES; shape++) {
      // sizes around one, two and three vectors of 4, 8 and 16 lanes
      int hiddenSize =
          switch (shape % 4) {
            case 0 -> 1 + random.nextInt(5);
            case 1 -> 4 << random.nextInt(4); // whole vectors, of any width one of its own
            default -> 1 + random.nextInt(50);
          };
      RnnConfig config =
          new RnnConfig(
              cell,
              1 + random.nextInt(6),
              hiddenSize,
              1 + random.nextInt(3),
              random.nextBoolean(),
              random.nextBoolean());
      int batch = 1 + random.nextInt(3);
      int seqLen = 1 + random.nextInt(9);
      boolean batchFirst = random.nextBoolean();
      float[] weights = ForwardOfEachCell.values(random, config.parameterCount(), 0.6f);
      float[] input = ForwardOfEachCell.values(random, batch * seqLen * config.inputSize(), 2f);
      float[] state =
          ForwardOfEachCell.values(random, config.numLayers() * batch * config.outputSize(), 1f);
      float[] h0 = random.nextBoolean() ? state : null;
      float[] c0 = cell == Cell.LSTM && random.nextBoolean() ? state : null;
      RnnOutput expected = new RnnOutput();
      for (String kernel : Kernels.KERNELS) {
        RnnOutput actual = new RnnOutput();
        Rnn rnn = pinned(kernel, config);
        rnn.load(
            ForwardOfEachCell.values(
                random, config.parameterCount(), 1f)); // must leave nothing behind
        rnn.forward(
            ForwardOfEachCell.values(random, input.length, 1f),
            batch,
            seqLen,
            batchFirst,
            null,
            null,
            actual);
        rnn.load(weights);
        rnn.forward(input, batch, seqLen, batchFirst, h0, c0, actual);
        if (kernel.equals(Kernels.KERNELS.get(0))) {
          expected = actual;
          continue;
        }
        String what = "%s, batch %d, seq_len %d, %s".formatted(config, batch, seqLen, kernel);
        assertThat(bits(actual.out())).as("out of %s", what).isEqualTo(bits(expected.out()));
        assertThat(bits(actual.hN())).as("h_n of %s", what).isEqualTo(bits(expected.hN()));
        if (cell == Cell.LSTM) {
          assertThat(bits(actual.cN())).as("c_n of %s", what).isEqualTo(bits(expected.cN()));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"plain, 2", "vector, 2", "plain, 17", "vector, 17", "vector, 32"})
  void onceWarmNoKernelAllocates(String kernel, int hiddenSize) {
    for (Cell cell : Cell.values()) {
      for (int inputSize : new int[] {1, 6}) {
        RnnConfig config = new RnnConfig(cell, inputSize, hiddenSize, 2, true, true);
        Rnn rnn = pinned(kernel, config);
        float[] weights = Initialization.recurrent(config, new TorchRandom(1));
        float[] input = new float[4 * 6 * inputSize];
        float[] h0 = new float[config.numLayers() * 4 * config.outputSize()];
        float[] c0 = cell == Cell.LSTM ? h0 : null;
        RnnOutput result = new RnnOutput();
        int calls = 300;
        Allocations.assertNoneOnceWarm(
            calls,
            () -> {
              for (int call = 0; call < calls; call++) {
                rnn.load(weights);
                rnn.forward(input, 4, 6, call % 2 == 0, h0, c0, result);
              }
            });
      }
    }
  }

  @Test
  void anUnknownKernelIsRefusedByName() {
    RnnConfig config = new RnnConfig(Cell.GRU, 1, 2, 1, true, true);
    assertThatThrownBy(() -> pinned("fast", config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weir.kernel: expected plain or vector, got fast");
  }

  @Test
  void whereOnlyALearnerRunsAnUnknownKernelIsRefusedToo() {
    System.setProperty(Kernels.PROPERTY, "vectors");
    assertThatThrownBy(Kernels::vectors)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weir.kernel: expected plain or vector, got vectors");
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void whatIsNotFiniteLeavesNothingBehind(Cell cell) {
    RnnConfig config = new RnnConfig(cell, 3, 21, 2, true, true); // 21: some of a vector is padding
    Random random = new Random(22);
    float[] weights = ForwardOfEachCell.values(random, config.parameterCount(), 0.4f);
    float[] input = ForwardOfEachCell.values(random, 5 * 3, 1f);
    float[] spoilt = new float[9 * 3]; // longer, too
    Arrays.fill(spoilt, Float.NaN);
    for (String kernel : Kernels.KERNELS) {
      Rnn fresh = pinned(kernel, config);
      fresh.load(weights);
      RnnOutput expected = new RnnOutput();
      fresh.forward(input, 1, 5, true, null, null, expected);
      Rnn rnn = pinned(kernel, config);
      rnn.load(weights);
      RnnOutput actual = new RnnOutput();
      rnn.forward(spoilt, 1, 9, false, null, null, actual);
      assertThat(actual.hN()).as(kernel).contains(Float.NaN);
      rnn.forward(input, 1, 5, true, null, null, actual);
      assertThat(bits(actual.out())).as(kernel).isEqualTo(bits(expected.out()));
      assertThat(bits(actual.hN())).as(kernel).isEqualTo(bits(expected.hN()));
    }
  }

  @Test
  void eachShapeIsWarmedUpOnce() {
    WarmUp warmUp = new WarmUp(TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.MINUTES.toNanos(1));
    RnnConfig config = new RnnConfig(Cell.LSTM, 7, 100, 3, true, true);
    assertThat(warmUp.run(config, 500)).as("at first").isTrue();
    assertThat(warmUp.run(config, 500)).as("once more").isFalse();
    assertThat(warmUp.run(new RnnConfig(Cell.GRU, 7, 100, 3, true, true), 500))
        .as("another shape")
        .isTrue();
  }

  @Test
  void allShapesTogetherAreWarmedUpForABoundedTime() {
    WarmUp warmUp = new WarmUp(TimeUnit.MINUTES.toNanos(1), 1);
    assertThat(warmUp.run(new RnnConfig(Cell.LSTM, 7, 50, 3, true, true), 500)).isTrue();
    assertThat(warmUp.run(new RnnConfig(Cell.GRU, 7, 50, 3, true, true), 500)).isFalse();
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "'', plain",
    "--add-modules=jdk.incubator.vector, vector",
    "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=16, vector",
    "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=32, vector",
    "--add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=3, plain",
    "--add-modules=jdk.incubator.vector --limit-modules=java.base, vector"
  })
  void eachJvmGivesTheSameBits(String flags, String kernel) throws Exception {
    List<String> expected = new ArrayList<>(List.of(kernel));
    expected.addAll(ForwardOfEachCell.lines());
    assertThat(OtherJvm.lines(flags, ForwardOfEachCell.class)).containsExactlyElementsOf(expected);
  }

  /** A program of a JVM of its own. */
  static final class ForwardOfEachCell {

    public static void main(String[] args) {
      System.out.println(new Rnn(config(Cell.GRU)).kernel());
      lines().forEach(System.out::println);
    }

    /** The bits of a forward, and of weights after some training, for each cell. */
    static List<String> lines() {
      List<String> lines = new ArrayList<>();
      for (Cell cell : Cell.values()) {
        RnnConfig narrow = new RnnConfig(cell, 3, 4, 2, true, true); // one vector of any width
        lines.add(cell + " narrow " + Arrays.hashCode(forward(narrow, new Random(22))));
        Random random = new Random(21);
        lines.add(cell + " " + Arrays.hashCode(forward(config(cell), random)));
        lines.add(cell + " trained " + Arrays.hashCode(trained(config(cell), random)));
      }
      return lines;
    }

    private static float[] forward(RnnConfig config, Random random) {
      Rnn rnn = new Rnn(config);
      rnn.warmUp(7);
      rnn.load(values(random, config.parameterCount(), 0.4f));
      RnnOutput result = new RnnOutput();
      rnn.forward(values(random, 2 * 7 * 3, 1f), 2, 7, true, null, null, result);
      return result.out();
    }

    private static float[] trained(RnnConfig config, Random random) {
      TrainableRnn network = new TrainableRnn(config);
      Adam adam = new Adam(1e-2, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0.01, 0.5);
      float[] weights = values(random, config.parameterCount(), 0.4f);
      float[] state = new float[adam.stateLength(weights.length)];
      float[] gradient = new float[weights.length];
      RnnOutput result = new RnnOutput();
      for (int step = 0; step < 3; step++) {
        network.load(weights, 0);
        network.forward(values(random, 2 * 7 * 3, 1f), 2, 7, true, null, null, result);
        float[] target = values(random, result.out().length, 1f);
        float[] dOut = new float[target.length];
        double loss = Loss.meanSquared(result.out(), target, null, target.length, dOut);
        Arrays.fill(gradient, 0f);
        network.backward(dOut, null, null, gradient, 0, null, null, null);
        adam.step(loss, gradient, 0, weights, 0, state, 0, weights.length);
      }
      return weights;
    }

    private static RnnConfig config(Cell cell) {
      return new RnnConfig(cell, 3, 21, 2, true, true);
    }

    static float[] values(Random random, int length, float scale) {
      float[] values = new float[length];
      for (int i = 0; i < length; i++) {
        values[i] = scale * (float) random.nextGaussian();
      }
      return values;
    }
  }

  private static Rnn pinned(String kernel, RnnConfig config) {
    System.setProperty(Kernels.PROPERTY, kernel);
    Rnn rnn = new Rnn(config);
    System.clearProperty(Kernels.PROPERTY);
    assertThat(rnn.kernel()).isEqualTo(kernel);
    return rnn;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }
}
