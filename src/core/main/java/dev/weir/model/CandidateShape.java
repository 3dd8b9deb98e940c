package dev.weir.model;

import dev.weir.rnn.RnnConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sizes of a network that combines candidate forecasts, and where each of its tensors begins in one
 * array of all weights.
 *
 * @param kinds number of candidates that it can weight; any subset may be present
 * @param units of each candidate and of each step
 * @param encoder the recurrent network that reads the window; its input size is {@link #INPUTS}
 */
public record CandidateShape(int kinds, int units, RnnConfig encoder) {

  /** Values in the window that the recurrent network reads. */
  public static final int WINDOW = 24;

  /** Inputs for each value. */
  public static final int INPUTS = 17;

  /** Features of the series. */
  public static final int GLOBALS = 6;

  /** Features of each lead time. */
  public static final int STEP_FEATURES = 7;

  /** Features of each candidate at each lead time. */
  public static final int FEATURES = 9;

  /** Units of the context that the window and the globals become. */
  public static final int CONTEXT = 32;

  private static final int MAX_UNITS = 256;

  public CandidateShape {
    if (kinds < 1 || kinds > 256) {
      throw new IllegalArgumentException("kinds: expected 1 to 256, got " + kinds);
    }
    if (units < 1 || units > MAX_UNITS) {
      throw new IllegalArgumentException(
          "units: expected 1 to %d, got %d".formatted(MAX_UNITS, units));
    }
    if (encoder.inputSize() != INPUTS) {
      throw new IllegalArgumentException(
          "input_size: expected %d, got %d".formatted(INPUTS, encoder.inputSize()));
    }
  }

  /**
   * The shape of so many weights.
   *
   * @throws IllegalArgumentException if no shape has so many
   */
  public static CandidateShape fitting(int kinds, RnnConfig encoder, int weights) {
    for (int units = 1; units <= MAX_UNITS; units++) {
      CandidateShape shape = new CandidateShape(kinds, units, encoder);
      int count = shape.parameterCount();
      if (count == weights) {
        return shape;
      } else if (count > weights) {
        break;
      }
    }
    throw new IllegalArgumentException(
        "weights: expected those of a network that combines %d forecasts behind %s, got %d floats"
            .formatted(kinds, encoder, weights));
  }

  /** Inputs of the context: the final states of the last layer, and the globals. */
  public int contextInputs() {
    return encoder.outputSize() + GLOBALS;
  }

  /** The tensors behind those of the encoder, in order: torch's name and the shape. */
  public Map<String, List<Integer>> head() {
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    tensors.put("ctx.weight", List.of(CONTEXT, contextInputs()));
    tensors.put("ctx.bias", List.of(CONTEXT));
    tensors.put("hor.weight", List.of(units, CONTEXT + STEP_FEATURES));
    tensors.put("hor.bias", List.of(units));
    tensors.put("f.weight", List.of(units, FEATURES));
    tensors.put("emb", List.of(kinds, units));
    tensors.put("h2.weight", List.of(units, units));
    tensors.put("h2.bias", List.of(units));
    tensors.put("mix.weight", List.of(units, units));
    tensors.put("mix.bias", List.of(units));
    tensors.put("out.weight", List.of(1, units));
    tensors.put("out.bias", List.of(1));
    tensors.put("gam.weight", List.of(1, units));
    tensors.put("res.0.weight", List.of(units, 2 * units));
    tensors.put("res.0.bias", List.of(units));
    tensors.put("res.2.weight", List.of(1, units));
    tensors.put("res.2.bias", List.of(1));
    tensors.put("k", List.of(1));
    tensors.put("prior", List.of(kinds));
    return tensors;
  }

  /** Where a tensor of the head begins, behind the encoder's weights. */
  public int offset(String tensor) {
    int offset = encoder.parameterCount();
    for (Map.Entry<String, List<Integer>> entry : head().entrySet()) {
      if (entry.getKey().equals(tensor)) {
        return offset;
      }
      offset += length(entry.getValue());
    }
    throw new IllegalArgumentException("tensor: expected one of the head, got " + tensor);
  }

  /** Weights of a tensor of this shape. */
  public static int length(List<Integer> shape) {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }

  /** All weights, those of the encoder included. */
  public int parameterCount() {
    return encoder.parameterCount()
        + head().values().stream().mapToInt(CandidateShape::length).sum();
  }
}
