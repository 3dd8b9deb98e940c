package dev.weir.job.options;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmRules.Override;
import dev.weir.forecast.alarm.AlarmRules.SeriesThreshold;
import dev.weir.forecast.alarm.GroupSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.forecast.alarm.ThresholdStateFormat;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.Numbers;
import dev.weir.option.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The options of a job file whose alarms depend on the names of series: lists of entries. */
public final class AlarmRuleOptions {

  private static final String THRESHOLDS = "alarms.thresholds[].";
  private static final String OVERRIDES = "alarms.overrides[].";

  private static final String GROUPS = "alarms.groups[].";

  /** A name is compared with each, once for each series. */
  private static final int MAX_OVERRIDES = 100;

  public static final Option<Pattern> THRESHOLD_SERIES =
      pattern(THRESHOLDS + "series", "Only series whose whole name matches; by default all.");
  public static final Option<Double> ABOVE =
      limit(THRESHOLDS + "above", "A limit that a larger value crosses; or below.");
  public static final Option<Double> BELOW =
      limit(THRESHOLDS + "below", "A limit that a smaller value crosses; or above.");
  public static final Option<Integer> WITHIN =
      Option.integer(
          THRESHOLDS + "within",
          1,
          1,
          Threshold.MAX_WITHIN,
          "A warning is opened if one of the next so many values will cross the limit; at most the"
              + " horizon.");
  public static final Option<Double> PROBABILITY =
      number(
          THRESHOLDS + "probability",
          Threshold.MIN_PROBABILITY,
          Threshold.MAX_PROBABILITY,
          Threshold.DEFAULT_PROBABILITY,
          "From which to warn.");

  public static final Option<Pattern> SERIES =
      pattern(OVERRIDES + "series", "Series whose whole name matches; the first entry counts.");
  public static final Option<Boolean> ENABLED =
      Option.flag(OVERRIDES + "enabled", true, "Whether these series raise alarms and warnings.");
  public static final Option<Double> BUDGET = override(AlarmOptions.BUDGET);
  public static final Option<List<Reason>> REASONS = override(AlarmOptions.REASONS);
  public static final Option<Integer> MIN_DURATION = override(AlarmOptions.MIN_DURATION);
  public static final Option<Integer> QUIET = override(AlarmOptions.QUIET);

  public static final Option<Pattern> GROUP_SERIES =
      pattern(
          GROUPS + "series",
          "Members of a group: series whose whole name matches; the first entry counts. The first"
              + " capturing group is the group's name, so that one entry makes many groups.");
  public static final Option<String> GROUP_NAME =
      Option.text(GROUPS + "name", null, "Name of the group, where the pattern does not say it.");
  public static final Option<Double> GROUP_SURPRISE =
      number(
          GROUPS + "surprise",
          1,
          1_000,
          GroupSettings.DEFAULT_SURPRISE,
          "An incident of the group is opened at this sum of what the surprises of its members are"
              + " above 1.");

  static final List<Option<?>> ALL =
      List.of(
          THRESHOLD_SERIES,
          ABOVE,
          BELOW,
          WITHIN,
          PROBABILITY,
          SERIES,
          ENABLED,
          BUDGET,
          REASONS,
          MIN_DURATION,
          QUIET,
          GROUP_SERIES,
          GROUP_NAME,
          GROUP_SURPRISE);

  private AlarmRuleOptions() {}

  private static Option<Pattern> pattern(String key, String description) {
    return new Option<>(
        key, Option.Type.TEXT, "a regular expression", null, description, Pattern::compile);
  }

  private static Option<Double> limit(String key, String description) {
    return number(key, -Threshold.MAX_LIMIT, Threshold.MAX_LIMIT, null, description);
  }

  private static Option<Double> number(
      String key, double min, double max, Double defaultValue, String description) {
    return new Option<>(
        key,
        Option.Type.NUMBER,
        "a number from %s to %s".formatted(min, max),
        defaultValue,
        description,
        text -> {
          double value = Numbers.option(text);
          if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(text);
          }
          return value;
        });
  }

  /** The same option for some series, by default as for all. */
  private static <T> Option<T> override(Option<T> option) {
    return new Option<>(
        OVERRIDES + option.name(),
        option.type(),
        option.expected(),
        null,
        "As %s, which is the default.".formatted(option.key()),
        option.parser());
  }

  /** Notes a problem with each entry. */
  static void refuse(JobFile file, String problem) {
    for (Option<?> option : ALL) {
      int entries = file.entries(option, Integer.MAX_VALUE);
      for (int i = 0; i < entries; i++) {
        if (file.has(option.at(i))) {
          file.problem(option.at(i), problem);
        }
      }
    }
  }

  /** What is wrong becomes a problem of the file. */
  static AlarmRules read(JobFile file, IncidentSettings common) {
    List<Override> overrides = new ArrayList<>();
    int others = file.entries(SERIES, MAX_OVERRIDES);
    for (int i = 0; i < others; i++) {
      overrides.add(override(file, i, common));
    }
    List<SeriesThreshold> thresholds = new ArrayList<>();
    int limits = file.entries(WITHIN, ThresholdStateFormat.MAX_THRESHOLDS);
    for (int i = 0; i < limits; i++) {
      SeriesThreshold one = threshold(file, i);
      if (one != null) {
        thresholds.add(one);
      }
    }
    List<GroupSettings> groups = new ArrayList<>();
    int entries = file.entries(GROUP_SERIES, MAX_OVERRIDES);
    for (int i = 0; i < entries; i++) {
      groups.add(group(file, i));
    }
    return new AlarmRules(common, overrides, thresholds, groups);
  }

  private static Override override(JobFile file, int i, IncidentSettings common) {
    Pattern series = file.require(SERIES.at(i));
    IncidentSettings settings =
        AlarmOptions.settings(
            file.get(BUDGET.at(i), AnomalyOptions.PER * common.alarms().budget()),
            file.get(REASONS.at(i), List.copyOf(common.alarms().reasons())),
            file.get(MIN_DURATION.at(i), common.minDuration()),
            file.get(QUIET.at(i), common.quiet()));
    boolean enabled = file.get(ENABLED.at(i));
    boolean changes = false;
    for (Option<?> option : List.of(BUDGET, REASONS, MIN_DURATION, QUIET)) {
      changes |= file.has(option.at(i));
      if (!enabled && file.has(option.at(i))) {
        file.problem(option.at(i), "expected nothing beside enabled: false, got some");
      }
    }
    if (enabled && !changes && !file.has(ENABLED.at(i))) {
      file.problem(
          SERIES.at(i), "expected an option beside it that is other than common, got none");
    }
    return new Override(series, enabled ? settings : null);
  }

  private static SeriesThreshold threshold(JobFile file, int i) {
    Double above = file.get(ABOVE.at(i));
    Double below = file.get(BELOW.at(i));
    boolean hasAbove = file.has(ABOVE.at(i));
    int within = file.get(WITHIN.at(i));
    double probability = file.get(PROBABILITY.at(i));
    Pattern series = file.get(THRESHOLD_SERIES.at(i));
    if (hasAbove == file.has(BELOW.at(i))) {
      file.problem(
          ABOVE.at(i),
          "expected either above or below, got " + (hasAbove ? "both" : "none of them"));
      return null;
    }
    Double limit = hasAbove ? above : below;
    return limit == null // which is a problem already
        ? null
        : new SeriesThreshold(series, new Threshold(limit, hasAbove, within, probability));
  }

  private static GroupSettings group(JobFile file, int i) {
    Pattern series = file.require(GROUP_SERIES.at(i));
    String name = file.get(GROUP_NAME.at(i));
    boolean hasName = series != null && series.matcher("").groupCount() > 0;
    if (series != null && hasName == (name != null)) {
      file.problem(
          GROUP_NAME.at(i),
          "expected a name, or one capturing group in series, got "
              + (hasName ? "both" : "none of them"));
    }
    return new GroupSettings(series, name, file.get(GROUP_SURPRISE.at(i)));
  }
}
