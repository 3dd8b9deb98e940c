package dev.weir.job.options;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmRules.Override;
import dev.weir.forecast.alarm.AlarmRules.SeriesThreshold;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Silence;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.model.Mode;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.Durations;
import dev.weir.option.Option;
import dev.weir.option.Option.Need;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of a job file that say which alarms a job raises. */
public final class AlarmOptions {

  private static final String THRESHOLDS = "alarms.thresholds[].";
  private static final String OVERRIDES = "alarms.overrides[].";

  /** A name is compared with each, once for each series. */
  private static final int MAX_OVERRIDES = 100;

  /** From 1.5: a value may be a little late. */
  private static final Pattern TIMES =
      Pattern.compile("(1\\.[5-9]|[2-9](?:\\.[0-9])?|[1-9][0-9]{1,3}(?:\\.[0-9])?)x");

  private static final String KNOWN =
      "safe: a threshold with the same limit and within keeps what it has learned";

  public static final Option<String> TOPIC =
      Option.name(
          "topics.alarms",
          null,
          "Topic that incidents leave on; by default the job's name and .alarms.");

  public static final Option<String> FEEDBACK_TOPIC =
      Option.name(
          "topics.alarms-feedback",
          null,
          "Topic that dismissals of incidents arrive on; by default that of incidents with"
              + " -feedback behind it.");

  public static final Option<Integer> MIN_DURATION =
      Option.integer(
              "alarms.min-duration",
              IncidentSettings.DEFAULT_MIN_DURATION,
              1,
              IncidentSettings.MAX_VALUES,
              "Values from the first to the last surprising one before an incident is opened; a"
                  + " shorter one is never reported.")
          .unit("observations");
  public static final Option<Integer> QUIET =
      Option.integer(
              "alarms.quiet",
              IncidentSettings.DEFAULT_QUIET,
              1,
              IncidentSettings.MAX_VALUES,
              "Values in a row, each as expected, that close an incident.")
          .unit("observations")
          .change("safe: it counts for open incidents, too");
  public static final Option<Silence> SILENCE =
      new Option<>(
              "alarms.silence",
              Option.Type.VALUE,
              "auto, off, a multiple of the usual time between two values such as 3x, or a duration"
                  + " from PT1S to P3650D",
              Silence.AUTO,
              "After how long without a value a series has an incident; auto: found from how the"
                  + " values of each series follow each other.",
              AlarmOptions::silence)
          .change("safe; off: open incidents of silence are closed at the next value");

  public static final Option<Pattern> THRESHOLD_SERIES =
      Option.pattern(THRESHOLDS + "series", "Only series whose whole name matches; by default all.")
          .change(KNOWN);
  public static final Option<Double> ABOVE =
      limit(THRESHOLDS + "above", "A limit that a larger value crosses; or below.")
          .unit("units of the series")
          .change(KNOWN);
  public static final Option<Double> BELOW =
      limit(THRESHOLDS + "below", "A limit that a smaller value crosses; or above.")
          .unit("units of the series")
          .change(KNOWN);
  public static final Option<Integer> WITHIN =
      Option.integer(
              THRESHOLDS + "within",
              1,
              1,
              Threshold.MAX_WITHIN,
              "A warning is opened if one of the next so many values will cross the limit; at most"
                  + " the horizon.")
          .unit("observations")
          .change(KNOWN);
  public static final Option<Double> PROBABILITY =
      Option.number(
          THRESHOLDS + "probability",
          Threshold.MIN_PROBABILITY,
          Threshold.MAX_PROBABILITY,
          Threshold.DEFAULT_PROBABILITY,
          "From which to warn.");

  public static final Option<Pattern> OVERRIDE_SERIES =
      Option.pattern(
          OVERRIDES + "series", "Series whose whole name matches; the first entry counts.");
  public static final Option<Boolean> OVERRIDE_ENABLED =
      Option.flag(OVERRIDES + "enabled", true, "Whether these series raise alarms and warnings.")
          .change("false: open incidents are closed at the next value; true: as alarms.enabled");
  public static final Option<AlarmRate> OVERRIDE_BUDGET =
      AnomalyOptions.BUDGET
          .named(OVERRIDES + "budget")
          .with(null, "As alarms.budget, which is the default.");

  static final List<Option<?>> ALL =
      Option.declaredIn(AlarmOptions.class, new Need(AnomalyOptions.ENABLED, true));

  private AlarmOptions() {}

  private static Option<Double> limit(String key, String description) {
    return Option.number(key, -Threshold.MAX_LIMIT, Threshold.MAX_LIMIT, null, description);
  }

  /** {@code auto}, {@code off}, a multiple such as {@code 3x}, or a duration. */
  private static Silence silence(String text) {
    switch (text) {
      case "auto", "on", "true" -> {
        return Silence.AUTO;
      }
      case "off", "false" -> {
        return Silence.OFF;
      }
      default -> {
        Matcher times = TIMES.matcher(text);
        if (times.matches()) {
          return new Silence(Double.parseDouble(times.group(1)), null);
        }
        Duration after = Durations.parse(text);
        if (after.compareTo(Duration.ofSeconds(1)) < 0 || after.toDays() > 3_650) {
          throw new IllegalArgumentException(text);
        }
        return new Silence(0, after);
      }
    }
  }

  /** The topic of incidents; null where alarms are off. */
  public static String topic(JobFile file, String job) {
    return file.get(AnomalyOptions.ENABLED) ? file.get(TOPIC, job + ".alarms") : null;
  }

  /** The topic of dismissals; null where alarms are off. */
  public static String feedbackTopic(JobFile file, String job) {
    return file.get(AnomalyOptions.ENABLED)
        ? file.get(FEEDBACK_TOPIC, Topics.feedbackOn(topic(file, job)))
        : null;
  }

  /**
   * Which alarms are reported; null for none. What is wrong becomes a problem of the file.
   *
   * @param mode of the forecasts that limits are compared with
   * @param horizon of these
   */
  public static AlarmRules read(JobFile file, Mode mode, int horizon) {
    if (!file.get(AnomalyOptions.ENABLED)) {
      return null;
    }
    IncidentSettings common =
        new IncidentSettings(
            AnomalyOptions.settings(
                file.get(AnomalyOptions.BUDGET),
                file.get(AnomalyOptions.REASONS, Reason.OF_VALUES)),
            file.get(MIN_DURATION),
            file.get(QUIET),
            file.get(SILENCE));
    return new AlarmRules(
        common,
        file.entries(OVERRIDE_SERIES, MAX_OVERRIDES, i -> override(file, i, common)),
        file.entries(WITHIN, AlarmRules.MAX_THRESHOLDS, i -> threshold(file, i, mode, horizon)));
  }

  private static Override override(JobFile file, int i, IncidentSettings common) {
    Pattern series = file.require(OVERRIDE_SERIES.at(i));
    AlarmRate budget = file.get(OVERRIDE_BUDGET.at(i), common.alarms().budget());
    boolean enabled = file.get(OVERRIDE_ENABLED.at(i));
    boolean hasBudget = file.has(OVERRIDE_BUDGET.at(i));
    if (!enabled && hasBudget) {
      file.problem(OVERRIDE_BUDGET.at(i), "expected nothing with enabled: false, got some");
    }
    if (!hasBudget && !file.has(OVERRIDE_ENABLED.at(i))) {
      file.problem(OVERRIDE_SERIES.at(i), "expected enabled or a budget as well, got none");
    }
    return new Override(series, enabled ? common.with(budget) : null);
  }

  private static SeriesThreshold threshold(JobFile file, int i, Mode mode, int horizon) {
    Double above = file.get(ABOVE.at(i));
    Double below = file.get(BELOW.at(i));
    boolean hasAbove = file.has(ABOVE.at(i));
    int within = file.get(WITHIN.at(i));
    if (within > horizon) {
      file.problem(
          WITHIN.at(i),
          "expected at most the horizon of %s, %d, got %d"
              .formatted(mode.label(), horizon, within));
    }
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
}
