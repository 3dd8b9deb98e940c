package dev.weir.stream.covariate;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How observations are joined with outside forecasts. Immutable.
 *
 * @param models names of the outside models, in the order of their columns; empty: each series
 *     takes those that forecast it, in the order of their first forecasts
 * @param slots models of a series that have columns, at most
 * @param columns numbers of each model for each step, without its age
 * @param covariates numbers known ahead for each step that come before them
 * @param horizon steps that they are looked up for
 * @param interval between two steps, milliseconds
 * @param keep times to come of each series and model that are kept, the nearest ones
 * @param isInOrder whether the observations of a series are used in the order in which they come
 * @param ttl how long the models of a series are known after what they forecast; zero: always
 */
public record OutsideSettings(
    List<String> models,
    int slots,
    int columns,
    int covariates,
    int horizon,
    long interval,
    int keep,
    boolean isInOrder,
    Duration ttl)
    implements Serializable {

  public OutsideSettings {
    models = List.copyOf(models);
  }

  /** Whether each series has the same models. */
  public boolean isListed() {
    return !models.isEmpty();
  }

  /** Numbers known ahead of each step once they are joined, with the age of each model's. */
  int width() {
    return covariates + slots * (columns + 1);
  }

  /**
   * How far the watermark may be behind an observation that is joined: if observations are in
   * order, none that comes can be earlier, although the watermark is a millisecond behind.
   */
  public long slack() {
    return isInOrder ? 1 : 0;
  }
}
