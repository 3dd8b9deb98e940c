package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.model.ForecastModel;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a {@link Learner} learns. The same for all series of a job, except the season, which each may
 * have its own.
 *
 * @param horizon steps ahead
 * @param experts names, see {@link Experts#NAMES}; the first ones are computed first
 * @param memory how far each series looks back
 * @param combination how the experts become one forecast
 * @param levels of the intervals, ascending, each within (0, 1)
 * @param covariates what comes beside the values
 * @param secondSeason observations in a longer season beside that of each series; 1 for none
 * @param holidays on which days forecasts are corrected; null for none
 * @param outside models outside of Weir that forecast the same series
 */
public record LearnerSettings(
    int horizon,
    List<String> experts,
    Memory memory,
    Combination combination,
    List<Double> levels,
    Covariates.Count covariates,
    int secondSeason,
    HolidaySettings holidays,
    OutsideModels outside)
    implements Serializable {

  /** As a season: find it in the data. */
  public static final int AUTO = 0;

  /** As a season: no season. */
  public static final int NONE = 1;

  /** Values kept, at most; a season may be half of it. */
  public static final int EXACT_LIMIT = 2600;

  /**
   * Values of seven seasons that are looked back to at most: a week of quarters of an hour; one of
   * five minutes would be half of a series' memory.
   */
  static final int LONGEST_WEEK = 720;

  private static final Set<String> STAGES = Set.of("regression", "network", "shift");

  private static final List<String> FEW =
      List.of(
          "naive",
          "weekly-naive",
          "rls-ar",
          "seasonal-profile",
          "median-25",
          "trend",
          "analogs",
          "analogs-wide");

  private static final List<String> CHEAP =
      List.of("naive", "weekly-naive", "seasonal-profile", "median-25", "trend");

  public LearnerSettings {
    experts = List.copyOf(experts);
    levels = List.copyOf(levels);
    check(horizon >= 1 && horizon <= 1_000, "horizon", "1 to 1000", horizon);
    check(!experts.isEmpty(), "experts", "at least one", experts);
    int longest = memory.maxHorizon();
    check(
        horizon <= longest,
        "horizon",
        "at most " + longest + " for a learner of this size",
        horizon);
    check(!levels.isEmpty(), "levels", "at least one", levels);
    double last = 0;
    for (double level : levels) {
      check(level > last && level < 1, "levels", "ascending, within (0, 1)", levels);
      last = level;
    }
    check(secondSeason >= 1, "second season", "at least 1", secondSeason);
  }

  /**
   * How far each series looks back.
   *
   * @param analogWindow values that analogs compare
   * @param analogNeighbours analogs averaged
   * @param tail values that analogs and season detection look back
   */
  public record Memory(int analogWindow, int analogNeighbours, int tail) implements Serializable {

    private static final Memory SHORT = new Memory(24, 12, 512);

    private int maxHorizon() {
      return Math.min(1_000, tail - analogWindow - 50);
    }
  }

  /**
   * How the experts become one forecast.
   *
   * @param isAlone whether a network forecasts out of its candidates, and nothing else is learned
   * @param stages names of those that the chain has of the ones that it may lack
   * @param eta how sharply weights follow errors
   */
  public record Combination(boolean isAlone, Set<String> stages, double eta)
      implements Serializable {

    public Combination {
      stages = Set.copyOf(stages);
    }
  }

  /** Steps ahead of a learner that remembers as much, at most. */
  public int maxHorizon() {
    return memory.maxHorizon();
  }

  /** Whether a network that was trained for all series has the last word. */
  public boolean combines() {
    return combination.stages.contains("network");
  }

  private static void check(boolean holds, String what, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  /** The default of a job: all experts. */
  public static LearnerSettings defaults(int horizon) {
    int tail = horizon <= 8 ? 1000 : 1200; // in both cases a day of five minutes fits the budget
    return of(horizon, Experts.NAMES, new Memory(24, 12, tail), false, STAGES);
  }

  /** For a network that forecasts alone: nothing is learned but how large errors are. */
  public static LearnerSettings alone(int horizon) {
    return of(horizon, CHEAP, Memory.SHORT, true, Set.of("network", "shift"));
  }

  /**
   * For a model that forecasts alone and was trained for all series.
   *
   * @return null for one that reads windows alone, which needs no learner
   */
  public static LearnerSettings following(ForecastModel model, int horizon) {
    return model.combines() ? alone(horizon) : null;
  }

  /** Least memory and time: a few experts and no network. */
  public static LearnerSettings small(int horizon) {
    return of(horizon, FEW, new Memory(12, 8, 512), false, Set.of("regression", "shift"));
  }

  private static LearnerSettings of(
      int horizon, List<String> experts, Memory memory, boolean isAlone, Set<String> stages) {
    return new LearnerSettings(
        horizon,
        experts,
        memory,
        new Combination(isAlone, stages, 8),
        List.of(0.8, 0.95),
        Covariates.Count.NONE,
        NONE,
        null,
        OutsideModels.NONE);
  }

  /** Whether a network forecasts alone: see {@link #alone}. */
  public boolean isAlone() {
    return combination.isAlone;
  }

  public LearnerSettings withExperts(List<String> names) {
    return with(names, levels, combination, covariates, secondSeason, holidays, outside);
  }

  public LearnerSettings withLevels(List<Double> shares) {
    return with(experts, shares, combination, covariates, secondSeason, holidays, outside);
  }

  /** The same, and no network combines the experts. */
  public LearnerSettings withoutNetwork() {
    return withStage("network", false);
  }

  /** The same with or without a stage, see {@link Combination}. */
  public LearnerSettings withStage(String stage, boolean isPresent) {
    Set<String> stages = new HashSet<>(combination.stages);
    if (isPresent) {
      stages.add(stage);
    } else {
      stages.remove(stage);
    }
    Combination changed = new Combination(combination.isAlone, stages, combination.eta);
    return with(experts, levels, changed, covariates, secondSeason, holidays, outside);
  }

  /** The same, and experts that learn from covariates. */
  public LearnerSettings withCovariates(Covariates.Count count) {
    return with(experts, levels, combination, count, secondSeason, holidays, outside);
  }

  /** The same, and forecasts that are corrected on holidays; null for none. */
  public LearnerSettings withHolidays(HolidaySettings days) {
    return with(experts, levels, combination, covariates, secondSeason, days, outside);
  }

  /**
   * The same, and an expert that learns a second, longer season.
   *
   * @param length observations; {@link #NONE} for none
   */
  public LearnerSettings withSecondSeason(int length) {
    return with(experts, levels, combination, covariates, length, holidays, outside);
  }

  /** The same, and models outside of Weir whose forecasts take part. */
  public LearnerSettings withOutside(OutsideModels models) {
    return with(experts, levels, combination, covariates, secondSeason, holidays, models);
  }

  private LearnerSettings with(
      List<String> experts,
      List<Double> levels,
      Combination combination,
      Covariates.Count covariates,
      int secondSeason,
      HolidaySettings holidays,
      OutsideModels outside) {
    return new LearnerSettings(
        horizon, experts, memory, combination, levels, covariates, secondSeason, holidays, outside);
  }
}
