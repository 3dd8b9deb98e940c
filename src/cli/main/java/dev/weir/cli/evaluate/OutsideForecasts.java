package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.Evaluation.Sums;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.OutsideFile.Said;
import dev.weir.forecast.Score.Method;
import dev.weir.forecast.stage.OutsideModels;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What outside models had said of the steps after each value of a series: of each step, the newest
 * forecast that was made at the value's time or before. Immutable.
 */
final class OutsideForecasts {

  /** The forecasts of one model, by the row that they are of, then by when they were made. */
  private record OfModel(int[] first, long[] made, double[] values) {}

  private final Grid grid;
  private final OutsideModels models;
  private final int horizon;
  private final int covariates;
  private final OfModel[] all; // (models), null for none

  /**
   * @param plan whose learner says which models there are
   */
  OutsideForecasts(EvaluationPlan plan, Grid grid) {
    this.grid = grid;
    this.models = plan.others().outside();
    this.horizon = plan.others().horizon();
    this.covariates = plan.featuresAhead();
    this.all = new OfModel[models.count()];
    for (int m = 0; m < all.length && plan.outside() != null; m++) {
      String series = grid.rows().get(0).series();
      List<Said> known = plan.outside().of(series, models.names().get(m));
      all[m] = known.isEmpty() ? null : of(known);
    }
  }

  private OfModel of(List<Said> known) {
    int values = grid.newestRow() + 1;
    int rows = values + horizon;
    long[] next = next(values);
    int[] rowOf = new int[known.size()];
    int[] first = new int[rows + 1];
    for (int i = 0; i < rowOf.length; i++) {
      rowOf[i] = grid.rowOf(known.get(i).time());
      if (rowOf[i] < 0) { // by count
        int step = Arrays.binarySearch(next, known.get(i).time());
        rowOf[i] = step < 0 ? -1 : values + step;
      }
      rowOf[i] = rowOf[i] < rows ? rowOf[i] : -1;
      if (rowOf[i] >= 0) {
        first[rowOf[i] + 1]++;
      }
    }
    Arrays.parallelPrefix(first, Integer::sum);
    int[] place = first.clone();
    long[] made = new long[first[rows]];
    double[] said = new double[made.length];
    for (int i = 0; i < rowOf.length; i++) {
      if (rowOf[i] >= 0) {
        int at = place[rowOf[i]]++;
        made[at] = known.get(i).made();
        said[at] = known.get(i).value();
      }
    }
    return new OfModel(first, made, said);
  }

  /** The times after the newest value; by count, as far apart as the newest two. */
  private long[] next(int values) {
    long newest = grid.newest().time();
    long distance = values < 2 ? 0 : newest - grid.rows().get(values - 2).time();
    long[] byCount = new long[horizon];
    Arrays.setAll(byCount, i -> newest + (i + 1) * distance);
    return grid.next(horizon, byCount);
  }

  /** The place of what a model had said at a row of a step after it; negative for nothing. */
  private int find(OfModel model, int row, int step) {
    int target = row + step;
    if (model == null || target >= model.first.length - 1) {
      return -1;
    }
    int from = model.first[target];
    long now = grid.rows().get(row).time();
    int newest = model.first[target + 1] - 1;
    while (newest >= from && model.made[newest] > now) {
      newest--;
    }
    return newest < from ? -1 : newest;
  }

  /**
   * What an observation brings.
   *
   * @param known (steps, covariates known ahead), row-major
   * @return (steps, covariates known ahead and columns of the models), row-major; NaN for unknown
   */
  double[] append(double[] known, int row) {
    int width = covariates + all.length;
    double[] ahead = new double[horizon * width];
    Arrays.fill(ahead, Double.NaN);
    for (int k = 0; covariates > 0 && k < known.length / covariates; k++) {
      System.arraycopy(known, k * covariates, ahead, k * width, covariates);
    }
    for (int m = 0; m < all.length; m++) {
      for (int k = 0; k < horizon; k++) {
        int found = find(all[m], row, 1 + k);
        if (found >= 0) {
          ahead[k * width + covariates + m] = all[m].values[found];
        }
      }
    }
    return ahead;
  }

  /**
   * Scores at the steps that a model forecasts, by its name, then by method: its own, which is
   * first, and those of ours; without models that forecast none.
   *
   * @param ours forecasts by method
   */
  Map<String, Map<String, SeriesScore>> scores(Trial trial, Map<String, TrialForecasts> ours) {
    Map<String, Map<String, SeriesScore>> scores = new LinkedHashMap<>();
    for (int m = 0; m < all.length; m++) {
      Sums own = new Sums(0);
      Sums naive = new Sums(0);
      Sums seasonal = new Sums(0);
      for (int t = trial.firstOrigin(); t <= trial.lastOrigin(); t++) {
        for (int i = 1; trial.isOrigin(t) && i <= horizon; i++) {
          int found = find(all[m], t - 1, i);
          if (found >= 0) {
            own.add(i, trial.truth(t + i), all[m].values[found]);
            naive.add(i, trial.truth(t + i), trial.value(t));
            seasonal.add(i, trial.truth(t + i), trial.seasonal(t, i));
          }
        }
      }
      if (own.count() > 0) {
        Map<String, SeriesScore> of = new LinkedHashMap<>();
        String name = Method.OUTSIDE + models.names().get(m);
        of.put(name, trial.score(own, naive, seasonal));
        for (Map.Entry<String, TrialForecasts> by : ours.entrySet()) {
          of.put(by.getKey(), trial.score(by.getValue().ofModels[m], naive, seasonal));
        }
        scores.put(name, of);
      }
    }
    return scores;
  }

  /** Adds a forecast to the sums of each model, at the steps that it forecasts. */
  void add(Sums[] ofModels, Trial trial, int t, double[] forecast) {
    for (int m = 0; m < all.length; m++) {
      for (int i = 1; i <= forecast.length; i++) {
        if (find(all[m], t - 1, i) >= 0) {
          ofModels[m].add(i, trial.truth(t + i), forecast[i - 1]);
        }
      }
    }
  }

  /** New sums for each model. */
  Sums[] newSums() {
    return Stream.generate(() -> new Sums(0)).limit(all.length).toArray(Sums[]::new);
  }
}
