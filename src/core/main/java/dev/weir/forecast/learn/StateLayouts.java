package dev.weir.forecast.learn;

import dev.weir.forecast.expert.Expert;
import java.util.ArrayList;
import java.util.List;

/**
 * The states that one learner can continue: a {@link StateLayout} for each season that it has met,
 * and a number that tells its states from those of other settings.
 */
final class StateLayouts {

  private final LearnerSettings settings;
  private final List<Expert> experts;
  private final long id;
  private final List<StateLayout> known = new ArrayList<>();

  StateLayouts(LearnerSettings settings, List<Expert> experts) {
    this.settings = settings;
    this.experts = experts;
    StringBuilder names = new StringBuilder();
    for (Expert expert : experts) {
      names.append(expert.name()).append(' ');
    }
    this.id = LearnerState.LAYOUT_VERSION * 1_000_000_007L + (names + settings.layout()).hashCode();
  }

  /** The layout for a season. Allocates when the season is new. */
  StateLayout of(int season) {
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).shape.season() == season) {
        return known.get(i);
      }
    }
    StateLayout layout = new StateLayout(settings, experts, season);
    known.add(layout);
    return layout;
  }

  LearnerState empty(int season, boolean needsSeason) {
    return new LearnerState(of(season), id, needsSeason);
  }

  /** Whether a state says that it is one of these. */
  boolean isOne(LearnerState state) {
    return state.layoutId() == id;
  }

  /** Whether it is, and has the sizes of one. */
  boolean fits(LearnerState state) {
    if (!state.isComplete()
        || !isOne(state)
        || !state.hasSeasonUpTo(LearnerSettings.EXACT_LIMIT / 2)) {
      return false;
    }
    StateLayout expected = of(state.season());
    return state.doubles().length == expected.doubles.size()
        && state.floats().length == expected.floats.size()
        && state.shorts().length == expected.shorts.size();
  }
}
