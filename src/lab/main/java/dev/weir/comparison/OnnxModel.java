package dev.weir.comparison;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a recurrent network as an ONNX file: for each layer the operator RNN, LSTM or GRU (opset
 * 14, both directions), then a Transpose and a Reshape that lay the directions side by side, as
 * PyTorch's exporter does. Time comes first, since ONNX Runtime's CPU operators know no other
 * order.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">protobuf encoding</a>
 */
final class OnnxModel {

  static final String INPUT = "input"; // (seq_len, batch, input_size)
  static final String OUTPUT = "output"; // (seq_len, batch, 2 * hidden_size)

  private static final int FLOAT = 1; // TensorProto.DataType
  private static final int INT64 = 7;

  // gates of ONNX, each by its number in torch's order
  private static final int[] LSTM_GATES = {0, 3, 1, 2}; // i, o, f, c of i, f, g, o
  private static final int[] GRU_GATES = {1, 0, 2}; // z, r, h of r, z, n

  private final Shape shape;
  private final RnnConfig config;
  private final float[] weights;

  private OnnxModel(Shape shape, float[] weights) {
    this.shape = shape;
    this.config = shape.config();
    this.weights = weights;
  }

  /**
   * @param weights laid out as {@link RnnConfig#parameters()}
   */
  static byte[] of(Shape shape, float[] weights) {
    Message opset = new Message().text(1, "").number(2, 14);
    return new Message()
        .number(1, 8) // ir_version
        .text(2, "weir-bench")
        .message(7, new OnnxModel(shape, weights).graph())
        .message(8, opset)
        .bytes();
  }

  private Message graph() {
    Message graph = new Message();
    String below = INPUT;
    for (int layer = 0; layer < shape.numLayers(); layer++) {
      String above = layer == shape.numLayers() - 1 ? OUTPUT : "x" + (layer + 1);
      graph.message(1, recurrent(layer, below));
      Message permutation = new Message().text(1, "perm");
      for (int axis : new int[] {0, 2, 1, 3}) {
        permutation.number(8, axis);
      }
      Message transpose = node("Transpose", "t" + layer, "y" + layer);
      graph.message(1, transpose.message(5, permutation.number(20, 7))); // integers
      graph.message(1, node("Reshape", above, "t" + layer, "side_by_side"));
      below = above;
    }
    graph.text(2, "network");
    for (int layer = 0; layer < shape.numLayers(); layer++) {
      int width = config.layerInputSize(layer);
      int rows = config.cell().gates() * shape.hiddenSize();
      graph.message(5, floats("w" + layer, gates("weight_ih", layer, width), 2, rows, width));
      int hidden = shape.hiddenSize();
      graph.message(5, floats("r" + layer, gates("weight_hh", layer, hidden), 2, rows, hidden));
      graph.message(5, floats("b" + layer, biases(layer), 2, 2 * rows));
    }
    graph.message(5, sideBySide());
    graph.message(11, value(INPUT, shape.seqLen(), shape.batch(), shape.inputSize()));
    graph.message(12, value(OUTPUT, shape.seqLen(), shape.batch(), 2 * shape.hiddenSize()));
    return graph;
  }

  /** Gives y: (seq_len, directions, batch, hidden). */
  private Message recurrent(int layer, String input) {
    String operator = config.cell() == Cell.RNN_TANH ? "RNN" : config.cell().name();
    Message node = node(operator, "y" + layer, input, "w" + layer, "r" + layer, "b" + layer);
    node.message(5, attribute("hidden_size", shape.hiddenSize()));
    Message direction = new Message().text(1, "direction").text(4, "bidirectional");
    node.message(5, direction.number(20, 3)); // a string
    if (config.cell() == Cell.GRU) {
      node.message(5, attribute("linear_before_reset", 1)); // as torch
    }
    return node;
  }

  private static Message node(String operator, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  /** The Reshape's argument: keep two axes, join the others. */
  private static Message sideBySide() {
    ByteBuffer raw = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    raw.putLong(0).putLong(0).putLong(-1);
    return tensor("side_by_side", INT64, raw, 3);
  }

  private static Message attribute(String name, int value) {
    return new Message().text(1, name).number(3, value).number(20, 2); // an integer
  }

  private static Message value(String name, int... sizes) {
    Message dimensions = new Message();
    for (int size : sizes) {
      dimensions.message(1, new Message().number(1, size));
    }
    Message tensor = new Message().number(1, FLOAT).message(2, dimensions);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  private static Message floats(String name, float[] values, int... sizes) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor(name, FLOAT, raw, sizes);
  }

  private static Message tensor(String name, int type, ByteBuffer raw, int... sizes) {
    Message tensor = new Message();
    for (int size : sizes) {
      tensor.number(1, size);
    }
    return tensor.number(2, type).text(8, name).raw(9, raw.array());
  }

  /** Both directions' tensor of a layer, its gates in the order of ONNX. */
  private float[] gates(String tensor, int layer, int width) {
    int block = shape.hiddenSize() * width;
    int[] order = order();
    float[] ordered = new float[2 * order.length * block];
    int next = 0;
    for (String suffix : List.of("", "_reverse")) {
      int from = offset(tensor + "_l" + layer + suffix);
      for (int gate : order) {
        System.arraycopy(weights, from + gate * block, ordered, next, block);
        next += block;
      }
    }
    return ordered;
  }

  /** Of each direction: all of the input's, then all of the hidden state's. */
  private float[] biases(int layer) {
    float[] fromInput = gates("bias_ih", layer, 1);
    float[] fromHidden = gates("bias_hh", layer, 1);
    int rows = fromInput.length / 2;
    float[] biases = new float[4 * rows];
    for (int direction = 0; direction < 2; direction++) {
      System.arraycopy(fromInput, direction * rows, biases, 2 * direction * rows, rows);
      System.arraycopy(fromHidden, direction * rows, biases, (2 * direction + 1) * rows, rows);
    }
    return biases;
  }

  private int[] order() {
    return switch (config.cell()) {
      case RNN_TANH -> new int[] {0};
      case LSTM -> LSTM_GATES;
      case GRU -> GRU_GATES;
      case RNN_RELU ->
          throw new IllegalArgumentException("cell: expected RNN_TANH, LSTM or GRU, got RNN_RELU");
    };
  }

  private int offset(String name) {
    return config.parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow()
        .offset();
  }

  /** A protobuf message under construction. */
  private static final class Message {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint(field << 3);
      varint(value);
      return this;
    }

    Message raw(int field, byte[] value) {
      varint(field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return raw(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return raw(field, value.bytes());
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }
}
