package dev.weir.forecast.shared;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.network.WindowTrainer;
import dev.weir.model.ForecastModel;
import java.io.Serializable;

/**
 * How the base model of one target of a job is learned from all series. Goes to the tasks with the
 * job graph.
 *
 * @param budget CPU time of shared learning, as a share of that of the rest of the job
 * @param newestVersion highest version of the model that its topic knew when the job was submitted,
 *     active or kept; -1 for none
 */
public record SharedSettings(
    ForecastSettings forecast, ModeSettings target, double budget, long newestVersion)
    implements Serializable {

  /** The same where a version was published before. */
  public SharedSettings withNewestVersion(long version) {
    return new SharedSettings(forecast, target, budget, version);
  }

  /** Selects the values to learn from. */
  public BlockSampler sampler() {
    return new BlockSampler(forecast.seqLen() + target.horizon(), forecast.inputs().features());
  }

  /** The share of the blocks that the budget allows with this model; 0 if it can't be trained. */
  public double rate(ForecastModel active) {
    return WindowTrainer.problemWith(active) != null
        ? 0
        : TrainingCost.rate(
            budget, active, target.learning() == null ? null : target.learning().learner());
  }
}
