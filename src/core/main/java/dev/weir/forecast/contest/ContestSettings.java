package dev.weir.forecast.contest;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How networks of a forecast compete.
 *
 * @param job name of the job
 * @param models their names; the first one is the champion until another one is promoted
 * @param isAuto whether a better challenger is promoted; false: only people promote
 * @param confidence that a promoted challenger is better, within 0 and 1
 * @param minSeries a period counts for a challenger if so many series were scored in it
 * @param minDays of event time that have counted before a promotion
 * @param period of event time whose errors are joined; longer than a forecast reaches
 */
public record ContestSettings(
    String job,
    List<String> models,
    boolean isAuto,
    double confidence,
    int minSeries,
    int minDays,
    Duration period)
    implements Serializable {

  /** Networks that compete, at most. */
  public static final int MAX_MODELS = 5;

  public ContestSettings {
    models = List.copyOf(models);
  }

  /** Evidence from which a challenger is promoted: each of them has an equal part of the risk. */
  public double enough() {
    return (models.size() - 1) / (1 - confidence);
  }

  /** Bytes of the numbers that are kept of a series. */
  public int bytes(int horizon) {
    return Double.BYTES * models.size() * (horizon + 3);
  }
}
