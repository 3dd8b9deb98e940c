package dev.weir.forecast.alarm;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The alarm settings of a job's series, by their names. Immutable.
 *
 * @param common of all series that no override matches
 * @param overrides the first that matches a series' name counts
 * @param thresholds of the series that match; {@link #MAX_THRESHOLDS} at most. Of two with the same
 *     limit and values ahead, the first counts
 */
public record AlarmRules(
    IncidentSettings common, List<Override> overrides, List<SeriesThreshold> thresholds)
    implements Serializable {

  /** Thresholds of a series at most. */
  public static final int MAX_THRESHOLDS = 8;

  /**
   * Alarm settings of some series.
   *
   * @param series matches their full names
   * @param settings null for no alarms
   */
  public record Override(Pattern series, IncidentSettings settings) implements Serializable {}

  /**
   * A threshold of some series.
   *
   * @param series matches their full names; null for all
   */
  public record SeriesThreshold(Pattern series, Threshold threshold) implements Serializable {}

  public AlarmRules {
    overrides = List.copyOf(overrides);
    thresholds = List.copyOf(thresholds);
    if (thresholds.size() > MAX_THRESHOLDS) {
      throw new IllegalArgumentException(
          "thresholds: expected at most %d, got %d".formatted(MAX_THRESHOLDS, thresholds.size()));
    }
  }

  /** Whether a budget counts alarms in a time, so that values need a usual time between them. */
  public boolean needsSpacing() {
    return Stream.concat(Stream.of(common), overrides.stream().map(Override::settings))
        .anyMatch(each -> each != null && each.alarms().budget().millis() > 0);
  }

  /** The same for all series. */
  public static AlarmRules of(IncidentSettings common) {
    return new AlarmRules(common, List.of(), List.of());
  }

  /** The rule of a series; callers cache it, since matching patterns is slow. */
  public SeriesRule of(String series) {
    int first = 0;
    while (first < overrides.size() && !matches(overrides.get(first).series(), series)) {
      first++;
    }
    int[] own =
        IntStream.range(0, thresholds.size())
            .filter(i -> matches(thresholds.get(i).series(), series))
            .filter(i -> isFirst(i, series))
            .toArray();
    return new SeriesRule(this, first == overrides.size() ? SeriesRule.COMMON : first, own);
  }

  /** Whether no earlier threshold is about the same event of the series. */
  private boolean isFirst(int number, String series) {
    return thresholds.subList(0, number).stream()
        .filter(before -> before.threshold().isSameEvent(thresholds.get(number).threshold()))
        .noneMatch(before -> matches(before.series(), series));
  }

  private static boolean matches(Pattern pattern, String series) {
    return pattern == null || NameMatcher.match(pattern, series) != null;
  }
}
