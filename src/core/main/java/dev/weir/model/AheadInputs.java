package dev.weir.model;

import java.util.Collections;
import java.util.List;

/**
 * The covariates known ahead that a network reads: of each of them, at each step of the window, the
 * numbers for as many steps after it as the forecast has. They are the last inputs of a step:
 *
 * <pre>
 * value | features | calendar | t+1: c_1 ... c_k | t+2: c_1 ... c_k | ... | t+horizon: c_1 ... c_k
 * </pre>
 *
 * A number c that is not known is 0, any other one (c - center) / scale: with the mean in training
 * as center, what is not known counts as the mean.
 *
 * @param center of each covariate; finite
 * @param scale of each covariate; finite, at least {@link Double#MIN_NORMAL}
 */
public record AheadInputs(List<Double> center, List<Double> scale) {

  /** Nothing known ahead is read. */
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

  /** So many covariates, read as they are; one that is not known is 0. */
  public static AheadInputs asTheyAre(int count) {
    return new AheadInputs(Collections.nCopies(count, 0.0), Collections.nCopies(count, 1.0));
  }

  /** How many covariates. */
  public int count() {
    return center.size();
  }

  /** How many inputs of each step they are. */
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
