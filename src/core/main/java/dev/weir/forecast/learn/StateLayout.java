package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.FollowedSteps;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.SeriesDimensions;
import dev.weir.model.CandidateShape;
import java.util.List;

/**
 * Where each part of a {@link LearnerState} begins, for one season. The history comes first, so
 * that it is found without knowing the rest: that is how a state of other settings is learned
 * again.
 */
final class StateLayout {

  final SeriesDimensions shape;
  final int levels;
  final boolean[] flat; // (experts), whether all steps of a forecast are always equal

  final int mixtureDoubles; // from here to the next: what does not depend on the season
  final int mixtureDoublesEnd;
  final int newestObserved;
  final int spacing;
  final int scores;
  final int intervalDoubles;
  final int stackedSizes;
  final int covariateDoubles;
  final int[] expertDoubles; // (experts + 1)
  final int doubles;

  final int mixtureFloats;
  final int mixtureFloatsEnd;
  final int mean; // of the experts, on its way to its truth, as the next
  final int issued;
  final int losses; // (followed steps, experts)
  final int finalLosses; // (followed steps, 2)
  final int combinedLosses; // (followed steps, 2)
  final int stackedRegression;
  final int holidays;
  final int candidates;
  final int intervalFloats;
  final int covariateFloats;
  final int[] expertFloats; // (experts + 1)
  final int floats;

  final int mixtureShorts; // from here to the next: what does not depend on the season
  final int mixtureShortsEnd;
  final int intervalShorts;
  final int[] said; // what each expert forecast; among the floats if it is flat
  final int corrected;
  final int base; // what the network's forecast starts from
  final int combined; // what the network makes of it
  final int candidateInputs;
  final int candidateErrors;
  final int candidatePhases;
  final int[] expertShorts; // (experts + 1)
  final int phaseLosses; // (phases of a season, experts)
  final int shorts;

  StateLayout(LearnerSettings settings, List<Expert> experts, int season) {
    boolean network = settings.combines();
    if (season > settings.exactLimit() / 2) {
      throw new IllegalArgumentException(
          "season: expected at most %d, half of what is kept exactly, got %d"
              .formatted(settings.exactLimit() / 2, season));
    }
    int horizon = settings.horizon();
    FollowedSteps followed = new FollowedSteps(horizon);
    int waiting = DelayLine.places(followed);
    int exact = History.exact(horizon, season, settings.longestWeek());
    int replay =
        Math.max(
            experts.stream().mapToInt(Expert::replay).max().orElse(0),
            network ? CandidateShape.WINDOW : 0);
    int count = experts.size();
    shape = new SeriesDimensions(horizon, season, exact, settings.tail(), replay);
    levels = settings.levels().size();
    flat = new boolean[count];

    int d = History.DOUBLES;
    mixtureDoubles = d;
    newestObserved = d++;
    spacing = d;
    d += ObservationSpacing.DOUBLES;
    scores = d;
    d += RunningScores.doubles(horizon, levels);
    intervalDoubles = d;
    d += IntervalState.DOUBLES;
    stackedSizes = d;
    d += settings.stacking() ? StackedRegression.doubles(followed) : 0;
    mixtureDoublesEnd = d;
    covariateDoubles = d;
    d += Covariates.doubles(settings.covariates());
    expertDoubles = new int[count + 1];
    for (int e = 0; e < count; e++) {
      expertDoubles[e] = d;
      d += experts.get(e).doubles(shape);
    }
    expertDoubles[count] = d;
    doubles = d;

    int f = History.floats(shape);
    mixtureFloats = f;
    said = new int[count];
    for (int e = 0; e < count; e++) {
      flat[e] = experts.get(e).flat();
      said[e] = f;
      f += flat[e] ? horizon : 0;
    }
    mean = f;
    f += waiting;
    issued = f;
    f += DelayLine.places(FollowedSteps.all(horizon));
    losses = f;
    f += followed.count() * count;
    finalLosses = f;
    f += followed.count() * 2;
    combinedLosses = f;
    f += network ? followed.count() * 2 : 0;
    stackedRegression = f;
    f += settings.stacking() ? StackedRegression.floats(followed, count) : 0;
    holidays = f;
    f += settings.holidays() == null ? 0 : HolidayCorrection.floats(followed);
    candidates = f;
    f += network ? CandidateStage.floats(followed) : 0;
    intervalFloats = f;
    f += IntervalState.floats(horizon, levels);
    mixtureFloatsEnd = f;
    f += IntervalState.phaseFloats(season);
    covariateFloats = f;
    f += Covariates.floats(settings.covariates(), shape);
    expertFloats = new int[count + 1];
    for (int e = 0; e < count; e++) {
      expertFloats[e] = f;
      f += experts.get(e).floats(shape);
    }
    expertFloats[count] = f;
    floats = f;

    int s = History.shorts(shape);
    mixtureShorts = s;
    for (int e = 0; e < count; e++) {
      said[e] = flat[e] ? said[e] : s;
      s += flat[e] ? 0 : waiting;
    }
    corrected = s;
    s += settings.stacking() ? waiting : 0;
    base = s;
    s += network ? waiting : 0;
    combined = s;
    s += network ? waiting : 0;
    candidateInputs = s;
    s += network ? CandidateStage.inputShorts() : 0;
    candidateErrors = s;
    s += network ? CandidateStage.errorShorts(count, followed) : 0;
    intervalShorts = s;
    s += IntervalState.shorts(horizon, levels);
    mixtureShortsEnd = s;
    phaseLosses = s;
    s += SeasonalHedge.shorts(season, count);
    candidatePhases = s;
    s += network ? CandidateStage.phaseShorts(count, season) : 0;
    expertShorts = new int[count + 1];
    for (int e = 0; e < count; e++) {
      expertShorts[e] = s;
      s += experts.get(e).shorts(shape);
    }
    expertShorts[count] = s;
    shorts = s;
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
}
