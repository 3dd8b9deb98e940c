package dev.weir.core;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * How the forecasts of one series have done so far. Each was scored by the value that came later,
 * before that value was learned.
 *
 * @param series name of the series
 * @param time time of its newest value
 * @param scored forecasts of one step that were scored
 * @param errors mean absolute error of each step that has met a truth, nearest first
 * @param mae mean absolute error over all steps
 * @param mase the same divided by that of the seasonal naive method on the same values; NaN while
 *     unknown
 * @param level share of the truth that the narrowest interval is meant to contain
 * @param coverage share that it did contain
 * @param crps mean continuous ranked probability score, in the unit of the values; NaN while
 *     unknown
 * @param methods the naive methods and each expert of the mixture on the same values
 */
public record Score(
    String series,
    Instant time,
    long scored,
    List<Double> errors,
    double mae,
    double mase,
    double level,
    double coverage,
    double crps,
    List<Method> methods) {

  /**
   * A naive method or an expert.
   *
   * @param mae its mean absolute error: of a naive method so far, of an expert lately
   * @param share its share in the newest forecast; 0 for a naive method
   */
  public record Method(String name, double mae, double share) {}

  public Score {
    errors = List.copyOf(errors);
    methods = List.copyOf(methods);
  }

  static Score of(dev.weir.forecast.Score score) {
    return new Score(
        score.series(),
        Instant.ofEpochMilli(score.time()),
        score.scored(),
        Arrays.stream(score.errors()).boxed().toList(),
        score.mae(),
        score.mase(),
        score.level(),
        score.coverage(),
        score.distribution() == null ? Double.NaN : score.distribution().crps(),
        score.methods().stream().map(m -> new Method(m.name(), m.mae(), m.share())).toList());
  }
}
