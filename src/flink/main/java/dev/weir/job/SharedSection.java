package dev.weir.job;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.network.WindowTrainer;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.NetworkOptions;
import java.util.ArrayList;
import java.util.List;

/** Reads the section {@code learning.shared} of a job file. */
final class SharedSection {

  private SharedSection() {}

  /** What shared learning trains: the base models of the job; empty where it is off. */
  static List<SharedSettings> read(JobFile file, ForecastSettings forecast) {
    boolean isOn =
        file.has(NetworkOptions.SHARED)
            ? file.get(NetworkOptions.SHARED)
            : file.has(NetworkOptions.BUDGET);
    double budget = file.get(NetworkOptions.BUDGET).value() / 100;
    if (!isOn) {
      return List.of();
    }
    List<SharedSettings> shared = new ArrayList<>();
    for (Target target : forecast.targets()) {
      if (target.model() == null || target.model().isEmpty()) {
        continue;
      }
      String problem =
          target.initialModel() == null ? null : WindowTrainer.problemWith(target.initial());
      if (problem != null) {
        file.problem(NetworkOptions.SHARED, problem);
      }
      shared.add(SharedSettings.of(forecast, target, budget));
    }
    if (shared.isEmpty()) {
      file.problem(
          NetworkOptions.SHARED,
          "expected a base model that reads windows, such as forecast.many-to-one.model with a"
              + " file of weir train --epochs 0, got none");
    }
    if (forecast.seqLen() < 2 && forecast.sampling().isByCount()) {
      file.problem(
          NetworkOptions.SHARED,
          "expected window.seq-len of 2 or more, or window.interval, got a window of 1");
    }
    return shared;
  }
}
