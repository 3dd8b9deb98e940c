package dev.weir.sql;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.calendar.HolidaySettings;
import dev.weir.forecast.engine.CovariateRule;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.LearningPlan;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.expert.recurrent.NetworkTraining;
import dev.weir.forecast.explanation.ExplanationSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.sql.InputRow.Columns;
import dev.weir.sql.file.ModelFileLoader;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;

/**
 * One call of {@code FORECAST} or {@code ANOMALIES}, checked: all that its tasks need. Made when a
 * statement is planned, so that what is wrong with it is said there.
 *
 * @param settings what the core is configured with: one target
 * @param columns what is read of each row
 * @param refusedRows whether a row that can't be used gives one that says so
 */
record ForecastPlan(ForecastSettings settings, Columns columns, boolean refusedRows)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Columns of a forecast that is not explained, without the partition's key and time. */
  static final int COLUMNS = 10;

  /** Arguments that say how a base model is read. */
  private static final List<Option<?>> OF_WEIGHTS =
      List.of(
          ForecastOptions.MODEL,
          ForecastOptions.SCALING,
          ForecastOptions.READOUT,
          ForecastOptions.CELL,
          ForecastOptions.CALENDAR);

  /** Those of them that a file says, too. */
  private static final List<Option<?>> OF_FILE =
      List.of(ForecastOptions.SCALING, ForecastOptions.READOUT, ForecastOptions.CELL);

  /** Arguments that say how a series is learned. */
  private static final List<Option<?>> OF_LEARNING =
      withHolidays(
          ForecastOptions.SIZE,
          ForecastOptions.EXPERTS,
          ForecastOptions.SEASON_LENGTH,
          Signature.SECOND_SEASON,
          Signature.LEVEL,
          ForecastOptions.COVARIATES,
          ForecastOptions.EXPLAIN);

  /** Those of them that say nothing where a network combines forecasts that learn nothing. */
  private static final List<Option<?>> OF_LEARNED_EXPERTS =
      withHolidays(
          ForecastOptions.SIZE,
          ForecastOptions.EXPERTS,
          Signature.SECOND_SEASON,
          Signature.AHEAD_COLUMNS,
          ForecastOptions.COVARIATES);

  private static List<Option<?>> withHolidays(Option<?>... others) {
    return Stream.concat(Stream.of(others), CalendarArguments.HOLIDAYS.stream()).toList();
  }

  /** Windows from one forecast to the next where none is wanted. */
  private static final int NO_FORECASTS = Integer.MAX_VALUE;

  /** Anything but zero: rows wait for the table's watermark, whose delay the table says. */
  private static final Duration UNTIL_WATERMARK = Duration.ofMillis(1);

  /**
   * Checks all that can be checked without reading a file.
   *
   * @return the rows that come out
   */
  static DataType output(CallContext call) {
    DataType time = checked(call, Signature.FORECAST);
    List<Field> columns =
        new ArrayList<>(
            List.of(
                DataTypes.FIELD("origin", time.notNull()),
                DataTypes.FIELD("step", DataTypes.INT()),
                DataTypes.FIELD("target_time", time),
                DataTypes.FIELD("forecast_value", DataTypes.DOUBLE()),
                DataTypes.FIELD("lower_bound", DataTypes.DOUBLE()),
                DataTypes.FIELD("upper_bound", DataTypes.DOUBLE()),
                DataTypes.FIELD("model", DataTypes.STRING()),
                DataTypes.FIELD("model_version", DataTypes.BIGINT()),
                DataTypes.FIELD("status", DataTypes.STRING().notNull()),
                DataTypes.FIELD("error", DataTypes.STRING())));
    if (new CallArguments(call, Signature.FORECAST).get(ForecastOptions.EXPLAIN)) {
      columns.add(
          DataTypes.FIELD(
              "explanation", DataTypes.MAP(DataTypes.STRING().notNull(), DataTypes.DOUBLE())));
    }
    return DataTypes.ROW(columns).notNull().bridgedTo(RowData.class);
  }

  /** As {@link #output}, of {@code ANOMALIES}. */
  static DataType anomalies(CallContext call) {
    DataType time = checked(call, Signature.ANOMALIES);
    return DataTypes.ROW(
            DataTypes.FIELD("value_time", time.notNull()),
            DataTypes.FIELD("actual_value", DataTypes.DOUBLE()),
            DataTypes.FIELD("forecast_value", DataTypes.DOUBLE()),
            DataTypes.FIELD("lower_bound", DataTypes.DOUBLE()),
            DataTypes.FIELD("upper_bound", DataTypes.DOUBLE()),
            DataTypes.FIELD("surprise", DataTypes.DOUBLE()),
            DataTypes.FIELD("is_anomaly", DataTypes.BOOLEAN().notNull()),
            DataTypes.FIELD("reason", DataTypes.STRING()),
            DataTypes.FIELD("model", DataTypes.STRING()),
            DataTypes.FIELD("model_version", DataTypes.BIGINT()),
            DataTypes.FIELD("status", DataTypes.STRING().notNull()),
            DataTypes.FIELD("error", DataTypes.STRING()))
        .notNull()
        .bridgedTo(RowData.class);
  }

  /** The kind of time of a call that is right so far. */
  private static DataType checked(CallContext call, Signature signature) {
    new ForecastPlan.Reader(call, signature).withoutWeights();
    return new TableColumns(call, new CallArguments(call, signature)).time();
  }

  /** Steps of its forecasts. */
  int horizon() {
    return settings.targets().get(0).horizon();
  }

  /** Whether its rows have the column {@code explanation}. */
  boolean explains() {
    Learning learning = settings.targets().get(0).learning();
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
    private final CalendarArguments calendar;
    private final Mode mode;
    private final int seqLen;
    private final int horizon;
    private final boolean learns;
    private final boolean judges;

    Reader(CallContext call, Signature signature) {
      this.arguments = new CallArguments(call, signature);
      this.judges = signature == Signature.ANOMALIES;
      this.columns = new TableColumns(call, arguments);
      this.calendar = new CalendarArguments(arguments);
      this.mode = arguments.get(ForecastOptions.MODE);
      this.seqLen = arguments.get(ForecastOptions.SEQ_LEN);
      boolean manyToMany = mode == Mode.MANY_TO_MANY;
      this.horizon =
          arguments.get(
              ForecastOptions.HORIZON,
              manyToMany ? seqLen : ForecastOptions.HORIZON.defaultValue());
      if (manyToMany && horizon != seqLen) {
        throw arguments.wrong(
            ForecastOptions.HORIZON,
            "seq_len (%d), since each step answers for one value".formatted(seqLen),
            horizon);
      }
      this.learns = arguments.get(ForecastOptions.LEARNING);
    }

    ForecastPlan plan() {
      return new ForecastPlan(
          settings(weights(), learns ? calendar.holidays() : null),
          columns.of(),
          arguments.get(Signature.REFUSED_ROWS));
    }

    void withoutWeights() {
      columns.of();
      calendar.check();
      settings(null, null);
    }

    private ForecastSettings settings(ForecastModel model, HolidaySettings holidays) {
      boolean hasWeights = arguments.get(ForecastOptions.FILE) != null;
      if (!learns && !hasWeights) {
        throw arguments.wrong(
            ForecastOptions.FILE, "a model's file where learning is FALSE", "none");
      }
      if (!hasWeights) {
        arguments.refuse(OF_WEIGHTS, "weights_path beside it", "none");
      }
      boolean follows = model != null && !model.candidates().isEmpty();
      if (!learns && model != null) {
        arguments.refuse(
            follows ? OF_LEARNED_EXPERTS : OF_LEARNING, "learning => TRUE beside it", "FALSE");
      }
      checkAhead(model);
      defaults(); // each of them must be right, whether there is a file or not
      Target target =
          new Target(
              mode,
              hasWeights ? (model == null ? "a model" : model.name()) : null,
              horizon,
              model == null ? null : ModelFiles.toBytes(model),
              learns || follows ? learning(model, holidays) : null,
              bounds());
      Sampling sampling = sampling();
      ForecastSettings settings =
          new ForecastSettings(
              seqLen,
              judges ? NO_FORECASTS : arguments.get(ForecastOptions.STRIDE),
              arguments.get(Signature.FEATURE_COLUMNS).size(),
              calendar.calendar(model),
              arguments.get(Signature.IN_ORDER) ? Duration.ZERO : UNTIL_WATERMARK,
              sampling,
              limits(sampling),
              List.of(target),
              arguments.get(ForecastOptions.TIME_ZONE),
              arguments.get(Signature.AHEAD_COLUMNS).size());
      String problem = model == null ? null : settings.problemWith(model, target);
      if (problem != null) {
        throw arguments.wrong(problem);
      }
      return settings;
    }

    /** Columns known ahead that nothing reads are a mistake. */
    private void checkAhead(ForecastModel model) {
      int ahead = arguments.get(Signature.AHEAD_COLUMNS).size();
      boolean isLearned = learns && arguments.get(ForecastOptions.COVARIATES);
      if (ahead > 0 && model != null && !isLearned && model.ahead().count() == 0) {
        throw arguments.wrong(
            Signature.AHEAD_COLUMNS,
            "none where nothing is learned from them and the model reads none",
            ahead);
      }
    }

    private Bounds bounds() {
      try {
        return BoundsOptions.bounds(
            arguments.get(BoundsOptions.MIN),
            arguments.get(BoundsOptions.MAX),
            arguments.get(BoundsOptions.INTEGER));
      } catch (IllegalArgumentException e) {
        throw arguments.wrong("bounds_" + e.getMessage());
      }
    }

    private ForecastModel weights() {
      String location = arguments.get(ForecastOptions.FILE);
      if (location == null) {
        return null;
      }
      ForecastModel model;
      try {
        model =
            ModelFileLoader.read(
                arguments.signature().label(ForecastOptions.FILE), location, defaults());
      } catch (IllegalArgumentException e) {
        throw arguments.wrong(e.getMessage());
      }
      for (ModelFiles.Contradiction other : defaults().contradictions(model)) {
        for (Option<?> option : OF_FILE) {
          if (other.key().equals("weir." + option.name())) {
            throw arguments.wrong(option.name(), other.toString());
          }
        }
      }
      String name = arguments.get(ForecastOptions.MODEL);
      return name == null ? model : model.withName(name);
    }

    private ModelFiles.Defaults defaults() {
      return new ModelFiles.Defaults(
          arguments.get(ForecastOptions.MODEL, "model"),
          mode,
          seqLen,
          arguments.get(ForecastOptions.READOUT),
          arguments.get(ForecastOptions.SCALING),
          arguments.get(ForecastOptions.CELL),
          arguments.get(ForecastOptions.CALENDAR));
    }

    private Learning learning(ForecastModel model, HolidaySettings holidays) {
      List<Double> levels = List.of(arguments.get(Signature.LEVEL) / 100.0);
      SeasonCounts seasons = seasons();
      LearnerSettings learner;
      try {
        learner =
            learns
                ? plan(levels, seasons, holidays).learner(horizon)
                : LearnerSettings.following(model, horizon)
                    .withLevels(levels)
                    .withHolidays(holidays);
      } catch (IllegalArgumentException e) {
        throw arguments.wrong(e.getMessage());
      }
      int bytes = LearningPlan.seriesBytes(learner, seasons.first(), seqLen, model != null, null);
      if (bytes > ForecastOptions.MAX_SERIES_BYTES) {
        throw arguments.wrong(
            ForecastOptions.HORIZON,
            "a series of at most %,d bytes; take a shorter horizon or season, or size => 'small'"
                .formatted(ForecastOptions.MAX_SERIES_BYTES),
            "%d, with which one takes %,d".formatted(horizon, bytes));
      }
      Learning learning = new Learning(learner, seasons.first(), 0, judges ? incidents() : null);
      return arguments.get(ForecastOptions.EXPLAIN) ? learning.explained(names()) : learning;
    }

    /** Covariates are named as their columns. */
    private ExplanationSettings names() {
      return new ExplanationSettings(
          arguments.get(Signature.FEATURE_COLUMNS), arguments.get(Signature.AHEAD_COLUMNS));
    }

    private LearningPlan plan(List<Double> levels, SeasonCounts seasons, HolidaySettings holidays) {
      return new LearningPlan(
          arguments.get(ForecastOptions.SIZE),
          arguments.get(ForecastOptions.EXPERTS),
          levels,
          NetworkTraining.DEFAULT,
          covariates(),
          seasons,
          holidays);
    }

    private SeasonCounts seasons() {
      try {
        return new SeasonCounts(
            arguments.get(ForecastOptions.SEASON_LENGTH, LearnerSettings.AUTO),
            arguments.get(Signature.SECOND_SEASON, LearnerSettings.NONE));
      } catch (IllegalArgumentException e) {
        throw arguments.wrong(Signature.SECOND_SEASON.key(), e.getMessage());
      }
    }

    /** What the mixture learns from; columns that nothing reads are a mistake. */
    private Covariates.Count covariates() {
      Option<List<String>> features = Signature.FEATURE_COLUMNS;
      Option<List<String>> ahead = Signature.AHEAD_COLUMNS;
      Option<Boolean> learned = ForecastOptions.COVARIATES;
      int observed = arguments.get(features).size();
      int known = arguments.get(ahead).size();
      boolean hasWeights = arguments.get(ForecastOptions.FILE) != null;
      if (observed + known == 0) {
        arguments.refuse(List.of(learned), "feature_columns or ahead_columns beside it", "none");
      }
      if (!arguments.get(learned)) {
        arguments.refuse(
            hasWeights ? List.of() : List.of(ahead, features),
            "learn_covariates => TRUE beside it",
            "FALSE");
        return Covariates.Count.NONE;
      }
      boolean isAsked = arguments.isGiven(learned) || !hasWeights; // else only the network reads
      String problem =
          CovariateRule.problemWith(observed, known, isAsked, features.key(), ahead.key());
      if (problem != null) {
        throw arguments.wrong((known > 0 ? ahead : features).key(), problem);
      }
      return CovariateRule.learned(observed, known);
    }

    /** Only their alarms are given; when an incident ends does not matter. */
    private IncidentSettings incidents() {
      return new IncidentSettings(
          AnomalyOptions.settings(
              arguments.get(AnomalyOptions.BUDGET), arguments.get(AnomalyOptions.REASONS)),
          IncidentSettings.DEFAULT_MIN_DURATION,
          IncidentSettings.DEFAULT_QUIET);
    }

    private Sampling sampling() {
      Duration interval = arguments.get(ForecastOptions.INTERVAL);
      Gap gap = arguments.get(ForecastOptions.GAP);
      int maxFill = arguments.get(ForecastOptions.MAX_FILL);
      if (interval == null) {
        arguments.refuse(
            List.of(ForecastOptions.GAP, ForecastOptions.MAX_FILL),
            "sampling_interval beside it, since nothing is missing by count",
            "none");
        return Sampling.BY_COUNT;
      }
      if (gap == Gap.SKIP || gap == Gap.RESET) {
        arguments.refuse(
            List.of(ForecastOptions.MAX_FILL),
            "gap => 'carry' or 'linear' beside it, since nothing else fills",
            "'" + gap.name().toLowerCase(Locale.ROOT) + "'");
      }
      return new Sampling(interval, gap, maxFill);
    }

    private StateLimits limits(Sampling sampling) {
      Duration ttl = arguments.get(ForecastOptions.TTL);
      if (!ttl.isZero() && !sampling.isByCount() && ttl.toMillis() <= sampling.interval()) {
        throw arguments.wrong(
            ForecastOptions.TTL,
            "more than sampling_interval (%s)".formatted(Duration.ofMillis(sampling.interval())),
            ttl);
      }
      return new StateLimits(ttl, 0);
    }
  }
}
