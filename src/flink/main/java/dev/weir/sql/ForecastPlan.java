package dev.weir.sql;

import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.holiday.HolidayRegions;
import dev.weir.model.ForecastModel;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.option.Seasons;
import dev.weir.spec.ForecastSpec;
import dev.weir.sql.InputRow.Columns;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;

/**
 * One call of {@code FORECAST} or {@code ANOMALIES}, checked: all that its tasks need. Made when a
 * statement is planned, so that what is wrong with it is said there.
 *
 * @param settings what the core is configured with: one mode
 * @param columns what is read of each row
 * @param refusedRows whether a row that can't be used gives one that says so
 */
record ForecastPlan(ForecastSettings settings, Columns columns, boolean refusedRows)
    implements Serializable {

  /** Arguments that say how a series is learned. */
  private static final List<Option<?>> OF_LEARNING =
      List.of(
          ForecastOptions.SIZE,
          ForecastOptions.EXPERTS,
          ForecastOptions.SEASON_LENGTH,
          Signature.SECOND_SEASON,
          Signature.LEVEL,
          ForecastOptions.COVARIATES);

  /** Those of them that say nothing where a network combines forecasts that learn nothing. */
  private static final List<Option<?>> OF_LEARNED_EXPERTS =
      List.of(
          ForecastOptions.SIZE,
          ForecastOptions.EXPERTS,
          Signature.SECOND_SEASON,
          Signature.AHEAD_COLUMNS,
          ForecastOptions.COVARIATES);

  /** Windows from one forecast to the next where none is wanted. */
  private static final int NO_FORECASTS = Integer.MAX_VALUE;

  /**
   * Checks all that can be checked without reading a file.
   *
   * @return the rows that come out
   */
  static DataType output(CallContext call) {
    DataType time = checked(call, Signature.FORECAST);
    boolean explains = new CallArguments(call, Signature.FORECAST).get(ForecastOptions.EXPLAIN);
    return ForecastTableFunction.columns(explains).type(time);
  }

  /** As {@link #output}, of {@code ANOMALIES}. */
  static DataType anomalies(CallContext call) {
    return AnomaliesTableFunction.COLUMNS.type(checked(call, Signature.ANOMALIES));
  }

  private static DataType checked(CallContext call, Signature signature) {
    new ForecastPlan.Reader(call, signature).withoutWeights();
    return new TableColumns(call, new CallArguments(call, signature)).time();
  }

  int horizon() {
    return settings.modes().get(0).horizon();
  }

  /** Whether its rows have the column {@code explanation}. */
  boolean explains() {
    Learning learning = settings.modes().get(0).learning();
    return learning != null && learning.explanation() != null;
  }

  /** Checks everything, and reads the weights if there are any. */
  static ForecastPlan of(CallContext call, Signature signature) {
    return new Reader(call, signature).plan();
  }

  /** Reads the arguments of one call. */
  private static final class Reader {

    private final CallArguments arguments;
    private final TableColumns columns;
    private final ForecastSpec spec;
    private final boolean learns;

    Reader(CallContext call, Signature signature) {
      this.arguments = new CallArguments(call, signature);
      this.columns = new TableColumns(call, arguments);
      this.spec = new ForecastSpec(arguments);
      spec.take(arguments.given(), arguments::get);
      this.learns = arguments.get(ForecastOptions.LEARNING);
      List<String> features = arguments.get(Signature.FEATURE_COLUMNS);
      List<String> ahead = arguments.get(Signature.AHEAD_COLUMNS);
      spec.names(new ExplanationSettings(features, ahead)); // named as their columns
      spec.set(ForecastOptions.FEATURES, features.size());
      spec.set(ForecastOptions.FEATURES_AHEAD, ahead.size());
      spec.set(ForecastOptions.LEVELS, List.of(arguments.get(Signature.LEVEL) / 100.0));
      spec.set(ForecastOptions.SEASON, seasons());
      spec.set(ForecastOptions.SCORES_EVERY, 0);
      spec.set(ForecastOptions.OUT_OF_ORDERNESS, arguments.outOfOrderness());
      if (signature == Signature.ANOMALIES) {
        spec.set(ForecastOptions.STRIDE, NO_FORECASTS);
        spec.alarms(AlarmRules.of(incidents()));
      }
    }

    ForecastPlan plan() {
      ForecastModel model = weights();
      if (learns && arguments.isGiven(HolidayOptions.REGIONS)) {
        spec.holidays(HolidayRegions.settings(spec));
      }
      return new ForecastPlan(settings(model), columns.of(), arguments.get(Signature.REFUSED_ROWS));
    }

    void withoutWeights() {
      columns.of();
      settings(null);
    }

    private ForecastSettings settings(ForecastModel model) {
      boolean hasWeights = arguments.isGiven(ForecastOptions.FILE);
      boolean follows = model != null && !model.candidates().isEmpty();
      if (!learns && model != null) {
        arguments.refuse(
            follows ? OF_LEARNED_EXPERTS : OF_LEARNING, "learning => TRUE as well", "FALSE");
      }
      checkCovariates(hasWeights);
      if (model != null) {
        spec.set(
            ForecastOptions.CALENDAR, arguments.get(ForecastOptions.CALENDAR, model.calendar()));
      }
      String unread = hasWeights ? "a model" : null;
      spec.add(arguments.get(ForecastOptions.MODE), model == null ? unread : model.name(), model);
      return spec.settings();
    }

    private ForecastModel weights() {
      if (!arguments.isGiven(ForecastOptions.FILE)) {
        return null;
      }
      String name = arguments.get(ForecastOptions.MODEL);
      ForecastModel model =
          spec.read(
              arguments.get(ForecastOptions.MODE),
              name == null ? "model" : name,
              arguments.weights(ForecastOptions.FILE),
              arguments.get(ForecastOptions.FILE),
              arguments.get(ForecastOptions.SEQ_LEN));
      return name == null ? model : model.withName(name);
    }

    private Seasons seasons() {
      try {
        return Seasons.of(
            new SeasonCounts(
                arguments.get(ForecastOptions.SEASON_LENGTH, LearnerSettings.AUTO),
                learns
                    ? arguments.get(Signature.SECOND_SEASON, LearnerSettings.NONE)
                    : LearnerSettings.NONE));
      } catch (IllegalArgumentException e) {
        throw arguments.wrong(Signature.SECOND_SEASON, e.getMessage());
      }
    }

    /** Columns that nothing reads are a mistake. */
    private void checkCovariates(boolean hasWeights) {
      List<Option<?>> covariates = List.of(Signature.AHEAD_COLUMNS, Signature.FEATURE_COLUMNS);
      if (covariates.stream().noneMatch(arguments::isGiven)) {
        arguments.refuse(
            List.of(ForecastOptions.COVARIATES),
            "feature_columns or ahead_columns as well",
            "none");
      }
      if (!hasWeights && !arguments.get(ForecastOptions.COVARIATES)) {
        arguments.refuse(covariates, "learn_covariates => TRUE as well", "FALSE");
      }
    }

    /** Only their alarms are given; when an incident ends does not matter. */
    private IncidentSettings incidents() {
      return new IncidentSettings(
          AnomalyOptions.settings(
              arguments.get(AnomalyOptions.BUDGET), arguments.get(AnomalyOptions.REASONS)),
          IncidentSettings.DEFAULT_MIN_DURATION,
          IncidentSettings.DEFAULT_QUIET);
    }
  }
}
