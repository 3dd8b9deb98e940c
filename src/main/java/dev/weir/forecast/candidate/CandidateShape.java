package dev.weir.forecast.candidate;

import dev.weir.rnn.cell.RnnConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sizes of a {@link CandidateNetwork}, and where each of its tensors begins in one array of all
 * weights.
 *
 * @param candidates how many forecasts it weighs
 * @param encoder the recurrent network that reads the window; its input size is {@link #INPUTS}
 */
public record CandidateShape(int candidates, RnnConfig encoder) {

  /** Values in the window that the recurrent network reads. */
  public static final int WINDOW = 24;

  /** What it reads of each value. */
  public static final int INPUTS = 17;

  /** What is known of the series as a whole. */
  public static final int GLOBALS = 6;

  /** What is known of each step ahead. */
  public static final int STEP_FEATURES = 7;

  /** What is known of each candidate at each step ahead. */
  public static final int FEATURES = 9;

  /** Units of the context that the window and the globals become. */
  static final int CONTEXT = 32;

  /** Units of each candidate and of each step. */
  static final int UNITS = 24;

  public CandidateShape {
    if (candidates < 1 || candidates > 256) {
      throw new IllegalArgumentException("candidates: expected 1 to 256, got " + candidates);
    }
    if (encoder.inputSize() != INPUTS) {
      throw new IllegalArgumentException(
          "encoder: expected input_size %d, got %d".formatted(INPUTS, encoder.inputSize()));
    }
  }

  /** Values that the context is made of: the final states of the last layer, and the globals. */
  int contextInputs() {
    return encoder.outputSize() + GLOBALS;
  }

  /**
   * The tensors behind those of the encoder, in order: torch's name and how many weights it has.
   */
  Map<String, Integer> head() {
    Map<String, Integer> tensors = new LinkedHashMap<>();
    tensors.put("ctx.weight", CONTEXT * contextInputs());
    tensors.put("ctx.bias", CONTEXT);
    tensors.put("hor.weight", UNITS * (CONTEXT + STEP_FEATURES));
    tensors.put("hor.bias", UNITS);
    tensors.put("f.weight", UNITS * FEATURES);
    tensors.put("emb", candidates * UNITS);
    tensors.put("h2.weight", UNITS * UNITS);
    tensors.put("h2.bias", UNITS);
    tensors.put("mix.weight", UNITS * UNITS);
    tensors.put("mix.bias", UNITS);
    tensors.put("out.weight", UNITS);
    tensors.put("out.bias", 1);
    tensors.put("gam.weight", UNITS);
    tensors.put("res.0.weight", UNITS * 2 * UNITS);
    tensors.put("res.0.bias", UNITS);
    tensors.put("res.2.weight", UNITS);
    tensors.put("res.2.bias", 1);
    tensors.put("k", 1);
    tensors.put("prior", candidates);
    return tensors;
  }

  /** Where a tensor of the head begins, behind the encoder's weights. */
  int offset(String tensor) {
    int offset = encoder.parameterCount();
    for (Map.Entry<String, Integer> entry : head().entrySet()) {
      if (entry.getKey().equals(tensor)) {
        return offset;
      }
      offset += entry.getValue();
    }
    throw new IllegalArgumentException("tensor: expected one of the head, got " + tensor);
  }

  /** All weights, those of the encoder included. */
  public int parameterCount() {
    return encoder.parameterCount()
        + head().values().stream().mapToInt(Integer::intValue).sum();
  }
}
