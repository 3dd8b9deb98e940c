package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.weir.Allocations;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all kernels have in common, and how one is chosen. */
class KernelTest {

  private static final int SHAPES = 150; // a kernel and cell

  @AfterEach
  void unpin() {
    System.clearProperty(Kernels.PROPERTY);
  }

  @TestFactory
  Stream<DynamicTest> eachKernelGivesPyTorchsValues() {
    Path directory = Path.of(System.getProperty("golden.dir", GoldenFile.OURS.toString()));
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenFile golden : GoldenFile.listed(directory, "cases")) {
      for (String kernel : Rnn.KERNELS) {
        tests.add(
            dynamicTest(
                kernel + " " + golden.path().getFileName(),
                () -> {
                  System.setProperty(Kernels.PROPERTY, kernel);
                  GoldenParityTest.check(golden);
                }));
      }
    }
    return tests.stream();
  }

  @ParameterizedTest
  @EnumSource(Cell.class)
  void allKernelsGiveTheSameBits(Cell cell) {
    Random random = new Random(20);
    for (int shape = 0; shape < SHAPES; shape++) {
      // sizes around one, two and three vectors of 4, 8 and 16 lanes
      int hiddenSize = shape % 3 == 0 ? 1 + random.nextInt(5) : 1 + random.nextInt(50);
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
      for (String kernel : Rnn.KERNELS) {
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
        if (kernel.equals(Rnn.KERNELS.get(0))) {
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
  @CsvSource({
    "scalar, 2",
    "plain, 2",
    "vector, 2",
    "scalar, 5",
    "plain, 17",
    "vector, 17",
    "vector, 32"
  })
  void onceWarmNoKernelAllocates(String kernel, int hiddenSize) {
    for (Cell cell : Cell.values()) {
      for (int inputSize : new int[] {1, 6}) {
        RnnConfig config = new RnnConfig(cell, inputSize, hiddenSize, 2, true, true);
        Rnn rnn = pinned(kernel, config);
        float[] weights = Initialisation.recurrent(config, new TorchGenerator(1));
        float[] input = new float[6 * inputSize];
        RnnOutput result = new RnnOutput();
        int calls = 1_000;
        Allocations.assertNoneOnceWarm(
            calls,
            () -> {
              for (int call = 0; call < calls; call++) {
                rnn.load(weights);
                rnn.forward(input, 1, 6, true, null, null, result);
              }
            });
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RNN_TANH, 2, scalar",
    "LSTM, 2, scalar",
    "RNN_TANH, 3, vector",
    "GRU, 16, vector",
  })
  void theShapeChoosesTheKernel(Cell cell, int hiddenSize, String kernel) {
    assertThat(new Rnn(new RnnConfig(cell, 1, hiddenSize, 1, true, true)).kernel())
        .isEqualTo(kernel);
  }

  @Test
  void anUnknownKernelIsRefusedByName() {
    RnnConfig config = new RnnConfig(Cell.GRU, 1, 2, 1, true, true);
    assertThatThrownBy(() -> pinned("fast", config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weir.kernel: expected scalar, plain or vector, got fast");
  }

  @Test
  void eachShapeIsWarmedUpOnceAndAllWithinABoundedTime() {
    WarmUp warmUp =
        new WarmUp(TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(21));
    RnnConfig config = new RnnConfig(Cell.LSTM, 7, 100, 3, true, true); // 20,000 calls take longer
    long start = System.nanoTime();
    assertThat(warmUp.run(config, 500)).as("at first").isTrue();
    long once = System.nanoTime();
    assertThat(warmUp.run(config, 500)).as("once more").isFalse();
    warmUp.run(new RnnConfig(Cell.GRU, 7, 100, 3, true, true), 500);
    assertThat(warmUp.run(new RnnConfig(Cell.RNN_TANH, 7, 100, 3, true, true), 500))
        .as("when the time for all is over")
        .isFalse();
    assertThat(TimeUnit.NANOSECONDS.toMillis(once - start)).isLessThan(5_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"with", "without"})
  void aJvmWithoutTheModuleGivesTheSameBits(String module) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (module.equals("with")) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    command.addAll(List.of("-cp", classPath(), ForwardOfEachCell.class.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit code (%s)", printed).isZero();

    String kernel = module.equals("with") ? "vector" : "plain";
    List<String> expected = new ArrayList<>(List.of(kernel));
    expected.addAll(ForwardOfEachCell.lines());
    assertThat(printed.lines()).containsExactlyElementsOf(expected);
  }

  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> type : List.of(Rnn.class, KernelTest.class)) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  /** A program of a JVM of its own. */
  static final class ForwardOfEachCell {

    public static void main(String[] args) {
      System.out.println(new Rnn(config(Cell.GRU)).kernel());
      lines().forEach(System.out::println);
    }

    /** The bits of a forward, for each cell. */
    static List<String> lines() {
      List<String> lines = new ArrayList<>();
      for (Cell cell : Cell.values()) {
        Rnn rnn = new Rnn(config(cell));
        rnn.warmUp(7);
        Random random = new Random(21);
        rnn.load(values(random, rnn.config().parameterCount(), 0.4f));
        RnnOutput result = new RnnOutput();
        rnn.forward(values(random, 2 * 7 * 3, 1f), 2, 7, true, null, null, result);
        lines.add(cell + " " + Arrays.hashCode(result.out()));
      }
      return lines;
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
