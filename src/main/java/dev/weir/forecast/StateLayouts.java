package dev.weir.forecast;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.History;
import java.util.ArrayList;
import java.util.List;

/**
 * The memories that one learner can go on with: a {@link StateLayout} for each season that it has
 * met, and a number that tells its memories from those of other settings.
 */
final class StateLayouts {

  private final LearnerSettings settings;
  private final Expert[] experts;
  private final Mixture mixture;
  private final long id;
  private final List<StateLayout> known = new ArrayList<>();

  StateLayouts(LearnerSettings settings, Expert[] experts, Mixture mixture) {
    this.settings = settings;
    this.experts = experts;
    this.mixture = mixture;
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
    StateLayout layout =
        new StateLayout(
            settings, experts, mixture.hedge(), mixture.stack(), mixture.tracker(), season);
    known.add(layout);
    return layout;
  }

  /** A memory of zeros. */
  LearnerState empty(int season, boolean detect) {
    StateLayout layout = of(season);
    LearnerState memory =
        new LearnerState(
            new long[LearnerState.LONGS + History.LONGS],
            new double[layout.doubles],
            new float[layout.floats]);
    memory.longs[LearnerState.LAYOUT] = id;
    memory.longs[LearnerState.SEASON] = season;
    memory.longs[LearnerState.DETECT] = detect ? 1 : 0;
    memory.longs[LearnerState.FORMAT] = LearnerState.HISTORY_FORMAT;
    return memory;
  }

  /** Whether a memory says that it is one of these. */
  boolean isOne(LearnerState memory) {
    return memory.longs[LearnerState.LAYOUT] == id;
  }

  /** Whether it is, and has the sizes of one. */
  boolean fits(LearnerState memory) {
    if (memory.longs.length != LearnerState.LONGS + History.LONGS || !isOne(memory)) {
      return false;
    }
    long season = memory.longs[LearnerState.SEASON];
    if (season < 1 || season > settings.exactLimit() / 2) {
      return false;
    }
    StateLayout expected = of((int) season);
    return memory.doubles.length == expected.doubles && memory.floats.length == expected.floats;
  }
}
