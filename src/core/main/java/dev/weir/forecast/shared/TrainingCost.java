package dev.weir.forecast.shared;

import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.ForecastModel;
import dev.weir.rnn.RnnConfig;

/**
 * How many samples a budget of CPU time allows. No clock is read, since models must not depend on
 * one: times follow from sizes and from constants that were measured (JDK 17, one core of an AMD
 * EPYC, Zen 5). Training is taken to run without the Vector API, and the rest of the job to be as
 * cheap as it can be, so that a budget is rarely used up.
 *
 * <p>All times are nanoseconds of CPU.
 */
final class TrainingCost {

  /** Reading, windowing and writing one record, without a network. */
  private static final double RECORD = 1_400;

  /** Learning one record, for each expert. */
  private static final double EXPERT = 600;

  /** A network that combines the experts' forecasts. */
  private static final double COMBINING = 5_000;

  /** A network's forecast, for each multiply-add and each unit at each step. */
  private static final double FORECAST_MULTIPLY = 0.08;

  private static final double FORECAST_UNIT = 2;

  /** Training on one sample, or comparing models on it. */
  private static final double SAMPLE = 500;

  private static final double TRAIN_MULTIPLY = 0.35;
  private static final double TRAIN_UNIT = 12;

  /** Asking whether a record is sampled. */
  private static final double ASK = 80;

  /** Sending a sampled value to the trainer. */
  private static final double SEND = 2_000;

  private TrainingCost() {}

  /**
   * The share of blocks that may be sampled.
   *
   * @param budget CPU time of shared learning as a share of that of the rest of the job, above 0
   * @param model that is trained
   * @param learner how each series is learned beside it; null for not
   * @return from 0 to 1
   */
  public static double rate(double budget, ForecastModel model, LearnerSettings learner) {
    int length = model.seqLen() + model.horizon();
    int values = BlockSampler.valuesInBlock(length);
    double samples = Math.min(Block.MAX_WINDOWS, values - length + 1); // of the shortest block
    double value = SEND + samples / values * training(model);
    double rate = (budget * record(model, learner) - ASK) / value;
    return Math.max(0, Math.min(1, rate));
  }

  static double record(ForecastModel model, LearnerSettings learner) {
    double record =
        RECORD + FORECAST_MULTIPLY * multiplications(model) + FORECAST_UNIT * units(model);
    if (learner != null) {
      record += EXPERT * learner.experts().size() + (learner.combines() ? COMBINING : 0);
    }
    return record;
  }

  /** Training on one sample, or comparing models on it. */
  static double training(ForecastModel model) {
    return SAMPLE + TRAIN_MULTIPLY * multiplications(model) + TRAIN_UNIT * units(model);
  }

  private static double multiplications(ForecastModel model) {
    return (double) model.rnn().parameterCount() * model.seqLen();
  }

  private static double units(ForecastModel model) {
    RnnConfig rnn = model.rnn();
    return (double) rnn.outputSize() * rnn.numLayers() * model.seqLen();
  }
}
