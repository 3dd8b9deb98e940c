package dev.weir.forecast.shared;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.WindowTrainer;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.List;

/**
 * How the base model of one mode is learned from all series. Goes to the tasks with the job graph.
 *
 * @param mode whose model is learned
 * @param model its name
 * @param seqLen values in a window
 * @param horizon values in a forecast
 * @param features covariates of each observation
 * @param calendar what the model reads of each observation's time
 * @param initialModel the model to start with until the model topic brings one, as safetensors
 *     bytes; null if absent
 * @param learner how each series is learned; null: the model alone makes the forecasts
 * @param budget CPU time of shared learning, as a share of that of the rest of the job
 * @param newestVersion highest version of the model that its topic knew when the job was submitted,
 *     active or kept; -1 for none
 * @param zone of the local time that the calendar reads
 */
public record SharedSettings(
    Mode mode,
    String model,
    int seqLen,
    int horizon,
    int features,
    List<Calendar> calendar,
    byte[] initialModel,
    LearnerSettings learner,
    double budget,
    long newestVersion,
    ZoneId zone)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public SharedSettings {
    calendar = List.copyOf(calendar);
  }

  /** Those of one target of a job. */
  public static SharedSettings of(ForecastSettings settings, Target target, double budget) {
    return new SharedSettings(
        target.mode(),
        target.model(),
        settings.seqLen(),
        target.horizon(),
        settings.features(),
        settings.calendar(),
        target.initialModel(),
        target.learning() == null ? null : target.learning().learner(),
        budget,
        -1,
        settings.zone());
  }

  /** The same where a version was published before. */
  public SharedSettings withNewestVersion(long version) {
    return new SharedSettings(
        mode,
        model,
        seqLen,
        horizon,
        features,
        calendar,
        initialModel,
        learner,
        budget,
        version,
        zone);
  }

  /** Selects the values to learn from. */
  public BlockSampler sampler() {
    return new BlockSampler(seqLen + horizon, features);
  }

  /** The share of the blocks that the budget allows with this model; 0 if it can't be trained. */
  public double rate(ForecastModel active) {
    return WindowTrainer.problemWith(active) != null
        ? 0
        : TrainingCost.rate(budget, active, learner);
  }
}
