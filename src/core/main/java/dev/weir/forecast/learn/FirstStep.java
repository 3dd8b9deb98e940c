package dev.weir.forecast.learn;

import dev.weir.forecast.expert.ForecastParts;
import dev.weir.forecast.expert.History;

/**
 * How a network made the forecast of step 1 out of the candidates: {@code base + sum of weight_e
 * (said_e - base) + residual}. All forecasts are relative to the newest value.
 */
final class FirstStep {

  final double[] said; // (candidates)
  final double[] weights; // (candidates); 0 where no network was applied
  final double[] ofBase; // (candidates), if the base is their mean
  double residual;
  private final int given;

  /**
   * @param given candidates that the stage receives, before the cheap ones
   */
  public FirstStep(int given) {
    this.given = given;
    this.said = new double[given + CheapCandidates.NAMES.size()];
    this.weights = new double[said.length];
    this.ofBase = new double[said.length];
  }

  public int candidates() {
    return said.length;
  }

  /** The weight of a candidate's distance from the base forecast. */
  public double weight(int e) {
    return weights[e];
  }

  /** The weight of a candidate in the base forecast, where that is the mean of all. */
  public double baseWeight(int e) {
    return ofBase[e];
  }

  /** What the network adds beside the candidates. */
  public double residual() {
    return residual;
  }

  /** What one of the cheap candidates consists of; {@code e} counts all candidates. */
  public ForecastParts explainCheap(History history, int e, double level, ForecastParts parts) {
    parts.start(level, history.newest() + said[e]);
    CheapCandidates.explain(history, e - given, parts);
    return parts;
  }
}
