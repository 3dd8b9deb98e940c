package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierFilesTest {

  private static final RnnConfig RNN = new RnnConfig(Cell.LSTM, 3, 5, 2, true, true);
  private static final List<String> CLASSES = List.of("idle", "run, fast", "\"fault\"");

  private static ClassifierModel model() {
    float[] weights = new float[RNN.parameterCount() + 3 * 10 + 3];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i % 19 - 9) / 32f;
    }
    return new ClassifierModel(
        "machine",
        4,
        Mode.MANY_TO_ONE,
        RNN,
        Readout.MAX,
        CLASSES,
        weights,
        Map.of("trained_by", "a test"));
  }

  @Test
  void readingWhatWasWrittenLosesNothing() throws IOException {
    byte[] bytes = ClassifierFiles.toBytes(model());
    assertThat(ClassifierFiles.fromBytes(bytes, null, "x")).isEqualTo(model());
    assertThat(ClassifierFiles.toBytes(ClassifierFiles.fromBytes(bytes, null, "x")))
        .isEqualTo(bytes);
  }

  @Test
  void aForecasterIsNoClassifierAndTheReverse() {
    byte[] bytes = ClassifierFiles.toBytes(model());
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
    assertThat(model.mode()).isEqualTo(Mode.MANY_TO_ONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          weir.classes|["a"]|weir.classes: expected a JSON array of 2 names, one for each row of the head, got 1 names (x)
          weir.classes|a,b|weir.classes: expected a JSON array of 2 names, one for each row of the head, got a,b (x)
          weir.classes|["a",null]|weir.classes: expected a JSON array of 2 names, one for each row of the head, got ["a",null] (x)
          weir.classes|["a","a"]|classes: expected different names, got [a, a] (x)
          weir.readout|middle|weir.readout: expected h_n, out[:, -1], mean or max, got middle (x)
          weir.horizon|3|metadata: expected keys [weir.cell, weir.classes, weir.format, weir.mode, weir.name, weir.readout, weir.task, weir.version], got weir.horizon (x)
          """)
  void aWrongWordIsNamed(String key, String value, String message) {
    Map<String, String> words =
        new HashMap<>(Map.of("weir.task", "classify", "weir.classes", "[\"off\",\"on\"]"));
    words.put(key, value);
    assertThatThrownBy(() -> ClassifierFiles.fromBytes(plain(words), "pump", "x"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(message);
  }
}
