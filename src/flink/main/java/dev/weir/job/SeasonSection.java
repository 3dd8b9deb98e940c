package dev.weir.job;

import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.job.options.JobFile;
import dev.weir.option.ForecastOptions;

/** Reads the seasons of a job file. */
final class SeasonSection {

  private SeasonSection() {}

  /** In observations; {@link SeasonCounts#AUTO} beside a problem if they can't be used. */
  static SeasonCounts read(JobFile file) {
    try {
      return file.get(ForecastOptions.SEASON).in(file.get(ForecastOptions.INTERVAL));
    } catch (IllegalArgumentException e) {
      file.problem(ForecastOptions.SEASON, e.getMessage());
      return SeasonCounts.AUTO;
    }
  }

  /** That of a network that was trained for all series, beside which no expert learns a second. */
  static int readOne(JobFile file) {
    SeasonCounts seasons = read(file);
    if (seasons.areTwo()) {
      file.problem(
          ForecastOptions.SEASON,
          "expected one season where learning is off, got " + file.get(ForecastOptions.SEASON));
      return LearnerSettings.AUTO;
    }
    return seasons.first();
  }
}
