package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.ModelFiles.Defaults;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {

  private static final Path FORMAT_1 =
      Path.of("src/core/test/resources/model/format-1.safetensors");
  private static final Defaults PLAIN =
      new Defaults("pump", Mode.MANY_TO_ONE, 5, Readout.LAST_STEP, Scaling.WINDOW, null);

  /** A plain export: torch's names behind a prefix, value = place in the file, and no metadata. */
  private static Map<String, Safetensors.Tensor> stateDict(RnnConfig rnn, String prefix) {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    for (RnnConfig.Parameter parameter : rnn.parameters()) {
      tensors.put(prefix + parameter.name(), counting(parameter.offset(), parameter.shape()));
    }
    return tensors;
  }

  private static Safetensors.Tensor counting(int from, List<Integer> shape) {
    float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = from + i;
    }
    return new Safetensors.Tensor(shape, values);
  }

  private static ForecastModel read(
      Map<String, Safetensors.Tensor> tensors, Map<String, String> metadata, Defaults defaults)
      throws ModelFormatException {
    return ModelFiles.fromBytes(
        Safetensors.toBytes(tensors, metadata), defaults, "pump.safetensors");
  }

  static Stream<RnnConfig> topologies() {
    return Stream.of(Cell.RNN_TANH, Cell.LSTM, Cell.GRU)
        .flatMap(
            cell ->
                Stream.of(
                    new RnnConfig(cell, 2, 3, 1, false, true),
                    new RnnConfig(cell, 2, 3, 3, false, false),
                    new RnnConfig(cell, 2, 3, 1, true, true),
                    new RnnConfig(cell, 2, 3, 3, true, true)));
  }

  @ParameterizedTest
  @MethodSource("topologies")
  void shapesTellTheNetwork(RnnConfig rnn) throws IOException {
    Map<String, Safetensors.Tensor> tensors = stateDict(rnn, "rnn.");
    tensors.put("fc.weight", counting(0, List.of(4, rnn.outputSize())));
    tensors.put("fc.bias", counting(0, List.of(4)));
    ForecastModel model = read(tensors, Map.of(), PLAIN);
    assertThat(model.rnn()).isEqualTo(rnn);
    assertThat(model.horizon()).isEqualTo(4);
    assertThat(model.weights()).isEqualTo(counting(0, List.of(rnn.parameterCount())).values());
  }

  @Test
  void reluIsKnownByWordsOnly() throws IOException {
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.RNN_RELU, 2, 3, 1, false, true), "");
    assertThat(read(tensors, Map.of(), PLAIN).rnn().cell()).isEqualTo(Cell.RNN_TANH);
    assertThat(read(tensors, Map.of("weir.cell", "rnn_relu"), PLAIN).rnn().cell())
        .isEqualTo(Cell.RNN_RELU);
    assertThatThrownBy(() -> read(tensors, Map.of("weir.cell", "lstm"), PLAIN))
        .hasMessage(
            "weight_hh_l0: expected 4 blocks (lstm) of hidden_size rows, got 1, shape [3, 3]"
                + " (pump.safetensors)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fc.", "head.", "linear.", "decoder.out.", ""})
  void prefixesAndTheNameOfTheHeadDoNotMatter(String head) throws IOException {
    RnnConfig rnn = new RnnConfig(Cell.LSTM, 2, 3, 2, true, true);
    for (String prefix : List.of("", "rnn.", "encoder.lstm.")) {
      Map<String, Safetensors.Tensor> tensors = stateDict(rnn, prefix);
      tensors.put(head + "weight", counting(7, List.of(4, 6)));
      ForecastModel withoutBias = read(tensors, Map.of(), PLAIN);
      assertThat(withoutBias.head().bias()).containsExactly(0, 0, 0, 0);
      tensors.put(head + "bias", counting(9, List.of(4)));
      ForecastModel model = read(tensors, Map.of(), PLAIN);
      assertThat(model.head().weight()).isEqualTo(counting(7, List.of(24)).values());
      assertThat(model.head().bias()).containsExactly(9, 10, 11, 12);
    }
  }

  @Test
  void goldenFilesAreModelsWithoutAHead()
      throws IOException { // hidden 2 = horizon 2, as in the text
    ForecastModel model =
        ModelFiles.read(SafetensorsTest.GOLDEN.resolve("rnn_tanh_stackedbi3_a.safetensors"), PLAIN);
    assertThat(model.rnn()).isEqualTo(new RnnConfig(Cell.RNN_TANH, 1, 2, 3, true, true));
    assertThat(model.head()).isNull();
    assertThat(model.horizon()).isEqualTo(2);
    assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), Defaults.NONE, "again"))
        .isEqualTo(model);
  }

  /** Name, its shape, and how the message starts. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      nullValues = "none",
      textBlock =
          """
          weight_ih_l1_reverse | 2,2 | rnn.weight_ih_l1_reverse: expected shape [2, 4], got [2, 2] (pump.safetensors)
          bias_hh_l1 | 3 | rnn.bias_hh_l1: expected shape [2], got [3] (pump.safetensors)
          bias_hh_l1 | none | bias_hh_l1: expected shape [2], got no such tensor (pump.safetensors)
          weight_hh_l0 | none | `tensors: expected torch's weight_ih_l0 and weight_hh_l0, with or without a prefix, got `
          weight_hh_l0 | 5,2 | rnn.weight_hh_l0: expected shape [gates * hidden_size, hidden_size], got [5, 2]
          weight_hh_l0 | 10,2 | rnn.weight_hh_l0: expected 1, 3 or 4 blocks of hidden_size rows, got 5, shape [10, 2]
          weight_hr_l0 | 1,2 | rnn.weight_hr_l0: expected no projection (proj_size 0), got one
          weight_ih_l3 | 2,4 | weight_ih_l2: expected shape [2, 4], got no such tensor
          weight_ih_l99 | 2,4 | num_layers: expected 1 to 64, got 100 (pump.safetensors)
          norm | 2 | rnn.norm: expected a tensor of the network or of one linear head, got shape [2]
          attention.weight | 2,2 | `head: expected one linear layer, got `
          """)
  void aWrongTensorIsNamedWithBothShapes(String name, String shape, String message) {
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.RNN_TANH, 1, 2, 2, true, true), "rnn.");
    tensors.put("fc.weight", counting(0, List.of(3, 4)));
    if (shape == null) {
      tensors.remove("rnn." + name);
    } else {
      List<Integer> sizes = Stream.of(shape.split(",")).map(Integer::valueOf).toList();
      tensors.put("rnn." + name, counting(0, sizes));
    }
    assertRefused(tensors, Map.of(), PLAIN, message);
  }

  private static void assertRefused(
      Map<String, Safetensors.Tensor> tensors,
      Map<String, String> metadata,
      Defaults defaults,
      String message) {
    assertThatThrownBy(() -> read(tensors, metadata, defaults))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(message)
        .hasMessageEndingWith("(pump.safetensors)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      textBlock =
          """
          weir.format | 2 | weir.format: expected 1, got 2
          weir.mode | one-to-many | weir.mode: expected many-to-one or many-to-many, got one-to-many
          weir.seq_len | 5.5 | weir.seq_len: expected a whole number, got 5.5
          weir.seq_len | 0 | seq_len: expected 1 to 4096, got 0
          weir.seq_len | five | weir.seq_len: expected a number, got five
          weir.version | 1e3 | weir.version: expected a whole number, got 1e3
          weir.horizon | 4 | weir.horizon: expected 3, the rows of the head, got 4
          weir.scaling | robust | weir.scaling: expected none, fixed, window or last, got robust
          weir.scale | 0 | scale: expected a finite number above 0, got 0.0
          weir.center | NaN | center: expected a finite number, got NaN
          weir.cell | elman | weir.cell: expected rnn_tanh, rnn_relu, lstm or gru, got elman
          weir.name | a b | name: expected 1 to 249 of
          weir.ahead | -1 | weir.ahead: expected 0 to 1000, got -1
          weir.ahead | two | weir.ahead: expected a number, got two
          weir.ahead | 2 | input_size: expected at least 7 for a value and 2 known ahead at each of 3 steps, got 1
          weir.ahead_center | 1.5 | weir.ahead_center: expected 0 numbers, as weir.ahead says, separated by commas, got 1.5
          weir.reedout | h_n | `metadata: expected keys [weir.ahead, weir.ahead_center, `
          """)
  void aWrongWordIsNamed(String key, String value, String message) throws IOException {
    Map<String, String> metadata = new HashMap<>(Safetensors.read(FORMAT_1).metadata());
    metadata.put(key, value);
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.GRU, 1, 2, 1, true, true), "rnn.");
    tensors.put("fc.weight", counting(0, List.of(3, 4)));
    assertRefused(tensors, metadata, Defaults.NONE, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          center | 1 | weir.ahead_center: expected 2 numbers, as weir.ahead says, separated by commas, got 1
          center | 1,2,3 | weir.ahead_center: expected 2 numbers, as weir.ahead says, separated by commas
          center | 1,x | weir.ahead_center: expected 2 numbers, as weir.ahead says, separated by commas
          center | 1,NaN | ahead: expected finite centers, and finite scales of at least 2.3e-308, got NaN and 1.0 (covariate 2)
          scale | 2.3e-308,0.0 | ahead: expected finite centers, and finite scales of at least 2.3e-308, got 0.0 and 0.0 (covariate 2)
          scale | 2.3e-308,-1.0 | ahead: expected finite centers, and finite scales of at least 2.3e-308, got 0.0 and -1.0 (covariate 2)
          scale | 2.3e-308,1.0E-320 | ahead: expected finite centers, and finite scales of at least 2.3e-308, got 0.0 and 1.0E-320 (covariate 2)
          scale | 2.3e-308,NaN | ahead: expected finite centers, and finite scales of at least 2.3e-308, got 0.0 and NaN (covariate 2)
          scale | 2.3e-308,Infinity | ahead: expected finite centers, and finite scales of at least 2.3e-308, got 0.0 and Infinity (covariate 2)
          """)
  void wrongScalesOfCovariatesAreNamed(String what, String numbers, String message)
      throws IOException {
    Map<String, String> metadata = new HashMap<>(Safetensors.read(FORMAT_1).metadata());
    metadata.put("weir.ahead", "2");
    metadata.put("weir.ahead_" + what, numbers);
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.GRU, 7, 2, 1, true, true), "rnn.");
    tensors.put("fc.weight", counting(0, List.of(3, 4)));
    assertRefused(tensors, metadata, Defaults.NONE, message);
  }

  @Test
  void whatNobodySaysIsAskedFor() {
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.RNN_TANH, 1, 2, 1, true, true), "");
    tensors.put("fc.weight", counting(0, List.of(1, 4))); // one row: fits both modes
    assertThatThrownBy(() -> read(tensors, Map.of(), Defaults.NONE))
        .hasMessage(
            "weir.mode: expected many-to-one or many-to-many, in the file or from the caller, got"
                + " nothing (pump.safetensors)");
    assertThatThrownBy(
            () ->
                read(
                    tensors,
                    Map.of("weir.mode", "many-to-one"),
                    new Defaults("pump", null, 5, null, Scaling.NONE, null)))
        .hasMessageStartingWith(
            "weir.readout: expected h_n or out[:, -1], in the file or from the caller");
    assertThatThrownBy(
            () ->
                read(
                    tensors,
                    Map.of("weir.mode", "many-to-many"),
                    new Defaults("pump", null, 5, null, null, null)))
        .hasMessageStartingWith("weir.scaling: expected none, fixed, window or last, in the file");
  }

  @Test
  void contradictionsAreTheWordsThatTheFileOverrides() throws IOException {
    ForecastModel model = ModelFiles.read(FORMAT_1, Defaults.NONE); // gru, 5, out[:, -1], fixed
    assertThat(Defaults.NONE.contradictions(model)).isEmpty();
    Defaults same =
        new Defaults(
            "other",
            Mode.MANY_TO_ONE,
            5,
            Readout.LAST_STEP,
            new Scaling(Scaling.Rule.FIXED, 1, 2),
            Cell.GRU);
    assertThat(same.contradictions(model)).isEmpty();
    Defaults others =
        new Defaults(
            "other",
            Mode.MANY_TO_MANY,
            7,
            Readout.FINAL_HIDDEN,
            Scaling.LAST,
            null,
            List.of(Calendar.HOUR_OF_DAY));
    assertThat(others.contradictions(model))
        .extracting(ModelFiles.Contradiction::key)
        .containsExactly(
            "weir.mode", "weir.seq_len", "weir.readout", "weir.scaling", "weir.calendar");
    assertThat(others.contradictions(model).get(1))
        .hasToString("expected 5, as the file says, got 7");
  }

  @Test
  void readoutContradictsNothingWhereBothAreTheSame() throws IOException {
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.RNN_TANH, 1, 2, 1, false, true), "");
    ForecastModel model = read(tensors, Map.of("weir.readout", "h_n"), PLAIN);
    assertThat(PLAIN.readout()).isNotEqualTo(model.readout());
    assertThat(PLAIN.contradictions(model)).isEmpty();
  }

  @Test
  void integersThatNobodyNeedsMayBeThere() throws IOException {
    byte[] bytes =
        SafetensorsTest.file(
            "{\"weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
                + "\"weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]},"
                + "\"step\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}",
            16);
    assertThat(ModelFiles.fromBytes(bytes, PLAIN, "counted").head()).isNull();
  }

  @Test
  void formatOneIsReadableForever() throws IOException {
    ForecastModel model = ModelFiles.read(FORMAT_1, Defaults.NONE);
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, 2, 1, true, true);
    float[] all = counting(0, List.of(75)).values(); // value i of the file is i / 16 - 1
    for (int i = 0; i < all.length; i++) {
      all[i] = all[i] / 16 - 1;
    }
    float[] weights = Arrays.copyOf(all, 60);
    ForecastModel.Head head =
        new ForecastModel.Head(Arrays.copyOfRange(all, 60, 72), Arrays.copyOfRange(all, 72, 75));
    assertThat(model)
        .isEqualTo(
            TestModel.of(rnn, 5, 3)
                .name("pump-7.night")
                .version(42)
                .readout(Readout.LAST_STEP)
                .scaling(new Scaling(Scaling.Rule.FIXED, -12.5, 0.25))
                .weights(weights)
                .head(head)
                .provenance(Map.of("trained_on", "F\u00fcllstand \"night\"", "relmae", "0.9"))
                .build());
    assertThat(ModelFiles.toBytes(model)).isEqualTo(Files.readAllBytes(FORMAT_1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample-many-to-one", "sample-many-to-many"})
  void sampleModelsRoundTripByteByByte(String name, @TempDir Path directory) throws IOException {
    Path file = Path.of("src/core/test/resources/models", name + ".safetensors");
    ForecastModel model = ModelFiles.read(file, Defaults.NONE);
    assertThat(model.name()).isEqualTo(name);
    assertThat(model.rnn()).isEqualTo(new RnnConfig(Cell.RNN_TANH, 1, 16, 2, true, true));
    Path copy = directory.resolve("copy.safetensors");
    ModelFiles.write(model, copy);
    assertThat(copy).hasSameBinaryContentAs(file);
    assertThat(ModelFiles.read(copy, Defaults.NONE)).isEqualTo(model);
  }

  @Test
  void foreignMetadataBecomesProvenanceAndStays() throws IOException {
    Map<String, Safetensors.Tensor> tensors =
        stateDict(new RnnConfig(Cell.RNN_TANH, 1, 2, 1, false, true), "");
    ForecastModel model = read(tensors, Map.of("author", "Ada", "format", "pt"), PLAIN);
    assertThat(model.provenance()).containsExactly(Map.entry("author", "Ada"));
    assertThat(ModelFiles.fromBytes(ModelFiles.toBytes(model), Defaults.NONE, "again"))
        .isEqualTo(model);
  }

  private static final RnnConfig RNN = new RnnConfig(Cell.LSTM, 3, 5, 2, true, true);

  private static final List<String> CLASSES = List.of("idle", "run, fast", "\"fault\"");

  private static ClassifierModel classifier() {
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
    byte[] bytes = ClassifierFiles.toBytes(classifier());
    assertThat(ClassifierFiles.fromBytes(bytes, null, "x")).isEqualTo(classifier());
    assertThat(ClassifierFiles.toBytes(ClassifierFiles.fromBytes(bytes, null, "x")))
        .isEqualTo(bytes);
  }

  @Test
  void aForecasterIsNoClassifierAndTheReverse() {
    byte[] bytes = ClassifierFiles.toBytes(classifier());
    assertThatThrownBy(() -> ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, "x"))
        .hasMessage("weir.task: expected forecast, got classify (x)");
    assertThatThrownBy(() -> ClassifierFiles.fromBytes(plainClassifier(Map.of()), "x", "x"))
        .hasMessage("weir.task: expected classify, got forecast (x)");
  }

  /**
   * A plainClassifier export: a network of one direction with a head of two rows, and these words.
   */
  private static byte[] plainClassifier(Map<String, String> words) {
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
    byte[] bytes =
        plainClassifier(Map.of("weir.task", "classify", "weir.classes", "[\"off\",\"on\"]"));
    ClassifierModel classifier = ClassifierFiles.fromBytes(bytes, "pump", "x");
    assertThat(classifier.classes()).containsExactly("off", "on");
    assertThat(classifier.rnn()).isEqualTo(new RnnConfig(Cell.GRU, 2, 3, 1, false, true));
    assertThat(classifier.mode()).isEqualTo(Mode.MANY_TO_ONE);
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
  void aWrongWordOfAClassifierIsNamed(String key, String value, String message) {
    Map<String, String> words =
        new HashMap<>(Map.of("weir.task", "classify", "weir.classes", "[\"off\",\"on\"]"));
    words.put(key, value);
    assertThatThrownBy(() -> ClassifierFiles.fromBytes(plainClassifier(words), "pump", "x"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(message);
  }
}
