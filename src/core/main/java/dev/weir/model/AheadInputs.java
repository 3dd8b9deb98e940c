package dev.weir.model;

import java.util.Collections;
import java.util.List;

/**
 * The covariates known ahead that a network reads: at each step of the window, the numbers of each
 * covariate for the horizon after that step. They are the last inputs of a step:
 *
 * <pre>
 * value | features | calendar | t+1: c_1 ... c_k | t+2: c_1 ... c_k | ... | t+horizon: c_1 ... c_k
 * </pre>
 *
 * A missing number c is 0, any other one (c - center) / scale: with the mean in training as center,
 * a missing number counts as the mean.
 *
 * @param center of each covariate; finite
 * @param scale of each covariate; finite, at least {@link Double#MIN_NORMAL}
 */
public record AheadInputs(List<Double> center, List<Double> scale) {

  /** No covariates known ahead. */
  public static final AheadInputs NONE = new AheadInputs(List.of(), List.of());

  /** Most covariates. */
  public static final int MAX_COUNT = 1_000;

  public AheadInputs {
    center = List.copyOf(center);
    scale = List.copyOf(scale);
    if (center.size() != scale.size() || center.size() > MAX_COUNT) {
      throw new IllegalArgumentException(
          "ahead: expected a center and a scale for each of at most %d covariates, got %d and %d"
              .formatted(MAX_COUNT, center.size(), scale.size()));
    }
    for (int k = 0; k < center.size(); k++) {
      boolean isScale = Double.isFinite(scale.get(k)) && scale.get(k) >= Double.MIN_NORMAL;
      if (!Double.isFinite(center.get(k)) || !isScale) {
        throw new IllegalArgumentException(
            "ahead: expected finite centers, and finite scales of at least 2.3e-308, got %s and %s (covariate %d)"
                .formatted(center.get(k), scale.get(k), k + 1));
      }
    }
  }

  /** So many covariates with center 0 and scale 1; a missing number is 0. */
  public static AheadInputs unscaled(int count) {
    return new AheadInputs(Collections.nCopies(count, 0.0), Collections.nCopies(count, 1.0));
  }

  /** Number of covariates. */
  public int count() {
    return center.size();
  }

  /** Number of inputs at each step. */
  public int inputs(int horizon) {
    return count() * horizon;
  }

  /** A covariate as the network reads it. */
  public float input(int covariate, double value) {
    return Double.isFinite(value)
        ? (float) ((value - center.get(covariate)) / scale.get(covariate))
        : 0f;
  }
}
