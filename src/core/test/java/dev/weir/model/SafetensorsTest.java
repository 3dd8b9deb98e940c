package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

  static final Path GOLDEN =
      Path.of(System.getProperty("golden.dir", "src/core/test/resources/golden"));

  /** A file with this header and this many bytes of zeros. */
  static byte[] file(String header, int dataLength) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataLength)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static String tensor(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn_tanh_stackedbi3_a", "lstm_bi_b", "gru_stacked3_f"})
  void tensorsEqualTheStateDictBitByBit(String name) throws IOException {
    Safetensors file = Safetensors.read(GOLDEN.resolve(name + ".safetensors"));
    JsonNode state =
        new ObjectMapper().readTree(GOLDEN.resolve(name + ".json").toFile()).get("state_dict");
    assertThat(file.names()).hasSize(state.size());
    for (Map.Entry<String, JsonNode> entry : state.properties()) {
      float[] values = file.floats(entry.getKey());
      JsonNode data = entry.getValue().get("data");
      assertThat(values).hasSize(data.size());
      for (int i = 0; i < values.length; i++) {
        int expected = Float.floatToRawIntBits(Float.parseFloat(data.get(i).asText()));
        assertThat(Float.floatToRawIntBits(values[i]))
            .as(entry.getKey() + " " + i)
            .isEqualTo(expected);
      }
      assertThat(file.shape(entry.getKey()).toString().replace(" ", ""))
          .isEqualTo(entry.getValue().get("shape").toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn_tanh_stackedbi3_a", "lstm_bi_b", "gru_stacked3_f"})
  void writingWhatWasReadGivesTheSameBytes(String name) throws IOException {
    byte[] original = Files.readAllBytes(GOLDEN.resolve(name + ".safetensors"));
    Safetensors file = Safetensors.of(original, name);
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    for (String tensor : file.names()) {
      tensors.put(tensor, new Safetensors.Tensor(file.shape(tensor), file.floats(tensor)));
    }
    assertThat(Safetensors.toBytes(tensors, file.metadata())).isEqualTo(original);
  }

  static Stream<Arguments> brokenFiles() {
    String a = tensor("a", "F32", "[2]", 0, 8);
    byte[] valid = file("{" + a + "}", 8);
    byte[] headerTooLong = valid.clone();
    ByteBuffer.wrap(headerTooLong).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 17 << 20);
    byte[] headerNegative = valid.clone();
    ByteBuffer.wrap(headerNegative).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1);
    byte[] headerBeyondFile = valid.clone();
    ByteBuffer.wrap(headerBeyondFile).order(ByteOrder.LITTLE_ENDIAN).putLong(0, valid.length - 7);
    byte[] notUtf8 = valid.clone();
    notUtf8[10] = (byte) 0xff;
    return Stream.of(
        Arguments.of(new byte[7], "file: expected safetensors, got 7 bytes of something else"),
        Arguments.of(new byte[8], "file: expected safetensors, got 8 bytes of something else"),
        Arguments.of(headerTooLong, "header length: expected at most 16777216, got more"),
        Arguments.of(headerNegative, "file: expected safetensors, got 70 bytes of something else"),
        Arguments.of(
            headerBeyondFile, "header length: expected at most the 62 bytes that follow, got 63"),
        Arguments.of(
            "password{\"user\": 1}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            "header length: expected at most 16777216, got more"),
        Arguments.of(notUtf8, "header: expected UTF-8, got other bytes"),
        Arguments.of(file("{\"a\":{\"shape\":" + "[".repeat(5000) + "}}", 0), "expected"));
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void eachBrokenFileHasItsOwnMessage(byte[] bytes, String message) {
    assertThatThrownBy(() -> Safetensors.of(bytes, "pump.safetensors"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(message)
        .hasMessageEndingWith("(pump.safetensors)")
        .hasMessageNotContaining("\n");
  }

  /** Header, bytes behind it and message; {@code <name dtype shape begin end>} is a tensor. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      textBlock =
          """
          `[1]     ` | 0 | file: expected safetensors, got 16 bytes of something else
          {nonsense | 0 | header: expected JSON of tensors, got text that fails with
          {<a F32 [2] 0 8> | 8 | header: expected JSON of tensors, got text that fails with
          {<a F32 [2] 0 8>} {} | 8 | header: expected spaces after the object, got more JSON
          {<a F32 [2] 0 8>,<a F32 [2] 0 8>} | 8 | Duplicate field 'a'
          {"__metadata__":{"k":"1","k":"2"}} | 0 | Duplicate field 'k'
          {"__metadata__":{"k":1}} | 0 | __metadata__ k: expected a string, got 1
          {"__metadata__":[]} | 0 | __metadata__: expected an object of strings, got [
          {"__metadata__":{"k":{}}} | 0 | __metadata__ k: expected a string, got {
          {"a":5} | 0 | a: expected an object, got 5
          {"a":{"dtype":"F32"}} | 0 | a: expected a dtype, a shape and two data_offsets
          {"a":{"device":"cpu"}} | 0 | a: expected dtype, shape and data_offsets, got device
          {<a F31 [2] 0 8>} | 8 | `a dtype: expected one of [BOOL, `
          {<a F32 [-2] 0 8>} | 8 | a shape: expected sizes from 0 to 2^63 - 1, got -2
          {<a F32 [2.0] 0 8>} | 8 | a shape: expected whole numbers, got 2.0
          {<a F32 [99999999999999999999] 0 8>} | 8 | a shape: expected sizes from 0 to 2^63 - 1
          {<a F32 [1e999999999] 0 8>} | 8 | a shape: expected whole numbers
          {<a F32 [4294967296,4294967296] 0 0>} | 0 | a shape: expected sizes that fit into a file
          {<a F32 [65536,65536,65536,65536] 0 0>} | 0 | a shape: expected sizes that fit into a file
          {<a F32 [1,1,1,1,1,1,1,1,1] 0 4>} | 4 | a shape: expected at most 8 numbers, got more
          {<a F32 [3] 0 8>} | 8 | a data_offsets: expected 12 bytes for F32 [3], got 8 in [0, 8]
          {<a F32 [2] 8 0>} | 8 | a data_offsets: expected begin <= end, got [8, 0]
          {<a F32 [2] -8 0>} | 8 | a data_offsets: expected sizes from 0 to 2^63 - 1, got -8
          {<a F32 [2] 0 8>} | 7 | a data_offsets: expected an end within the 7 bytes of data, got 8
          {<a F32 [2] 0 8>,<b F32 [2] 4 12>} | 12 | b data_offsets: expected begin 8, the end of the tensor before, got 4 (an overlap)
          {<a F32 [2] 0 8>,<b F32 [2] 12 20>} | 20 | b data_offsets: expected begin 8, the end of the tensor before, got 12 (a hole)
          {<a F32 [2] 0 8>} | 9 | data: expected 8 bytes, the end of the last tensor, got 9 (trailing bytes)
          """)
  void eachBrokenHeaderHasItsOwnMessage(String header, int bytes, String message) {
    String whole =
        Pattern.compile("<(\\w+) (\\w+) (\\S+) (-?\\d+) (-?\\d+)>")
            .matcher(header)
            .replaceAll("\"$1\":{\"dtype\":\"$2\",\"shape\":$3,\"data_offsets\":[$4,$5]}");
    eachBrokenFileHasItsOwnMessage(file(whole, bytes), message);
  }

  @Test
  void tooManyTensorsAndTooManyBytesAreRefused() {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= Safetensors.MAX_TENSORS; i++) {
      header.append(i == 0 ? "" : ",").append(tensor("t" + i, "F32", "[0]", 0, 0));
    }
    assertThatThrownBy(() -> Safetensors.of(file(header + "}", 0), "many"))
        .hasMessage("header: expected at most 10000 tensors, got more (many)");
    assertThatThrownBy(() -> Safetensors.of(new byte[101], 100, "big"))
        .hasMessage("file: expected at most 100 bytes, got 101 (big)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn_tanh_stackedbi3_a", "lstm_bi_b", "gru_stacked3_f"})
  void aPyTorchFileIsNotRunAndTheMessageSaysHowToConvert(String name) {
    assertThatThrownBy(() -> Safetensors.read(GOLDEN.resolve(name + ".pt")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("file: expected safetensors, got a PyTorch zip archive")
        .hasMessageContaining("convert_pt.py model.pt model.safetensors")
        .hasMessageEndingWith("(" + name + ".pt)")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aBarePickleIsNotRunEither() {
    byte[] pickle = {
      (byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9
    };
    assertThatThrownBy(() -> Safetensors.of(pickle, "old.pt"))
        .hasMessageStartingWith("file: expected safetensors, got a PyTorch pickle");
  }

  @Test
  void onnxModelIsNamed() { // as torch.onnx.export starts it: ir_version 8, producer_name pytorch
    byte[] onnx = {8, 8, 0x12, 7, 'p', 'y', 't', 'o', 'r', 'c', 'h', 0x1a, 5};
    assertThatThrownBy(() -> Safetensors.of(onnx, "net.onnx"))
        .hasMessageStartingWith("file: expected safetensors, got an ONNX model")
        .hasMessageContaining("save_file(net.state_dict()")
        .hasMessageEndingWith("(net.onnx)");
  }

  @ParameterizedTest
  @CsvSource({"2056, 8, 8", "640, 128, 2"}) // as ONNX and pickle begin
  void headerLengthThatLooksLikeAnotherFormatIsStillRead(int length, int first, int second)
      throws IOException {
    String header = "{" + tensor("a", "F32", "[2]", 0, 8) + "}";
    byte[] bytes = file(header + " ".repeat(length - header.length()), 8);
    assertThat(bytes).startsWith(first, second);
    assertThat(Safetensors.of(bytes, "padded").names()).containsExactly("a");
  }

  @Test
  void narrowerAndWiderFloatsBecomeFloats() throws IOException {
    String header =
        "{"
            + tensor("half", "F16", "[7]", 0, 14)
            + ","
            + tensor("brain", "BF16", "[2]", 14, 18)
            + ","
            + tensor("wide", "F64", "[2]", 18, 34)
            + ","
            + tensor("count", "I64", "[]", 34, 42)
            + "}";
    byte[] bytes = file(header, 42);
    ByteBuffer data = ByteBuffer.wrap(bytes, bytes.length - 42, 42).order(ByteOrder.LITTLE_ENDIAN);
    int[] halves = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000, 0x3555};
    for (int half : halves) {
      data.putShort((short) half);
    }
    data.putShort((short) 0x3f80).putShort((short) 0xc040).putDouble(0.1).putDouble(-1e-300);
    Safetensors file = Safetensors.of(bytes, "mixed");
    assertThat(file.floats("half")) // IEEE 754 binary16, by hand
        .containsExactly(1f, -2f, 0x1p-24f, 65504f, Float.POSITIVE_INFINITY, -0f, 0.333251953125f);
    assertThat(file.floats("brain")).containsExactly(1f, -3f);
    assertThat(file.floats("wide")).containsExactly(0.1f, -0f);
    assertThatThrownBy(() -> file.floats("count"))
        .hasMessage("count dtype: expected F32, F64, F16 or BF16, got I64 (mixed)");
  }

  @Test
  void aDoubleThatNoFloatHoldsIsRefused() throws IOException {
    byte[] bytes = file("{" + tensor("wide", "F64", "[2]", 0, 16) + "}", 16);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(bytes.length - 8, 1e39);
    Safetensors file = Safetensors.of(bytes, "wide");
    assertThatThrownBy(() -> file.floats("wide"))
        .hasMessage("wide: expected numbers in the range of a float, got 1.0E39 at index 1 (wide)");
  }

  @Test
  void aDirectoryIsNoModel(@TempDir Path directory) {
    assertThatThrownBy(() -> Safetensors.read(directory))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("file: expected a regular file, got something else");
  }

  @Test
  void writingReplacesTheFileAndLeavesNothingBeside(@TempDir Path directory) throws IOException {
    Path target = directory.resolve("m.safetensors");
    Files.writeString(target, "old");
    byte[] bytes =
        Safetensors.toBytes(
            Map.of("a", new Safetensors.Tensor(List.of(1), new float[] {1})), Map.of());
    Safetensors.writeAtomically(target, bytes);
    assertThat(target).hasBinaryContent(bytes);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(target);
    }
  }
}
