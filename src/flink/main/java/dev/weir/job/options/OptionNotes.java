package dev.weir.job.options;

import dev.weir.option.BoundsOptions;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the reference says of each option beside its own words: the unit of a number, and what
 * becomes of a running job's state when the option is another one at the next start with a
 * savepoint.
 */
final class OptionNotes {

  /**
   * One option's.
   *
   * @param unit of a number; empty where the value says it itself
   * @param change what a changed value does to a job that is started with a savepoint
   */
  record Note(String unit, String change) {}

  private static final String SAFE = "safe";
  static final String UNTESTED = "not tested: try it beside the running job first";
  static final String LEARNS_AGAIN =
      "each series learns its newest values again, once; the rest is kept";
  static final String OLD_TOPIC =
      "no: a savepoint holds places in the old topic; start without one";
  private static final String MODEL_SHAPE =
      "the start is refused while the savepoint's base model has another one";
  private static final String STARTS_AGAIN = "the classes of each series are learned from nothing";
  private static final String NEW_SERIES = "series with other names are new ones";
  private static final String COMMITTED = "safe after a stop with a savepoint, which commits first";

  private static final Map<String, Note> NOTES = new LinkedHashMap<>();

  private static void put(Option<?> option, String unit, String change) {
    NOTES.put(option.key(), new Note(unit, change));
  }

  private static void putHolidays() {
    String change =
        "safe, what was learned of holidays stays; the first ones or the last: " + LEARNS_AGAIN;
    put(HolidayOptions.REGIONS, "", change);
    put(HolidayOptions.FILE, "", change);
    put(HolidayOptions.SERIES, "", change);
    put(HolidayOptions.SERIES_REGIONS, "", change);
  }

  static {
    put(JobOptions.NAME, "", "safe: places are in the savepoint, ids follow the name");
    put(JobOptions.BOOTSTRAP_SERVERS, "", "safe for the same Kafka cluster");
    put(JobOptions.GROUP, "", "safe: places are in the savepoint");
    put(JobOptions.PROPERTIES_FILE, "", SAFE);
    put(
        RegistryOptions.FORMAT,
        "",
        "not tested; records already on the topics keep their format, so name new topics");
    put(RegistryOptions.URL, "", SAFE);
    put(RegistryOptions.PATIENCE, "", SAFE);
    put(JobOptions.OBSERVATIONS, "", OLD_TOPIC);
    put(JobOptions.PATTERN, "", OLD_TOPIC);
    put(JobOptions.FORECASTS, "", SAFE);
    put(JobOptions.SCORES, "", SAFE);
    put(AlarmOptions.TOPIC, "", SAFE);
    put(JobOptions.DEAD_LETTERS, "", SAFE);
    put(JobOptions.MODELS, "", OLD_TOPIC);
    put(JobOptions.CREATE_TOPICS, "", SAFE);
    putMapping();
    putCovariates();
    put(JobOptions.MODE, "", "safe: a bounded run's savepoint is what streaming goes on from");
    put(JobOptions.START, "", "without effect: a savepoint says where to go on");
    put(JobOptions.END, "", SAFE);
    put(
        ForecastOptions.SEQ_LEN,
        "observations",
        "windows keep their newest values; " + MODEL_SHAPE.replace("one", "length"));
    put(ForecastOptions.STRIDE, "observations", SAFE);
    put(
        ForecastOptions.FEATURES,
        "",
        "each window starts again; " + MODEL_SHAPE.replace("another one", "other inputs"));
    put(ForecastOptions.FEATURES_AHEAD, "", "each window starts again; " + LEARNS_AGAIN);
    put(ForecastOptions.CALENDAR, "", MODEL_SHAPE);
    put(
        ForecastOptions.TIME_ZONE,
        "",
        "safe; a base model reads local time as it was trained with it");
    putHolidays();
    put(
        ForecastOptions.INTERVAL,
        "",
        "windows keep their newest values as far as they follow each other by the new one");
    put(ForecastOptions.GAP, "", SAFE);
    put(ForecastOptions.MAX_FILL, "observations", SAFE);
    put(ForecastOptions.OUT_OF_ORDERNESS, "", SAFE);
    put(JobOptions.IDLE_TIMEOUT, "", SAFE);
    put(JobOptions.MAX_FUTURE, "", SAFE);
    put(ForecastOptions.TTL, "", "safe: counts from each series' next observation on");
    put(
        JobOptions.MAX_SERIES,
        "series of one task",
        "safe: what is there is kept, beyond the limit too");
    put(JobOptions.CACHE, "", SAFE);
    put(JobOptions.OUTPUT, "", UNTESTED);
    put(ForecastOptions.LEARNING, "", UNTESTED);
    put(ForecastOptions.SIZE, "", LEARNS_AGAIN);
    put(ForecastOptions.COVARIATES, "", LEARNS_AGAIN);
    put(ForecastOptions.EXPERTS, "", LEARNS_AGAIN);
    put(ForecastOptions.SEASON, "observations", LEARNS_AGAIN);
    put(ForecastOptions.LEVELS, "shares", LEARNS_AGAIN);
    String bounded = "safe: forecasts are within the new ones from each series' next value on";
    BoundsOptions.ALL.forEach(option -> put(option, "", bounded));
    put(JobOptions.SCORES_EVERY, "observations", SAFE);
    put(JobOptions.FORECAST_FORMAT, "", "safe: readers of Weir tell both apart");
    put(ForecastOptions.EXPLAIN, "", SAFE);
    put(JobOptions.GUARANTEE, "", COMMITTED);
    put(JobOptions.TRANSACTION_TIMEOUT, "", COMMITTED);
    put(JobOptions.TRANSACTION_PREFIX, "", COMMITTED);
    putNetworks();
    putAlarms();
    putClassify();
    JobOptions.MODES.forEach(OptionNotes::putMode);
  }

  private static void putNetworks() {
    put(NetworkOptions.EVERY, "observations", SAFE);
    put(NetworkOptions.START, "observations", SAFE);
    put(NetworkOptions.STEPS, "updates", SAFE);
    put(NetworkOptions.REPLAY, "observations", LEARNS_AGAIN);
    put(NetworkOptions.OPTIMIZER, "", LEARNS_AGAIN);
    put(NetworkOptions.RATE, "", SAFE);
    put(NetworkOptions.TARGETS, "", LEARNS_AGAIN);
    put(NetworkOptions.BIDIRECTIONAL, "", LEARNS_AGAIN);
    put(NetworkOptions.TUNED, "", "each series begins or loses its copy");
    put(NetworkOptions.ON_NEW_MODEL, "", SAFE);
    put(
        NetworkOptions.SHARED,
        "",
        "on: begins with the active model; off: what the trainer knows is lost, and the start needs"
            + " Flink's execution.state-recovery.ignore-unclaimed-state: true");
    put(NetworkOptions.BUDGET, "", SAFE);
  }

  private static void putAlarms() {
    put(
        AlarmOptions.ENABLED,
        "",
        "on: each series is judged from then on, its first 300 values raise no alarm; off: open"
            + " incidents are never closed");
    put(AlarmOptions.BUDGET, "alarms per 1,000 values", SAFE);
    put(AlarmOptions.REASONS, "", SAFE);
    put(AlarmOptions.MIN_DURATION, "observations", SAFE);
    put(AlarmOptions.QUIET, "observations", "safe: it counts for open incidents, too");
    WebhookOptions.ALL.forEach(option -> put(option, "", "without effect on the job"));
    String known = "safe: a threshold with the same limit and within keeps what it has learned";
    put(AlarmRuleOptions.THRESHOLD_SERIES, "", known);
    put(AlarmRuleOptions.ABOVE, "units of the series", known);
    put(AlarmRuleOptions.BELOW, "units of the series", known);
    put(AlarmRuleOptions.WITHIN, "observations", known);
    put(AlarmRuleOptions.PROBABILITY, "", SAFE);
    put(AlarmRuleOptions.SERIES, "", SAFE);
    put(
        AlarmRuleOptions.ENABLED,
        "",
        "false: open incidents are closed at the next value; true: as alarms.enabled");
    put(AlarmRuleOptions.BUDGET, "alarms per 1,000 values", SAFE);
    put(AlarmRuleOptions.REASONS, "", SAFE);
    put(AlarmRuleOptions.MIN_DURATION, "observations", SAFE);
    put(AlarmRuleOptions.QUIET, "observations", "safe: it counts for open incidents, too");
    String ofGroups =
        "safe; without any group an open incident of one is never closed, and the start needs"
            + " Flink's execution.state-recovery.ignore-unclaimed-state: true";
    put(AlarmRuleOptions.GROUP_SERIES, "", ofGroups);
    put(AlarmRuleOptions.GROUP_NAME, "", "another group");
    put(AlarmRuleOptions.GROUP_SURPRISE, "", SAFE);
  }

  private static void putMapping() {
    put(MappingOptions.FORMAT, "", SAFE);
    put(MappingOptions.COLUMNS, "", SAFE);
    put(MappingOptions.SCHEMA_FILE, "", SAFE);
    put(MappingOptions.MESSAGE, "", SAFE);
    put(MappingOptions.SERIES, "", NEW_SERIES);
    put(MappingOptions.TIME, "", SAFE);
    put(MappingOptions.TIME_UNIT, "", SAFE);
    put(MappingOptions.VALUES, "", NEW_SERIES);
    put(
        MappingOptions.FEATURES,
        "",
        "as window.features; in another order, each means another one");
    put(
        MappingOptions.FEATURES_AHEAD,
        "",
        "as window.features-ahead; in another order, each means another one");
    put(MappingOptions.LABEL, "", SAFE);
    put(MappingOptions.ENDS_WINDOW, "", SAFE);
    put(MappingOptions.EACH, "", SAFE);
    put(MappingOptions.ON_NULL, "", SAFE);
  }

  private static void putCovariates() {
    put(
        CovariateOptions.TOPIC,
        "",
        "on: safe; another name: as topics.observations; off: the start needs Flink's"
            + " execution.state-recovery.ignore-unclaimed-state: true");
    put(
        CovariateOptions.KEY,
        "",
        "what is kept belongs to the old groups; series of new ones wait for new covariates");
    put(CovariateOptions.KEEP, "times of a group", SAFE);
    put(CovariateOptions.MAX_FUTURE, "", SAFE);
    put(CovariateOptions.FORMAT, "", SAFE);
    put(CovariateOptions.COLUMNS, "", SAFE);
    put(CovariateOptions.SCHEMA_FILE, "", SAFE);
    put(CovariateOptions.MESSAGE, "", SAFE);
    put(CovariateOptions.GROUP, "", "groups with other names are new ones");
    put(CovariateOptions.TIME, "", SAFE);
    put(CovariateOptions.TIME_UNIT, "", SAFE);
    put(
        CovariateOptions.FEATURES,
        "",
        "as window.features-ahead, and what is kept is dropped; in another order, each means another"
            + " one");
    put(CovariateOptions.EACH, "", SAFE);
  }

  private static void putClassify() {
    put(ClassifyOptions.CLASSES_TOPIC, "", SAFE);
    put(ClassifyOptions.LABELS_TOPIC, "", OLD_TOPIC);
    put(ClassifyOptions.MODEL, "", "the other model comes from the topic or the file");
    put(ClassifyOptions.FILE, "", "without effect once the model topic has brought a model");
    put(ClassifyOptions.CLASSES, "", "safe for further classes; each series keeps those it has");
    put(ClassifyOptions.MAX_CLASSES, "", STARTS_AGAIN);
    put(ClassifyOptions.WINDOW_TIME, "", UNTESTED);
    put(ClassifyOptions.SESSION_GAP, "", UNTESTED);
    put(ClassifyOptions.LEARNING, "", SAFE);
    put(ClassifyOptions.WAITING, "windows", STARTS_AGAIN);
    put(ClassifyOptions.FORMAT, "", SAFE);
  }

  private static void putMode(JobOptions.ModeOptions mode) {
    put(mode.model(), "", LEARNS_AGAIN + "; the other model comes from the topic or the file");
    put(mode.file(), "", "without effect once the model topic has brought a model");
    put(
        mode.horizon(),
        "observations",
        LEARNS_AGAIN + "; " + MODEL_SHAPE.replace("one", "horizon"));
    for (Option<?> ofFile : new Option<?>[] {mode.scaling(), mode.readout(), mode.cell()}) {
      put(ofFile, "", "as that of the file");
    }
  }

  private OptionNotes() {}

  /** The note of an option, or one that says that nothing is known. */
  static Note of(Option<?> option) {
    return NOTES.getOrDefault(option.key(), new Note("", ""));
  }
}
