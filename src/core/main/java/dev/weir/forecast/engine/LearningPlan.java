package dev.weir.forecast.engine;

import dev.weir.forecast.calendar.HolidaySettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.recurrent.NetworkTraining;
import dev.weir.forecast.expert.recurrent.NetworkTraining.Tuning;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.network.TunedModelExpert;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * How each series is to be learned, in the terms of a user's options. A job file, SQL and the
 * library all make their learner of one, so that the same options give the same forecasts.
 *
 * @param size which experts, and how much is remembered
 * @param experts names; null for those of the size
 * @param levels of the intervals, ascending
 * @param training how networks among the experts learn
 * @param covariates what is learned from beside the values
 * @param seasons in observations
 * @param holidays on which days forecasts are corrected; null for none
 */
public record LearningPlan(
    LearnerSize size,
    List<String> experts,
    List<Double> levels,
    NetworkTraining training,
    Covariates.Count covariates,
    SeasonCounts seasons,
    HolidaySettings holidays) {

  /** Bytes of a series at most: a million series of this size fill a cluster already. */
  public static final int MAX_SERIES_BYTES = 2 << 20;

  /**
   * What is learned of each series.
   *
   * @throws IllegalArgumentException if settings do not go together, with one line
   */
  public LearnerSettings learner(int horizon) {
    LearnerSettings learner = size.learner(horizon);
    learner = experts == null ? learner : learner.withExperts(experts);
    return learner
        .withLevels(levels)
        .withTraining(training)
        .withCovariates(covariates)
        .withSecondSeason(seasons.second())
        .withHolidays(holidays);
  }

  /**
   * Bytes that what is learned of a series takes, with a copy of the model that is there at the
   * start, if it is to have one.
   *
   * @param season observations in a season, or {@link LearnerSettings#AUTO}
   * @param seqLen values in a window
   * @param hasModel whether a base model takes part
   * @param initialModel its safetensors bytes; null if it is not there yet
   * @throws IllegalArgumentException when settings don't go together
   */
  public static int seriesBytes(
      LearnerSettings learner, int season, int seqLen, boolean hasModel, byte[] initialModel) {
    List<Expert> own = new ArrayList<>();
    int copy = 0;
    if (hasModel && learner.isAlone() && !learner.combines()) {
      own.add(new BaseModelExpert(seqLen));
    } else if (hasModel && !learner.isAlone() && learner.training().tuning() != Tuning.OFF) {
      BaseModelExpert base = new BaseModelExpert();
      TunedModelExpert tuned = new TunedModelExpert(base, seqLen, learner.training());
      own.addAll(List.of(base, tuned));
      ForecastModel model = initialModel == null ? null : read(initialModel);
      copy = model == null || !model.candidates().isEmpty() ? 0 : tuned.bytes(model);
    }
    return copy + new Learner(learner, own).newSeries("a first one", season).bytes();
  }

  /** A model of bytes that {@link ModelFiles#toBytes} wrote. */
  public static ForecastModel read(byte[] written) {
    try {
      return ModelFiles.fromBytes(written, ModelFiles.Defaults.NONE, "initial model");
    } catch (ModelFormatException e) {
      throw new IllegalStateException("a model that was just written must be readable", e);
    }
  }
}
