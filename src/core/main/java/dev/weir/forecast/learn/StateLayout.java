package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.forecast.holiday.HolidayCorrection;
import dev.weir.model.CandidateShape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Declares the parts of a {@link LearnerState}, for one season: names, sizes, and so where each
 * begins. The history comes first, so that it is found without knowing the rest: that is how a
 * state of other settings is learned again.
 */
final class StateLayout {

  final SeriesDimensions shape;
  final int levels;
  final boolean[] flat; // (experts), whether all steps of a forecast are always equal

  final Parts doubles = new Parts();
  final Parts floats = new Parts();
  final Parts shorts = new Parts();

  final int mixtureDoubles; // from here to the next: what does not depend on the season
  final int mixtureDoublesEnd;
  final int newestObserved;
  final int spacing;
  final int scores;
  final int intervalDoubles;
  final int stackedSizes;
  final int outsideDoubles;
  final int covariateDoubles;
  final int[] expertDoubles; // (experts + 1)

  final int mixtureFloats;
  final int mixtureFloatsEnd;
  final int mean; // of the experts, on its way to its truth, as the next
  final int issued;
  final int losses; // (followed steps, experts)
  final int finalLosses; // (followed steps, 2)
  final int combinedLosses; // (followed steps, 2)
  final int stackedRegression;
  final int holidays;
  final int shift;
  final int candidates;
  final int outsideFloats;
  final int intervalFloats;
  final int covariateFloats;
  final int[] expertFloats; // (experts + 1)

  final int mixtureShorts; // from here to the next: what does not depend on the season
  final int mixtureShortsEnd;
  final int intervalShorts;
  final int[] said; // what each expert forecast; among the floats if it is flat
  final int corrected;
  final int base; // what the network's forecast starts from
  final int combined; // what the network makes of it
  final int outsideShorts;
  final int candidateInputs;
  final int candidateErrors;
  final int networkAnswer;
  final int candidatePhases;
  final int[] expertShorts; // (experts + 1)
  final int phaseLosses; // (phases of a season, experts)

  StateLayout(LearnerSettings settings, List<Expert> experts, int season) {
    boolean network = settings.combines();
    if (season > LearnerSettings.EXACT_LIMIT / 2) {
      throw new IllegalArgumentException(
          "season: expected at most %d, half of what is kept exactly, got %d"
              .formatted(LearnerSettings.EXACT_LIMIT / 2, season));
    }
    int horizon = settings.horizon();
    FollowedSteps followed = new FollowedSteps(horizon);
    FollowedSteps scored = FollowedSteps.scored(horizon);
    int waiting = DelayLine.places(followed);
    int exact = History.exact(horizon, season, LearnerSettings.LONGEST_WEEK);
    int replay = network ? CandidateShape.WINDOW : 0;
    int count = experts.size();
    shape = new SeriesDimensions(horizon, season, exact, settings.memory().tail(), replay);
    levels = settings.levels().size();
    flat = new boolean[count];

    Parts d = doubles;
    d.add("history", History.DOUBLES);
    mixtureDoubles = d.size();
    newestObserved = d.add("newest value as it came", 1);
    spacing = d.add("spacing of times", ObservationSpacing.DOUBLES);
    scores = d.add("running scores", RunningScores.doubles(scored, levels));
    intervalDoubles = d.add("most frequent value", IntervalState.DOUBLES);
    stackedSizes =
        d.add(
            "sizes of inputs",
            settings.combination().stacking() ? StackedRegression.doubles(followed) : 0);
    outsideDoubles = d.add("models outside", OutsideStage.doubles(settings.outside(), followed));
    mixtureDoublesEnd = d.size();
    covariateDoubles = d.add("covariates", Covariates.doubles(settings.covariates()));
    expertDoubles = d.add(experts, expert -> expert.doubles(shape));

    Parts f = floats;
    f.add("history", History.floats(shape));
    mixtureFloats = f.size();
    said = new int[count];
    for (int e = 0; e < count; e++) {
      flat[e] = experts.get(e).flat();
      said[e] = f.add("open forecasts of " + experts.get(e).name(), flat[e] ? horizon : 0);
    }
    mean = f.add("open forecasts, the experts' mean", waiting);
    issued = f.add("open forecasts as issued", DelayLine.allPlaces(scored));
    losses = f.add("running errors of the experts", followed.count() * count);
    finalLosses = f.add("running errors of mean and regression", followed.count() * 2);
    combinedLosses =
        f.add("running errors of base and network", network ? followed.count() * 2 : 0);
    stackedRegression =
        f.add(
            "regression",
            settings.combination().stacking() ? StackedRegression.floats(followed, count) : 0);
    holidays =
        f.add("holidays", settings.holidays() == null ? 0 : HolidayCorrection.floats(followed));
    shift = f.add("shift of the level", LevelShift.FLOATS);
    candidates = f.add("candidates", network ? CandidateStage.floats(followed) : 0);
    outsideFloats = f.add("models outside", OutsideStage.floats(settings.outside(), followed));
    intervalFloats = f.add("intervals", IntervalState.floats(scored, levels));
    mixtureFloatsEnd = f.size();
    f.add("errors by phase", IntervalState.phaseFloats(season));
    covariateFloats = f.add("covariates", Covariates.floats(settings.covariates(), shape));
    expertFloats = f.add(experts, expert -> expert.floats(shape));

    Parts s = shorts;
    s.add("history's tail", History.shorts(shape));
    mixtureShorts = s.size();
    for (int e = 0; e < count; e++) {
      int first = s.add("open forecasts of " + experts.get(e).name(), flat[e] ? 0 : waiting);
      said[e] = flat[e] ? said[e] : first;
    }
    corrected =
        s.add("open forecasts of the regression", settings.combination().stacking() ? waiting : 0);
    base = s.add("open forecasts, the network's base", network ? waiting : 0);
    combined = s.add("open forecasts of the network", network ? waiting : 0);
    outsideShorts = s.add("models outside", OutsideStage.shorts(settings.outside(), followed));
    candidateInputs = s.add("inputs of candidates", network ? CandidateStage.inputShorts() : 0);
    candidateErrors =
        s.add("errors of candidates", network ? CandidateStage.errorShorts(count, followed) : 0);
    networkAnswer =
        s.add(
            "the network's answer",
            network && !settings.isAlone() ? CandidateStage.answerShorts(count, followed) : 0);
    intervalShorts = s.add("issued intervals", IntervalState.shorts(scored, levels));
    mixtureShortsEnd = s.size();
    phaseLosses = s.add("running errors by phase", SeasonalHedge.shorts(season, count));
    candidatePhases =
        s.add("candidates by phase", network ? CandidateStage.phaseShorts(count, season) : 0);
    expertShorts = s.add(experts, expert -> expert.shorts(shape));
  }

  /** Parts of an array, one after the other. */
  static final class Parts {

    private final List<Integer> ends = new ArrayList<>();

    /** Appends a part; returns where it begins. */
    int add(String name, int length) {
      int first = size();
      ends.add(first + length);
      return first;
    }

    /** (experts + 1), where each begins, and the end. */
    int[] add(List<Expert> experts, ToIntFunction<Expert> length) {
      int[] firsts = new int[experts.size() + 1];
      for (int e = 0; e < experts.size(); e++) {
        firsts[e] = add(experts.get(e).name(), length.applyAsInt(experts.get(e)));
      }
      firsts[experts.size()] = size();
      return firsts;
    }

    int size() {
      return ends.isEmpty() ? 0 : ends.get(ends.size() - 1);
    }
  }

  /** Copies what does not depend on the season from the arrays of another season. */
  void copyMixture(
      double[] fromDoubles,
      float[] fromFloats,
      short[] fromShorts,
      StateLayout of,
      LearnerState to) {
    System.arraycopy(
        fromDoubles,
        of.mixtureDoubles,
        to.doubles(),
        mixtureDoubles,
        mixtureDoublesEnd - mixtureDoubles);
    System.arraycopy(
        fromFloats, of.mixtureFloats, to.floats(), mixtureFloats, mixtureFloatsEnd - mixtureFloats);
    System.arraycopy(
        fromShorts, of.mixtureShorts, to.shorts(), mixtureShorts, mixtureShortsEnd - mixtureShorts);
  }

  /**
   * Copies history, scores, intervals and what was issued to a state of other experts for the same
   * season.
   */
  void copyIssued(LearnerState from, LearnerState to, StateLayout after) {
    System.arraycopy(from.doubles(), 0, to.doubles(), 0, mixtureDoublesEnd);
    float[] floats = from.floats();
    System.arraycopy(floats, 0, to.floats(), 0, mixtureFloats);
    System.arraycopy(floats, issued, to.floats(), after.issued, losses - issued);
    System.arraycopy(floats, holidays, to.floats(), after.holidays, candidates - holidays);
    System.arraycopy(
        floats,
        intervalFloats,
        to.floats(),
        after.intervalFloats,
        covariateFloats - intervalFloats);
    System.arraycopy(from.shorts(), 0, to.shorts(), 0, mixtureShorts);
    System.arraycopy(
        from.shorts(),
        intervalShorts,
        to.shorts(),
        after.intervalShorts,
        mixtureShortsEnd - intervalShorts);
  }
}
