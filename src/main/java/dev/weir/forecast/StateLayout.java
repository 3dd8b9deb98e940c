package dev.weir.forecast;

import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.Shape;

/**
 * Where everything lies in a {@link LearnerState} for one season. The history comes first, so that
 * it is found without knowing the rest: that is how a memory of other settings is learnt again.
 */
final class StateLayout {

  final Shape shape;

  final int mixtureDoubles; // from here to the next: what does not depend on the season
  final int mixtureDoublesEnd;
  final int raw; // the newest value as it came
  final int spacing; // the usual step of time, and for how many values it has been usual
  final int scores; // rows of RunningScores
  final int stackDoubles;
  final int trackerDoubles;
  final int[] expertDoubles;
  final int doubles;

  final int mixtureFloats;
  final int mixtureFloatsEnd;
  final int[] said; // what each expert forecast, on its way to its truth
  final int mean;
  final int corrected;
  final int issued;
  final int losses; // (horizon, experts)
  final int phaseLosses; // (phases of a season, experts)
  final int finalLosses; // (horizon, 2)
  final int trackerFloats;
  final int[] expertFloats;
  final int floats;

  /**
   * @param stack null when there is none
   */
  StateLayout(
      LearnerSettings settings,
      Expert[] experts,
      PhasedHedge hedge,
      StackedRegression stack,
      IntervalTracker tracker,
      int season) {
    if (season > settings.exactLimit() / 2) {
      throw new IllegalArgumentException(
          "season: expected at most %d, half of what is kept exactly, got %d"
              .formatted(settings.exactLimit() / 2, season));
    }
    int horizon = settings.horizon();
    int exact = History.exact(horizon, season, settings.longestWeek());
    int replay = 0;
    for (Expert expert : experts) {
      replay = Math.max(replay, expert.replay());
    }
    shape = new Shape(horizon, season, exact, settings.tail(), replay);

    int d = History.doubles(shape);
    mixtureDoubles = d;
    raw = d++;
    spacing = d;
    d += Spacing.DOUBLES;
    scores = d;
    d += RunningScores.doubles(horizon, settings.levels().size());
    stackDoubles = d;
    d += stack == null ? 0 : stack.doubles();
    trackerDoubles = d;
    d += tracker.doubles();
    mixtureDoublesEnd = d;
    expertDoubles = new int[experts.length];
    for (int e = 0; e < experts.length; e++) {
      expertDoubles[e] = d;
      d += experts[e].doubles(shape);
    }
    doubles = d;

    int f = History.floats(shape);
    mixtureFloats = f;
    said = new int[experts.length];
    for (int e = 0; e < experts.length; e++) {
      said[e] = f;
      f += experts[e].flat() ? horizon : DelayLine.floats(horizon);
    }
    mean = f;
    f += DelayLine.floats(horizon);
    corrected = f;
    f += DelayLine.floats(horizon);
    issued = f;
    f += DelayLine.floats(horizon);
    losses = f;
    f += horizon * experts.length;
    finalLosses = f;
    f += horizon * 2;
    trackerFloats = f;
    f += tracker.floats(0);
    mixtureFloatsEnd = f;
    f += tracker.floats(season) - tracker.floats(0);
    phaseLosses = f;
    f += hedge.floats(season);
    expertFloats = new int[experts.length];
    for (int e = 0; e < experts.length; e++) {
      expertFloats[e] = f;
      f += experts[e].floats(shape);
    }
    floats = f;
  }

  /** Copies what does not depend on the season from a memory of another season. */
  void copyMixture(LearnerState from, StateLayout of, LearnerState to) {
    System.arraycopy(
        from.doubles,
        of.mixtureDoubles,
        to.doubles,
        mixtureDoubles,
        mixtureDoublesEnd - mixtureDoubles);
    System.arraycopy(
        from.floats, of.mixtureFloats, to.floats, mixtureFloats, mixtureFloatsEnd - mixtureFloats);
  }
}
