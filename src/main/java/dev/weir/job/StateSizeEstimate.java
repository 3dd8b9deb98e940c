package dev.weir.job;

import dev.weir.classify.series.SeriesClassifier;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.expert.Expert;
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

/** How much state a series takes, known before there is one. docs/performance.md measures it. */
public final class StateSizeEstimate {

  /** A window's own fields: a window of 5 values was measured at 113 bytes. */
  private static final int WINDOW = 33;

  private static final int VALUE = 16; // time and value

  /** What Flink's heap backend adds to a state: its entry and the name. */
  private static final int HEAP_ENTRY = 150;

  private StateSizeEstimate() {}

  /** Bytes of a series of a job in a checkpoint. */
  public static long inCheckpoint(JobSettings job) {
    long forecast = job.forecast().targets().isEmpty() ? 0 : inCheckpoint(job.forecast());
    return forecast + classes(job);
  }

  /** Bytes of a series of a job on the heap of a task. */
  public static long onHeap(JobSettings job) {
    long forecast = job.forecast().targets().isEmpty() ? 0 : onHeap(job.forecast());
    return forecast + (job.classify() == null ? 0 : classes(job) + HEAP_ENTRY);
  }

  private static long classes(JobSettings job) {
    return job.classify() == null ? 0 : SeriesClassifier.seriesBytes(job.classify());
  }

  /** Bytes of a series in a checkpoint. */
  public static long inCheckpoint(ForecastSettings settings) {
    long bytes = WINDOW + (long) settings.seqLen() * (VALUE + 8L * settings.features());
    for (Target target : settings.targets()) {
      Learning learning = target.learning();
      if (learning != null) {
        bytes +=
            learned(
                learning.learner(),
                learning.season(),
                settings.seqLen(),
                target.model() != null,
                target.initialModel());
      }
    }
    return bytes;
  }

  /** Bytes of a series on the heap of a task. */
  public static long onHeap(ForecastSettings settings) {
    long states = 1 + settings.targets().stream().filter(t -> t.learning() != null).count();
    return inCheckpoint(settings) + states * HEAP_ENTRY;
  }

  /**
   * What is learned of a series takes, with a copy of the model that the job starts with, if it is
   * to have one.
   *
   * @throws IllegalArgumentException when settings don't go together
   */
  static int learned(
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

  static ForecastModel read(byte[] written) {
    try {
      return ModelFiles.fromBytes(written, ModelFiles.Defaults.NONE, "initial model");
    } catch (ModelFormatException e) {
      throw new IllegalStateException("a model that was just written must be readable", e);
    }
  }
}
