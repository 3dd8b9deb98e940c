package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any bytes as a weight file. */
@Tag("fuzz")
class ModelFileFuzzTest {

  private static final long SEED = 20261127;
  private static final String[] WORDS = {
    "rnn.weight_ih_l0", "rnn.weight_hh_l99999", "weight_hh_l0_reverse",
    "bias_ih_l1", "weight_hr_l0", "fc.weight",
    "fc.bias", "__metadata__", "weir.seq_len",
    "weir.scaling", "weir.classes", "weir.patch",
    "input.mean", "\"dtype\":\"F64\"", "\"dtype\":\"I64\"",
    "\"shape\":[2147483647,2147483647]", "\"shape\":[]", "\"shape\":[0,4]",
    "\"data_offsets\":[0,0]", "\"data_offsets\":[0,9223372036854775807]", "\\ud800",
    "\\u0000", "\\n"
  };

  private static byte[] sample(Cell cell, int layers, boolean bidirectional) {
    RnnConfig config = new RnnConfig(cell, 1, 2, layers, bidirectional, layers != 2);
    return ModelFiles.toBytes(
        TestModel.of(config, 5, 3)
            .readout(Readout.LAST_STEP)
            .scaling(new Scaling(Scaling.Rule.FIXED, 1, 2))
            .weights(Initialization.recurrent(config, new TorchRandom(1)))
            .head(new float[3 * config.outputSize()], new float[3])
            .provenance(Map.of("note", "größe"))
            .build());
  }

  private static List<byte[]> samples() {
    return List.of(
        sample(Cell.RNN_TANH, 1, false), sample(Cell.GRU, 2, true), sample(Cell.LSTM, 3, true));
  }

  /** With defaults for what damage takes away, so that more cases come further. */
  private static Outcome open(byte[] bytes, SplittableRandom random) {
    ModelFiles.Defaults defaults =
        random.nextBoolean()
            ? ModelFiles.Defaults.NONE
            : new ModelFiles.Defaults(
                "m", Mode.MANY_TO_ONE, 5, Readout.FINAL_HIDDEN, Scaling.NONE, null);
    try {
      ForecastModel model = ModelFiles.fromBytes(bytes, defaults, "fuzz");
      for (float weight : model.weights()) {
        if (!Float.isFinite(weight)) {
          throw new AssertionError("expected finite weights, got " + weight);
        }
      }
      byte[] written = ModelFiles.toBytes(model);
      if (!ModelFiles.fromBytes(written, ModelFiles.Defaults.NONE, "again").equals(model)) {
        throw new AssertionError("expected the same model after writing and reading it");
      }
      return Outcome.taken(model.hashCode());
    } catch (ModelFormatException e) {
      assertThat(e).hasMessageEndingWith("(fuzz)");
      return Outcome.refused(e.getMessage());
    }
  }

  @Test
  void anyBytesAreAModelOrRefusedAtSmallCost() throws Exception {
    Fuzzer fuzzer = new Fuzzer(SEED, samples(), WORDS);
    fuzzer.run(ModelFileFuzzTest::open, 200_000, 40);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
  }

  /** One byte is another, mostly of the weights, so that many cases still are models. */
  @Test
  void anotherByteGivesAModelOrOneKindOfException() throws Exception {
    Random random = new Random(SEED);
    int models = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = samples().get(i % 3);
      int among = random.nextInt(4) == 0 ? bytes.length : 300;
      bytes[bytes.length - 1 - random.nextInt(among)] =
          (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt(256));
      models += Fuzzer.give(ModelFileFuzzTest::open, bytes, 500_000, 40).taken() ? 1 : 0;
    }
    assertThat(models).as("still models").isBetween(100, 1_900);
  }

  /** With the header's length set right again, so that its inside is what is read. */
  @Test
  void anyHeaderIsReadOrRefusedAtSmallCost() throws Exception {
    headers(samples(), ModelFileFuzzTest::open);
  }

  @Test
  void anyHeaderOfAClassifierIsReadOrRefusedAtSmallCost() throws Exception {
    headers(List.of(classifier(false), classifier(true)), ModelFileFuzzTest::openClassifier);
  }

  private static byte[] classifier(boolean bidirectional) {
    RnnConfig config = new RnnConfig(Cell.GRU, 2, 3, 1, bidirectional, true);
    return ClassifierFiles.toBytes(
        new ClassifierModel(
            "m",
            1,
            Mode.MANY_TO_ONE,
            config,
            Readout.MEAN,
            List.of("größe", "b"),
            new float[config.parameterCount() + 2 * config.outputSize() + 2],
            Map.of()));
  }

  private static Outcome openClassifier(byte[] bytes, SplittableRandom random) {
    try {
      ClassifierModel model =
          ClassifierFiles.fromBytes(bytes, random.nextBoolean() ? "m" : null, "fuzz");
      return Outcome.taken(model.hashCode());
    } catch (ModelFormatException e) {
      return Outcome.refused(e.getMessage());
    }
  }

  private static void headers(List<byte[]> samples, Fuzzer.Target target) throws Exception {
    List<byte[]> headers = new ArrayList<>();
    List<byte[]> data = new ArrayList<>();
    for (byte[] sample : samples) {
      int length = (int) ByteBuffer.wrap(sample).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
      headers.add(Arrays.copyOfRange(sample, 8, 8 + length));
      data.add(Arrays.copyOfRange(sample, 8 + length, sample.length));
    }
    Fuzzer fuzzer = new Fuzzer(SEED, headers, WORDS);
    fuzzer.run(
        (header, random) -> {
          byte[] rest = data.get(0);
          for (int i = 0; i < headers.size(); i++) { // the data that it most likely speaks of
            if (Math.abs(header.length - headers.get(i).length)
                < Math.abs(header.length - rest.length)) {
              rest = data.get(i);
            }
          }
          for (int i = 0; i < headers.size(); i++) {
            if (Arrays.equals(header, headers.get(i))) {
              rest = data.get(i);
            }
          }
          byte[] file =
              ByteBuffer.allocate(8 + header.length + rest.length)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putLong(header.length)
                  .put(header)
                  .put(rest)
                  .array();
          return target.open(file, random);
        },
        200_000,
        60);
    assertThat(fuzzer.refused()).isPositive();
  }

  @Test
  void manyLayersThatAFileClaimsCostNothing() throws Exception {
    byte[] claims =
        file(
            "{\"weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
                + "\"weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]},"
                + "\"weight_hh_l99999\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[8,12]}}",
            12);
    assertThat(Fuzzer.give(ModelFileFuzzTest::open, claims, 8 << 20, 0).words())
        .isEqualTo("num_layers: expected 1 to 64, got 100000 (fuzz)");
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }
}
