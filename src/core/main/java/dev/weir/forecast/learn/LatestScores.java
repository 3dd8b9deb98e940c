package dev.weir.forecast.learn;

import java.util.Arrays;

/**
 * What the newest value said of the forecasts that waited for it, over all steps ahead: how far
 * they were off, how far repeating a value would have been, and how many intervals held it. Of the
 * value that {@code Learner.observe} took last, whichever series it was of; valid until the next.
 */
public final class LatestScores {

  /**
   * Figures of an outside model; NaN for unknown. The errors are means over the followed steps that
   * it said something of, in usual errors of the series, so that those of several series can be
   * added up.
   */
  public enum Outside {
    /** Mean |error|. */
    ERROR,
    /** The same of our forecasts of the same steps. */
    OUR_ERROR,
    /** Mean CRPS, where ours is known. */
    CRPS,
    /** The same of our distributions of the same steps. */
    OUR_CRPS,
    /** Its mean share in the forecast that was made then. */
    SHARE,
    /** How old the newest is of its forecasts that were used then, seconds. */
    AGE
  }

  private final long[] held; // (levels)
  private final double[][] outside; // (models, figures)
  private final long[][] outsideHeld; // (models, levels), and the truths of its intervals
  private long steps;
  private double error;
  private double naive;
  private double seasonalNaive;
  private double crps;
  private double naiveBeside;
  private double seasonalNaiveBeside;

  /**
   * @param outside how many models outside of Weir there are
   */
  public LatestScores(int levels, int outside) {
    this.held = new long[levels];
    this.outside = new double[outside][Outside.values().length];
    this.outsideHeld = new long[outside][levels + 1];
    clear();
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
    for (int m = 0; m < outside.length; m++) {
      Arrays.fill(outside[m], Double.NaN);
      Arrays.fill(outsideHeld[m], 0);
    }
  }

  void outside(int model, Outside figure, double value) {
    outside[model][figure.ordinal()] = value;
  }

  /** Counts an interval that held the value; after the last level, those that were said. */
  void holdOutside(int model, int level) {
    outsideHeld[model][level]++;
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

  /** A figure of an outside model. */
  public double outside(int model, Outside figure) {
    return outside[model][figure.ordinal()];
  }

  /** Followed steps that an outside model had said its intervals of. */
  public long outsideTruths(int model) {
    return outsideHeld[model][held.length];
  }

  /** How many of these intervals of a level, by its number from 0, held the value. */
  public long outsideHeld(int model, int level) {
    return outsideHeld[model][level];
  }

  /** How many of the intervals of a level, by its number from 0, held the value. */
  public long held(int level) {
    return held[level];
  }
}
