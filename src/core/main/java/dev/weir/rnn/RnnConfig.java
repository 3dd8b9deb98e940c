package dev.weir.rnn;

import java.util.ArrayList;
import java.util.List;

/**
 * Shape of a stacked recurrent network, in the terms of {@code torch.nn.RNN}.
 *
 * <p>Weights travel as one {@code float[]} in the order of torch's {@code state_dict}, each tensor
 * row-major; {@link #parameters()} says which tensor starts where.
 */
public record RnnConfig(
    Cell cell, int inputSize, int hiddenSize, int numLayers, boolean bidirectional, boolean bias) {

  /** Larger networks are refused: no state backend should hold them for each task. */
  public static final int MAX_SIZE = 4096;

  /** Deeper stacks are refused: torch allows them, but they are not used in practice. */
  public static final int MAX_LAYERS = 64;

  public RnnConfig {
    if (cell == null) {
      throw new IllegalArgumentException("cell: expected one of torch's cells, got null");
    }
    within("input_size", inputSize, MAX_SIZE);
    within("hidden_size", hiddenSize, MAX_SIZE);
    within("num_layers", numLayers, MAX_LAYERS);
  }

  private static void within(String what, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d, got %d".formatted(what, max, value));
    }
  }

  public int numDirections() {
    return bidirectional ? 2 : 1;
  }

  /** Width of a row of {@code out}: {@code num_directions * hidden_size}. */
  public int outputSize() {
    return numDirections() * hiddenSize;
  }

  /** Width of the input of {@code layer}: {@code input_size} below, {@link #outputSize()} above. */
  public int layerInputSize(int layer) {
    return layer == 0 ? inputSize : outputSize();
  }

  /** All tensors in the order of torch's {@code state_dict}, with torch's names. */
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    int rows = cell.gates() * hiddenSize;
    int offset = 0;
    for (int layer = 0; layer < numLayers; layer++) {
      for (int direction = 0; direction < numDirections(); direction++) {
        String suffix = "_l" + layer + (direction == 1 ? "_reverse" : "");
        offset = add(parameters, "weight_ih" + suffix, offset, rows, layerInputSize(layer));
        offset = add(parameters, "weight_hh" + suffix, offset, rows, hiddenSize);
        if (bias) {
          offset = add(parameters, "bias_ih" + suffix, offset, rows);
          offset = add(parameters, "bias_hh" + suffix, offset, rows);
        }
      }
    }
    return parameters;
  }

  private static int add(List<Parameter> to, String name, int offset, Integer... shape) {
    Parameter parameter = new Parameter(name, List.of(shape), offset);
    to.add(parameter);
    return offset + parameter.length();
  }

  /** How many floats {@link #parameters()} takes in all. */
  public int parameterCount() {
    int rows = cell.gates() * hiddenSize;
    long count = 0;
    for (int layer = 0; layer < numLayers; layer++) {
      count += (long) rows * (layerInputSize(layer) + hiddenSize + (bias ? 2 : 0));
    }
    return Math.toIntExact(count * numDirections());
  }

  /** One tensor of the network: its torch name, its shape, and where it starts in the weights. */
  public record Parameter(String name, List<Integer> shape, int offset) {
    public Parameter {
      shape = List.copyOf(shape);
    }

    public int length() {
      int length = 1;
      for (int size : shape) {
        length *= size;
      }
      return length;
    }
  }
}
