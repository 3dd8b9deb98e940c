package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierFilesTest {

  private static final RnnConfig RNN = new RnnConfig(Cell.LSTM, 12, 5, 2, true, true);
  private static final List<String> CLASSES = List.of("idle", "run, fast", "\"fault\"");

  private static Convolution convolution() {
    float[] thresholds = new float[84];
    float[] weights = new float[3 * 84];
    for (int i = 0; i < weights.length; i++) {
      thresholds[i % 84] = i / 7f;
      weights[i] = (i % 13 - 6) / 3f;
    }
    return new Convolution(
        0.3, 25, Long.MAX_VALUE, thresholds, weights, new float[] {0.1f, 0.2f, -0.4f});
  }

  private static ClassifierModel model(Convolution convolution) {
    float[] weights = new float[RNN.parameterCount() + 3 * 10 + 3];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i % 19 - 9) / 32f;
    }
    InputView view =
        new InputView(
            3,
            List.of(InputView.Block.WINDOW, InputView.Block.DIFFERENCE),
            2,
            new float[] {1, -2, 0.1f},
            new float[] {3, 4, 0.2f},
            new float[] {5, 6, 0.3f});
    return new ClassifierModel(
        "machine",
        4,
        Mode.MANY_TO_ONE,
        RNN,
        Readout.MAX,
        view,
        CLASSES,
        0.7,
        weights,
        convolution,
        Map.of("trained_by", "a test"));
  }

  @Test
  void readingWhatWasWrittenLosesNothing() throws IOException {
    for (Convolution convolution : new Convolution[] {null, convolution()}) {
      byte[] bytes = ClassifierFiles.toBytes(model(convolution));
      assertThat(ClassifierFiles.fromBytes(bytes, null, "x")).isEqualTo(model(convolution));
      assertThat(ClassifierFiles.toBytes(ClassifierFiles.fromBytes(bytes, null, "x")))
          .isEqualTo(bytes);
    }
    assertThat(model(convolution())).isNotEqualTo(model(null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "convolution.weight||convolution.weight: expected (classes, features), got no such tensor",
        "convolution.weight|3,42|convolution.weight: expected 84 numbers for each of 3 classes, got"
            + " 126",
        "convolution.threshold|83|convolution.threshold: expected a multiple of 84 numbers, at most"
            + " 10080, got 83",
        "convolution.bias|2|convolution.weight: expected 84 numbers for each of 2 classes, got 252"
      })
  void aWrongTensorOfAConvolutionIsNamed(String tensor, String shape, String message) {
    Map<String, Safetensors.Tensor> tensors = ClassifierFiles.tensors(model(convolution()));
    tensors.remove(tensor);
    if (shape != null) {
      Integer[] sizes =
          Arrays.stream(shape.split(",")).map(Integer::valueOf).toArray(Integer[]::new);
      tensor(tensors, tensor, sizes);
    }
    Map<String, String> words =
        Map.of(
            "weir.task", "classify",
            "weir.classes", "[\"a\",\"b\",\"c\"]",
            "weir.readout", "max",
            "weir.blocks", "window,difference",
            "weir.patch", "2",
            "weir.convolution_share", "0.3",
            "weir.convolution_steps", "25");
    assertThatThrownBy(
            () -> ClassifierFiles.fromBytes(Safetensors.toBytes(tensors, words), "m", "x"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(message + " (x)");
  }

  @Test
  void aForecasterIsNoClassifierAndTheReverse() {
    byte[] bytes = ClassifierFiles.toBytes(model(null));
    assertThatThrownBy(() -> ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, "x"))
        .hasMessage("weir.task: expected forecast, got classify (x)");
    assertThatThrownBy(() -> ClassifierFiles.fromBytes(plain(Map.of()), "x", "x"))
        .hasMessage("weir.task: expected classify, got forecast (x)");
  }

  /** A plain export: a network of one direction with a head of two rows, and these words. */
  private static byte[] plain(Map<String, String> words) {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    tensor(tensors, "net.weight_ih_l0", 9, 2);
    tensor(tensors, "net.weight_hh_l0", 9, 3);
    tensor(tensors, "net.bias_ih_l0", 9);
    tensor(tensors, "net.bias_hh_l0", 9);
    tensor(tensors, "out.weight", 2, 3);
    tensor(tensors, "out.bias", 2);
    return Safetensors.toBytes(tensors, words);
  }

  private static void tensor(
      Map<String, Safetensors.Tensor> tensors, String name, Integer... shape) {
    int length = 1;
    for (int size : shape) {
      length *= size;
    }
    tensors.put(name, new Safetensors.Tensor(new ArrayList<>(List.of(shape)), new float[length]));
  }

  @Test
  void aPlainExportNeedsItsClassesAlone() throws IOException {
    byte[] bytes = plain(Map.of("weir.task", "classify", "weir.classes", "[\"off\",\"on\"]"));
    ClassifierModel model = ClassifierFiles.fromBytes(bytes, "pump", "x");
    assertThat(model.classes()).containsExactly("off", "on");
    assertThat(model.rnn()).isEqualTo(new RnnConfig(Cell.GRU, 2, 3, 1, false, true));
    assertThat(model.view()).isEqualTo(InputView.raw(2));
    assertThat(model.mode()).isEqualTo(Mode.MANY_TO_ONE);
    assertThat(model.factor()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "weir.classes|[\"a\"]|weir.classes: expected a JSON array of 2 names, one for each row of"
            + " the head, got 1 names (x)",
        "weir.classes|a,b|weir.classes: expected a JSON array of 2 names, one for each row of the"
            + " head, got a,b (x)",
        "weir.classes|[\"a\",null]|weir.classes: expected a JSON array of 2 names, one for each"
            + " row of the head, got [\"a\",null] (x)",
        "weir.classes|[\"a\",\"a\"]|classes: expected different names, got [a, a] (x)",
        "weir.blocks|window|input.mean: expected one number for each of 2 channels, got no such"
            + " tensor (x)",
        "weir.blocks|,|weir.blocks: expected different ones of raw, window, global and"
            + " difference, got , (x)",
        "weir.blocks|raw,raw|weir.blocks: expected different ones of raw, window, global and"
            + " difference, got raw,raw (x)",
        "weir.patch|3|weir.patch: expected 1 to 10000, and an input_size of channels * blocks *"
            + " patch, got 3, with input_size 2 and 1 blocks (x)",
        "weir.factor|0|factor: expected a number above 0, got 0.0 (x)",
        "weir.factor|NaN|factor: expected a number above 0, got NaN (x)",
        "weir.readout|middle|weir.readout: expected h_n, out[:, -1], mean or max, got middle (x)",
        "weir.convolution_share|0.5|convolution.threshold: expected one number for each feature,"
            + " got no such tensor (x)",
        "weir.horizon|3|metadata: expected keys [weir.blocks, weir.cell, weir.classes,"
            + " weir.convolution_seed, weir.convolution_share, weir.convolution_steps, weir.factor, weir.format, weir.mode, weir.name, weir.patch, weir.readout,"
            + " weir.task, weir.version], got weir.horizon (x)"
      })
  void aWrongWordIsNamed(String key, String value, String message) {
    Map<String, String> words =
        new HashMap<>(Map.of("weir.task", "classify", "weir.classes", "[\"off\",\"on\"]"));
    words.put(key, value);
    assertThatThrownBy(() -> ClassifierFiles.fromBytes(plain(words), "pump", "x"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(message);
  }
}
