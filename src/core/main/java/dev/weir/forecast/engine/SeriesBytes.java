package dev.weir.forecast.engine;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.BaseModelExpert;
import java.util.ArrayList;
import java.util.List;

/** How many bytes what is learned of a series takes. */
public final class SeriesBytes {

  private SeriesBytes() {}

  /**
   * Bytes that what is learned of a series takes.
   *
   * @param season observations in a season, or {@link LearnerSettings#AUTO}
   * @param seqLen values in a window
   * @param hasModel whether a base model takes part
   * @throws IllegalArgumentException when settings don't go together
   */
  public static int of(LearnerSettings learner, int season, int seqLen, boolean hasModel) {
    List<Expert> own = new ArrayList<>();
    if (hasModel && learner.isAlone() && !learner.combines()) {
      own.add(new BaseModelExpert(seqLen));
    }
    return new Learner(learner, own).newSeries("a first one", season).bytes();
  }
}
