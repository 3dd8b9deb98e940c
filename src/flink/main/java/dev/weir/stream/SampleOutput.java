package dev.weir.stream;

import dev.weir.forecast.shared.BlockSampler;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.forecast.shared.TrainingEvent;
import dev.weir.forecast.shared.TrainingEvent.ActiveModel;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** Sends values that are sampled, and models that become active, to the trainers of a job. */
public final class SampleOutput {

  /**
   * One trainer.
   *
   * @param settings what it learns
   * @param tag of the side output that it reads
   */
  public record Target(SharedSettings settings, OutputTag<TrainingEvent> tag)
      implements Serializable {}

  private final List<Target> targets;
  private final BlockSampler[] samplers; // by target
  private final Output<? extends StreamRecord<?>> output;

  SampleOutput(List<Target> targets, Output<? extends StreamRecord<?>> output) {
    this.targets = targets;
    this.output = output;
    this.samplers = new BlockSampler[targets.size()];
    for (int i = 0; i < samplers.length; i++) {
      SharedSettings settings = targets.get(i).settings();
      samplers[i] = settings.sampler();
      ForecastModel initial = settings.target().initial();
      if (initial != null) {
        samplers[i].rate(settings.rate(initial));
      }
    }
  }

  /** A model is active from now on; its size decides how much is sampled. */
  void use(Mode mode, ForecastModel model) {
    for (int i = 0; i < samplers.length; i++) {
      if (targets.get(i).settings().target().mode() == mode) {
        samplers[i].rate(targets.get(i).settings().rate(model));
      }
    }
  }

  /** Tells the trainer of a mode that a model is active; of all tasks, one does. */
  void active(Mode mode, ForecastModel model, boolean restored) {
    for (Target target : targets) {
      if (target.settings().target().mode() == mode) {
        send(target, new ActiveModel(model, restored));
      }
    }
  }

  /** A series has moved on to the newest value of the window. */
  void advanced(SequenceWindow window) {
    for (int i = 0; i < samplers.length; i++) {
      TrainingEvent value = samplers[i].sample(window);
      if (value != null) {
        send(targets.get(i), value);
      }
    }
  }

  private void send(Target target, TrainingEvent event) {
    output.collect(target.tag(), new StreamRecord<>(event));
  }
}
