package dev.weir.forecast.shared;

import dev.weir.model.ForecastModel;

/** What the trainer is sent by the tasks that forecast. */
public sealed interface TrainingEvent {

  /**
   * An observed value of a block that is sampled. The trainer joins the values of a block.
   *
   * @param series name of the series
   * @param blockEnd first time after the block, milliseconds since 1970
   * @param blockLength milliseconds
   * @param previous time of the value before it in its window, also if that is in another block;
   *     {@link #NO_TIME} if it is missing or the series begins
   * @param time of the value, milliseconds since 1970
   * @param value observed
   * @param features covariates
   */
  record SampledValue(
      String series,
      long blockEnd,
      long blockLength,
      long previous,
      long time,
      double value,
      double[] features)
      implements TrainingEvent {

    /** In place of the time of a value that does not exist. */
    public static final long NO_TIME = Long.MIN_VALUE;
  }

  /**
   * A model that the job uses from now on.
   *
   * @param model accepted by the tasks that forecast
   * @param restored whether it was active before a restart, rather than read from the topic just
   *     now
   */
  record ActiveModel(ForecastModel model, boolean restored) implements TrainingEvent {}
}
