package dev.weir.forecast.learn;

import java.util.Arrays;

/**
 * What the newest value said of the forecasts that waited for it, over all steps ahead: how far
 * they were off, how far repeating a value would have been, and how many intervals held it. Of the
 * value that {@code Learner.observe} took last, whichever series it was of; valid until the next.
 */
public final class LatestScores {

  private final long[] held; // (levels)
  private long steps;
  private double error;
  private double naive;
  private double seasonalNaive;
  private double crps;
  private double naiveBeside;
  private double seasonalNaiveBeside;

  public LatestScores(int levels) {
    this.held = new long[levels];
  }

  public void clear() {
    steps = 0;
    error = 0;
    naive = 0;
    seasonalNaive = 0;
    crps = 0;
    naiveBeside = 0;
    seasonalNaiveBeside = 0;
    Arrays.fill(held, 0);
  }

  /**
   * Adds the absolute errors of a step.
   *
   * @param count steps that it stands for, as in the next two
   */
  public void add(int count, double error, double naive, double seasonalNaive) {
    this.steps += count;
    this.error += count * error;
    this.naive += count * naive;
    this.seasonalNaive += count * seasonalNaive;
  }

  /** Adds the CRPS of a distribution, and the absolute errors of the naive forecasts beside it. */
  public void addDistribution(int count, double crps, double naive, double seasonalNaive) {
    this.crps += count * crps;
    this.naiveBeside += count * naive;
    this.seasonalNaiveBeside += count * seasonalNaive;
  }

  public void hold(int count, int level) {
    held[level] += count;
  }

  /** Forecasts that waited for the value, one for each step ahead; 0: nothing is known. */
  public long steps() {
    return steps;
  }

  /** Sum of |error| of our forecasts. */
  public double error() {
    return error;
  }

  /** The same of "repeat the newest value". */
  public double naiveError() {
    return naive;
  }

  /** The same of "repeat the value of a season ago". */
  public double seasonalNaiveError() {
    return seasonalNaive;
  }

  /** Sum of the CRPS of our distributions, at the steps that these are scored at. */
  public double crps() {
    return crps;
  }

  /**
   * Sum of |error| of "repeat the newest value" at these steps, which is the CRPS of a forecast
   * without a distribution.
   */
  public double naiveBeside() {
    return naiveBeside;
  }

  /** The same of "repeat the value of a season ago". */
  public double seasonalNaiveBeside() {
    return seasonalNaiveBeside;
  }

  /** How many of the intervals of a level, by its number from 0, held the value. */
  public long held(int level) {
    return held[level];
  }
}
