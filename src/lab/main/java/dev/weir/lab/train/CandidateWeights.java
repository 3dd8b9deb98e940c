package dev.weir.lab.train;

import static dev.weir.model.CandidateShape.CONTEXT;
import static dev.weir.model.CandidateShape.FEATURES;
import static dev.weir.model.CandidateShape.STEP_FEATURES;

import dev.weir.model.CandidateShape;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.TorchRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The weights of a {@link CandidateNetwork} in training, by what is done to all of them. */
public final class CandidateWeights {

  private static final float EMBEDDING_BOUND = 0.35f;

  private CandidateWeights() {}

  /**
   * Weights to begin with: torch's, but the output starts as what the candidates' errors say, with
   * neither corrections nor a residual.
   */
  public static float[] initial(CandidateShape shape, long seed) {
    TorchRandom random = new TorchRandom(seed);
    float[] weights = new float[shape.parameterCount()];
    float[] encoder = Initialization.recurrent(shape.encoder(), random);
    System.arraycopy(encoder, 0, weights, 0, encoder.length);
    for (Map.Entry<String, List<Integer>> tensor : shape.head().entrySet()) {
      float bound = bound(shape, tensor.getKey());
      int at = shape.offset(tensor.getKey());
      for (int i = at; i < at + CandidateShape.length(tensor.getValue()); i++) {
        weights[i] = bound == 0 ? 0 : random.uniform(-bound, bound);
      }
    }
    weights[shape.offset("k")] = 1;
    return weights;
  }

  private static float bound(CandidateShape shape, String tensor) {
    return switch (tensor) {
      case "ctx.weight", "ctx.bias" -> torchBound(shape.contextInputs());
      case "hor.weight", "hor.bias" -> torchBound(CONTEXT + STEP_FEATURES);
      case "f.weight" -> torchBound(FEATURES);
      case "res.0.weight", "res.0.bias" -> torchBound(2 * shape.units());
      case "h2.weight", "h2.bias", "mix.weight", "mix.bias" -> torchBound(shape.units());
      case "emb" -> EMBEDDING_BOUND;
      default -> 0;
    };
  }

  private static float torchBound(int inputs) {
    return (float) (1 / Math.sqrt(inputs));
  }

  /** Multiplies the matrices by a factor: decoupled weight decay. */
  public static void decay(CandidateShape shape, float[] weights, float factor) {
    int encoder = shape.encoder().parameterCount();
    for (int i = 0; i < encoder; i++) {
      weights[i] *= factor;
    }
    for (Map.Entry<String, List<Integer>> tensor : shape.head().entrySet()) {
      if (tensor.getKey().endsWith("weight")) {
        int at = shape.offset(tensor.getKey());
        for (int i = at; i < at + CandidateShape.length(tensor.getValue()); i++) {
          weights[i] *= factor;
        }
      }
    }
  }

  /** Clears the gradient of what is not learned, the prior. */
  public static void freeze(CandidateShape shape, float[] gradient) {
    int at = shape.offset("prior");
    Arrays.fill(gradient, at, at + shape.kinds(), 0);
  }
}
