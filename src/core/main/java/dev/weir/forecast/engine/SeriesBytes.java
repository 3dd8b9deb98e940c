package dev.weir.forecast.engine;

import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.NetworkTraining.Tuning;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.network.TunedModelExpert;
import dev.weir.model.ForecastModel;
import java.util.ArrayList;
import java.util.List;

/** How many bytes what is learned of a series takes. */
public final class SeriesBytes {

  /** Bytes of a series at most: a million series of this size fill a cluster already. */
  public static final int MAX = 2 << 20;

  /** The same of a series of several targets. */
  public static final int MAX_OF_TARGETS = 8 * MAX;

  private SeriesBytes() {}

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
  public static int of(
      LearnerSettings learner, int season, int seqLen, boolean hasModel, byte[] initialModel) {
    List<Expert> own = new ArrayList<>();
    int copy = 0;
    if (hasModel && learner.isAlone() && !learner.combines()) {
      own.add(new BaseModelExpert(seqLen));
    } else if (hasModel && !learner.isAlone() && learner.training().tuning() != Tuning.OFF) {
      BaseModelExpert base = new BaseModelExpert();
      TunedModelExpert tuned = new TunedModelExpert(base, seqLen, learner.training());
      own.addAll(List.of(base, tuned));
      ForecastModel model = initialModel == null ? null : ModeSettings.read(initialModel);
      copy = model == null || !model.candidates().isEmpty() ? 0 : tuned.bytes(model);
    }
    return copy + new Learner(learner, own).newSeries("a first one", season).bytes();
  }
}
