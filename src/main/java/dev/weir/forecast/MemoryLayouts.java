package dev.weir.forecast;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.History;
import java.util.ArrayList;
import java.util.List;

/**
 * The memories that one learner can go on with: a {@link MemoryLayout} for each season that it has
 * met, and a number that tells its memories from those of other settings.
 */
final class MemoryLayouts {

  private final LearnerSettings settings;
  private final Expert[] experts;
  private final Mixture mixture;
  private final long id;
  private final List<MemoryLayout> known = new ArrayList<>();

  MemoryLayouts(LearnerSettings settings, Expert[] experts, Mixture mixture) {
    this.settings = settings;
    this.experts = experts;
    this.mixture = mixture;
    StringBuilder names = new StringBuilder();
    for (Expert expert : experts) {
      names.append(expert.name()).append(' ');
    }
    this.id = SeriesMemory.LAYOUT_VERSION * 1_000_000_007L + (names + settings.layout()).hashCode();
  }

  /** The layout for a season. Allocates when the season is new. */
  MemoryLayout of(int season) {
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).shape.season() == season) {
        return known.get(i);
      }
    }
    MemoryLayout layout =
        new MemoryLayout(
            settings, experts, mixture.hedge(), mixture.stack(), mixture.tracker(), season);
    known.add(layout);
    return layout;
  }

  /** A memory of zeros. */
  SeriesMemory empty(int season, boolean detect) {
    MemoryLayout layout = of(season);
    SeriesMemory memory =
        new SeriesMemory(
            new long[SeriesMemory.LONGS + History.LONGS],
            new double[layout.doubles],
            new float[layout.floats]);
    memory.longs[SeriesMemory.LAYOUT] = id;
    memory.longs[SeriesMemory.SEASON] = season;
    memory.longs[SeriesMemory.DETECT] = detect ? 1 : 0;
    memory.longs[SeriesMemory.FORMAT] = SeriesMemory.HISTORY_FORMAT;
    return memory;
  }

  /** Whether a memory says that it is one of these. */
  boolean isOne(SeriesMemory memory) {
    return memory.longs[SeriesMemory.LAYOUT] == id;
  }

  /** Whether it is, and has the sizes of one. */
  boolean fits(SeriesMemory memory) {
    if (memory.longs.length != SeriesMemory.LONGS + History.LONGS || !isOne(memory)) {
      return false;
    }
    long season = memory.longs[SeriesMemory.SEASON];
    if (season < 1 || season > settings.exactLimit() / 2) {
      return false;
    }
    MemoryLayout expected = of((int) season);
    return memory.doubles.length == expected.doubles && memory.floats.length == expected.floats;
  }
}
