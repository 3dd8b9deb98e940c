package dev.weir.cli.init;

import dev.weir.cli.series.ColumnGuess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of some records could be what: by the names of fields and by what they hold.
 *
 * @param format name of the table format
 * @param each path of the array whose elements are observations; empty: the records are
 * @param series parts of a series' name
 * @param time path of the time; empty: the record's timestamp
 * @param values paths of the values
 */
record MappingGuess(
    String format, String each, List<String> series, String time, List<String> values) {

  private static final int MAX_VALUES = 20;
  private static final int MAX_PARTS = 4;

  private static final Pattern TIME =
      Pattern.compile(
          "(?i)(.*[_-]?)?(time(stamp)?|ts|date(time)?|when|at|timeunixnano)"
              + "([_-]?(\\w{0,3}|seconds|millis|micros|nanos))?");

  /**
   * The best guess; empty where no field could be a value.
   *
   * @param format of the records; null: JSON, or change events in it
   */
  static Optional<MappingGuess> of(RecordProfile profile, String format) {
    String otherwise = profile.hasNames() ? "key" : "topic";
    String found = format != null ? format : profile.isOfChanges() ? "debezium-json" : "json";
    return profile.groups().stream()
        .map(group -> of(profile, found, group, otherwise))
        .filter(guess -> !guess.values().isEmpty())
        .max(
            Comparator.comparing((MappingGuess guess) -> guess.varies(profile))
                .thenComparingInt(guess -> guess.each().isEmpty() ? 1 : 0)
                .thenComparingInt(guess -> samples(profile, guess)));
  }

  /** Whether a value changes; a single one may be a setting beside an array of values. */
  private boolean varies(RecordProfile profile) {
    return profile.fields(each).stream()
        .anyMatch(field -> values.contains(field.path()) && field.different() > 1);
  }

  private static int samples(RecordProfile profile, MappingGuess guess) {
    return profile.fields(guess.each()).stream()
        .filter(field -> guess.values().contains(field.path()))
        .mapToInt(FieldProfile::count)
        .sum();
  }

  private static MappingGuess of(
      RecordProfile profile, String format, String group, String otherwise) {
    List<FieldProfile> visible = profile.visible(group);
    FieldProfile time = time(visible);
    List<String> values = values(profile, group, time, false);
    if (values.isEmpty()) { // a list of keys may hold readings, too
      values = values(profile, group, time, true);
    }
    return new MappingGuess(
        format,
        group,
        series(profile, group, time, values, otherwise),
        time == null ? "" : time.path(),
        values);
  }

  private static List<String> values(
      RecordProfile profile, String group, FieldProfile time, boolean ofAttributes) {
    return profile.fields(group).stream()
        .filter(field -> field != time && field.isNumber())
        .filter(field -> field.isAttribute() == ofAttributes)
        .filter(field -> !ColumnGuess.NO_VALUE.matcher(field.name()).matches())
        .filter(field -> !(field.isTime() && isCalledTime(field)))
        .sorted(Comparator.comparingInt(field -> field.different() > 1 ? 0 : 1))
        .limit(MAX_VALUES)
        .map(FieldProfile::path)
        .toList();
  }

  /** A field that is a time in each record, and called so. */
  private static FieldProfile time(List<FieldProfile> visible) {
    return visible.stream()
        .filter(field -> field.isTime() && isCalledTime(field))
        .min(
            Comparator.comparingInt(
                    (FieldProfile field) -> field.name().matches("(?i).*start.*") ? 1 : 0)
                .thenComparingInt(field -> field.path().split("\\.").length))
        .orElse(null);
  }

  private static boolean isCalledTime(FieldProfile field) {
    return TIME.matcher(field.name()).matches();
  }

  private static List<String> series(
      RecordProfile profile,
      String group,
      FieldProfile time,
      List<String> values,
      String otherwise) {
    List<String> parts = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Collection<FieldProfile> own = profile.fields(group);
    int elements = own.stream().mapToInt(FieldProfile::count).max().orElse(0);
    for (FieldProfile field : profile.visible(group)) {
      boolean isOfElement = field.isAttribute() && own.contains(field); // tells it from others
      boolean isName =
          field != time
              && field.isPlain()
              && !values.contains(field.path())
              && (isOfElement
                  || profile.keys().contains(field.path())
                  || ColumnGuess.NAME.matcher(field.name()).matches())
              && (field.count() < 10 || field.different() <= field.count() / 2);
      boolean isWord = field.path().equals("key") || field.path().equals("topic"); // of a mapping
      if (isName && !isWord && parts.size() < MAX_PARTS && names.add(field.path())) {
        parts.add(field.path() + (isOfElement && field.count() < elements ? "?" : ""));
      }
    }
    if (parts.size() > 1) {
      parts.remove("id"); // more often the row's than the device's
    }
    return parts.isEmpty() ? List.of(otherwise) : List.copyOf(parts);
  }
}
