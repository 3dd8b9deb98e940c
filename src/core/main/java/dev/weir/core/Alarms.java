package dev.weir.core;

import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmRules.SeriesThreshold;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Threshold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which values of a series become {@linkplain dev.weir.forecast.Incident incidents}: values that
 * differ unusually from their forecast, and limits that will probably be crossed. Immutable and
 * thread-safe; each method returns another object.
 *
 * <pre>{@code
 * Alarms alarms = Alarms.DEFAULT.perThousand(0.5).above(80, 12);
 * }</pre>
 */
public final class Alarms {

  /** One alarm per 1,000 values of a series, closed after ten quiet ones; no limits. */
  public static final Alarms DEFAULT = new Alarms(IncidentSettings.defaults(), List.of());

  private final IncidentSettings settings;
  private final List<SeriesThreshold> thresholds;

  private Alarms(IncidentSettings settings, List<SeriesThreshold> thresholds) {
    this.settings = settings;
    this.thresholds = thresholds;
  }

  /**
   * Limits the number of alarms.
   *
   * @param budget alarms per 1,000 values of a series, 0.01 to 50
   */
  public Alarms perThousand(double budget) {
    double least = AlarmRate.PER * AlarmRate.MIN;
    double most = AlarmRate.PER * AlarmRate.MAX;
    boolean isWithin = budget >= least && budget <= most;
    Checks.check(isWithin, "perThousand", "%s to %s".formatted(least, most), budget);
    return with(AlarmRate.perThousand(budget));
  }

  /**
   * Limits the number of alarms in a time, which is converted to values by the usual time between
   * them.
   *
   * @param alarms of a series, above 0
   * @param time at least a millisecond
   */
  public Alarms per(double alarms, Duration time) {
    long millis = Checks.given("time", time).toMillis();
    boolean isRate = alarms > 0 && alarms < Double.POSITIVE_INFINITY && millis > 0;
    Checks.check(isRate, "per", "a number and a time above 0", alarms + " and " + time);
    return with(new AlarmRate(alarms, millis));
  }

  private Alarms with(AlarmRate rate) {
    AlarmSettings alarms = new AlarmSettings(rate, settings.alarms().reasons());
    return new Alarms(
        new IncidentSettings(alarms, settings.minDuration(), settings.quiet()), thresholds);
  }

  /**
   * When an incident is reported and when it ends.
   *
   * @param minDuration values from the first to the last surprising one before it is reported, 1 to
   *     10,000; 1: at once
   * @param quiet values without a surprising one that close it, 1 to 10,000
   */
  public Alarms incidents(int minDuration, int quiet) {
    Checks.within("minDuration", minDuration, 1, 10_000);
    Checks.within("quiet", quiet, 1, 10_000);
    return new Alarms(new IncidentSettings(settings.alarms(), minDuration, quiet), thresholds);
  }

  /**
   * Warns before a value is above a limit, from a probability of 0.8 on.
   *
   * @param limit in the unit of the series
   * @param within values ahead, 1 to the horizon and 100 at most
   */
  public Alarms above(double limit, int within) {
    return with(new Threshold(limit, true, within, Threshold.DEFAULT_PROBABILITY));
  }

  /** Warns before a value is below a limit, as {@link #above}. */
  public Alarms below(double limit, int within) {
    return with(new Threshold(limit, false, within, Threshold.DEFAULT_PROBABILITY));
  }

  private Alarms with(Threshold threshold) {
    List<SeriesThreshold> all = new ArrayList<>(thresholds);
    all.add(new SeriesThreshold(null, threshold));
    return new Alarms(settings, List.copyOf(all));
  }

  AlarmRules rules() {
    return new AlarmRules(settings, List.of(), thresholds);
  }
}
