package dev.weir.sql;

import static dev.weir.sql.CallArguments.FUNCTION;
import static dev.weir.sql.CallArguments.wrong;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.network.BaseModelExpert;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.ColumnList;

/**
 * One call of {@code FORECAST}, checked: all that its tasks need. Made when a statement is planned,
 * so that what is wrong with it is said there.
 *
 * @param settings what the core is configured with: one target
 * @param columns what is read of each row
 * @param refusedRows whether a row that can't be used gives one that says so
 */
record ForecastPlan(ForecastSettings settings, Columns columns, boolean refusedRows)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Columns of a forecast, without the partition's key and the row's time. */
  static final int COLUMNS = 10;

  /** Arguments that say how a base model is read. */
  private static final List<Option<?>> OF_WEIGHTS =
      List.of(
          ForecastOptions.MODEL,
          ForecastOptions.SCALING,
          ForecastOptions.READOUT,
          ForecastOptions.CELL,
          ForecastOptions.CALENDAR,
          Signature.FEATURE_COLUMNS);

  /** Those of them that a file says, too. */
  private static final List<Option<?>> OF_FILE =
      List.of(ForecastOptions.SCALING, ForecastOptions.READOUT, ForecastOptions.CELL);

  /** Arguments that say how a series is learned. */
  private static final List<Option<?>> OF_LEARNING =
      List.of(
          ForecastOptions.SIZE,
          ForecastOptions.EXPERTS,
          ForecastOptions.SEASON_LENGTH,
          Signature.LEVEL);

  /** Those of them that say nothing where a network combines forecasts that learn nothing. */
  private static final List<Option<?>> OF_LEARNED_EXPERTS =
      List.of(ForecastOptions.SIZE, ForecastOptions.EXPERTS);

  /** Anything but zero: rows wait for the table's watermark, whose delay the table says. */
  private static final Duration UNTIL_WATERMARK = Duration.ofMillis(1);

  /**
   * Checks all that can be checked without reading a file.
   *
   * @return the rows that come out
   */
  static DataType output(CallContext call) {
    new ForecastPlan.Reader(call).withoutWeights();
    DataType time = time(call);
    return DataTypes.ROW(
            DataTypes.FIELD("origin", time.notNull()),
            DataTypes.FIELD("step", DataTypes.INT()),
            DataTypes.FIELD("target_time", time),
            DataTypes.FIELD("forecast_value", DataTypes.DOUBLE()),
            DataTypes.FIELD("lower_bound", DataTypes.DOUBLE()),
            DataTypes.FIELD("upper_bound", DataTypes.DOUBLE()),
            DataTypes.FIELD("model", DataTypes.STRING()),
            DataTypes.FIELD("model_version", DataTypes.BIGINT()),
            DataTypes.FIELD("status", DataTypes.STRING().notNull()),
            DataTypes.FIELD("error", DataTypes.STRING()))
        .notNull()
        .bridgedTo(RowData.class);
  }

  /** The kind of timestamp that the input's time column has. */
  private static DataType time(CallContext call) {
    TableSemantics table = call.getTableSemantics(Signature.INPUT).orElseThrow();
    List<Field> columns = DataType.getFields(table.dataType());
    int onTime = Signature.COUNT; // the first of the arguments that Flink adds
    Stream<Field> time = Stream.empty();
    if (table.timeColumn() >= 0) {
      time = Stream.of(columns.get(table.timeColumn()));
    } else if (call.getArgumentDataTypes().size() > onTime) {
      List<String> names =
          call.getArgumentValue(onTime, ColumnList.class)
              .map(ColumnList::getNames)
              .orElse(List.of());
      time = columns.stream().filter(column -> names.contains(column.getName()));
    }
    Field column = time.findFirst().orElse(null);
    if (column == null) {
      return DataTypes.TIMESTAMP_LTZ(3); // Flink says what is missing
    }
    LogicalType type = column.getDataType().getLogicalType();
    if (!LogicalTypeChecks.isRowtimeAttribute(type)) { // in batch mode no column is
      boolean processing = LogicalTypeChecks.isProctimeAttribute(type);
      throw wrong(
          "on_time",
          "expected a column with a watermark, in streaming mode, got '%s', which is %s"
              .formatted(
                  column.getName(),
                  processing
                      ? "processing time"
                      : "no event time; in batch mode none is: SET 'execution.runtime-mode' = 'streaming'"));
    }
    return type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)
        ? DataTypes.TIMESTAMP(3)
        : DataTypes.TIMESTAMP_LTZ(3);
  }

  /** Checks everything, and reads the weights if there are any. */
  static ForecastPlan of(CallContext call) {
    return new Reader(call).plan();
  }

  /** Reads the arguments of one call. */
  private static final class Reader {

    private final CallContext call;
    private final CallArguments arguments;
    private final Mode mode;
    private final int seqLen;
    private final int horizon;
    private final boolean learns;

    Reader(CallContext call) {
      this.call = call;
      this.arguments = new CallArguments(call);
      this.mode = arguments.get(ForecastOptions.MODE);
      this.seqLen = arguments.get(ForecastOptions.SEQ_LEN);
      boolean manyToMany = mode == Mode.MANY_TO_MANY;
      this.horizon =
          arguments.get(
              ForecastOptions.HORIZON,
              manyToMany ? seqLen : ForecastOptions.HORIZON.defaultValue());
      if (manyToMany && horizon != seqLen) {
        throw wrong(
            ForecastOptions.HORIZON,
            "seq_len (%d), since each step answers for one value".formatted(seqLen),
            horizon);
      }
      this.learns = arguments.get(ForecastOptions.LEARNING);
    }

    ForecastPlan plan() {
      return new ForecastPlan(
          settings(weights()), columns(), arguments.get(Signature.REFUSED_ROWS));
    }

    void withoutWeights() {
      columns();
      settings(null);
    }

    private Columns columns() {
      TableSemantics table = call.getTableSemantics(Signature.INPUT).orElseThrow();
      List<String> names = DataType.getFieldNames(table.dataType());
      List<LogicalType> types =
          DataType.getFieldDataTypes(table.dataType()).stream()
              .map(DataType::getLogicalType)
              .toList();
      List<Column> all =
          IntStream.range(0, names.size())
              .mapToObj(i -> new Column(names.get(i), i, types.get(i)))
              .toList();
      return new Columns(
          Arrays.stream(table.partitionByColumns()).mapToObj(i -> key(all.get(i))).toList(),
          valueColumn(all),
          arguments.get(Signature.FEATURE_COLUMNS).stream()
              .map(name -> column(Signature.FEATURE_COLUMNS, name, all))
              .toList());
    }

    /** Only of these the text says what they are, and nothing of where they lie in memory. */
    private static Column key(Column column) {
      if (!column.type().is(LogicalTypeFamily.PREDEFINED)) {
        throw wrong(
            "input",
            "expected PARTITION BY columns of texts, numbers, booleans, times or bytes, got '%s', which is %s"
                .formatted(column.name(), column.type().asSummaryString()));
      }
      return column;
    }

    private Column valueColumn(List<Column> all) {
      String name = arguments.get(Signature.VALUE_COLUMN);
      if (name == null) {
        throw wrong(Signature.VALUE_COLUMN, "the name of a column", "none");
      }
      return column(Signature.VALUE_COLUMN, name, all);
    }

    private Column column(Option<?> argument, String name, List<Column> all) {
      Column found =
          all.stream()
              .filter(column -> column.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      wrong(
                          argument,
                          "one of the table's columns " + all.stream().map(Column::name).toList(),
                          "'" + name + "'"));
      if (!found.type().is(LogicalTypeFamily.NUMERIC)) {
        throw wrong(
            argument,
            "a column of numbers",
            "'%s', which is %s".formatted(name, found.type().asSummaryString()));
      }
      return found;
    }

    private ForecastSettings settings(ForecastModel model) {
      boolean hasWeights = arguments.get(ForecastOptions.FILE) != null;
      if (!learns && !hasWeights) {
        throw wrong(ForecastOptions.FILE, "a model's file where learning is FALSE", "none");
      }
      if (!hasWeights) {
        refuse(OF_WEIGHTS, "weights_path beside it", "none");
      }
      boolean follows = model != null && !model.candidates().isEmpty();
      if (!learns && model != null) {
        refuse(follows ? OF_LEARNED_EXPERTS : OF_LEARNING, "learning => TRUE beside it", "FALSE");
      }
      defaults(); // each of them must be right, whether there is a file or not
      Target target =
          new Target(
              mode,
              hasWeights ? (model == null ? "a model" : model.name()) : null,
              horizon,
              model == null ? null : ModelFiles.toBytes(model),
              learns || follows ? learning(model) : null);
      Sampling sampling = sampling();
      ForecastSettings settings =
          new ForecastSettings(
              seqLen,
              arguments.get(ForecastOptions.STRIDE),
              arguments.get(Signature.FEATURE_COLUMNS).size(),
              arguments.get(ForecastOptions.CALENDAR),
              arguments.get(Signature.IN_ORDER) ? Duration.ZERO : UNTIL_WATERMARK,
              sampling,
              limits(sampling),
              List.of(target));
      String problem = model == null ? null : settings.problemWith(model, target);
      if (problem != null) {
        throw new ValidationException(FUNCTION + ": " + problem);
      }
      return settings;
    }

    /** What could have no effect is a mistake. */
    private void refuse(List<Option<?>> unread, String expected, String got) {
      for (Option<?> argument : unread) {
        if (arguments.isGiven(argument)) {
          throw wrong(argument, expected, got);
        }
      }
    }

    private ForecastModel weights() {
      String location = arguments.get(ForecastOptions.FILE);
      if (location == null) {
        return null;
      }
      ForecastModel model;
      try {
        model = ModelFileLoader.read(Signature.label(ForecastOptions.FILE), location, defaults());
      } catch (IllegalArgumentException e) {
        throw new ValidationException(FUNCTION + ": " + e.getMessage());
      }
      for (ModelFiles.Contradiction other : defaults().contradictions(model)) {
        for (Option<?> option : OF_FILE) {
          if (other.key().equals("weir." + option.name())) {
            throw wrong(option.name(), other.toString());
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

    private Learning learning(ForecastModel model) {
      LearnerSettings learner;
      try {
        learner =
            (learns
                    ? arguments.get(ForecastOptions.SIZE).learner(horizon)
                    : LearnerSettings.following(model, horizon))
                .withLevels(List.of(arguments.get(Signature.LEVEL) / 100.0));
      } catch (IllegalArgumentException e) {
        throw new ValidationException(FUNCTION + ": " + e.getMessage());
      }
      List<String> experts = arguments.get(ForecastOptions.EXPERTS);
      learner = experts == null ? learner : learner.withExperts(experts);
      int season = arguments.get(ForecastOptions.SEASON_LENGTH, LearnerSettings.AUTO);
      boolean bare = learner.experts().isEmpty();
      int bytes =
          new Learner(learner, bare ? List.of(new BaseModelExpert(seqLen)) : List.of())
              .newSeries("a first one", season)
              .bytes();
      if (bytes > ForecastOptions.MAX_SERIES_BYTES) {
        throw wrong(
            ForecastOptions.HORIZON,
            "a series of at most %,d bytes; take a shorter horizon or season, or size => 'small'"
                .formatted(ForecastOptions.MAX_SERIES_BYTES),
            "%d, with which one takes %,d".formatted(horizon, bytes));
      }
      return new Learning(learner, season, 0);
    }

    private Sampling sampling() {
      Duration interval = arguments.get(ForecastOptions.INTERVAL);
      Gap gap = arguments.get(ForecastOptions.GAP);
      int maxFill = arguments.get(ForecastOptions.MAX_FILL);
      if (interval == null) {
        refuse(
            List.of(ForecastOptions.GAP, ForecastOptions.MAX_FILL),
            "sampling_interval beside it, since nothing is missing by count",
            "none");
        return Sampling.BY_COUNT;
      }
      if (gap == Gap.SKIP || gap == Gap.RESET) {
        refuse(
            List.of(ForecastOptions.MAX_FILL),
            "gap => 'carry' or 'linear' beside it, since nothing else fills",
            "'" + gap.name().toLowerCase(Locale.ROOT) + "'");
      }
      return new Sampling(interval, gap, maxFill);
    }

    private StateLimits limits(Sampling sampling) {
      Duration ttl = arguments.get(ForecastOptions.TTL);
      if (!ttl.isZero() && !sampling.isByCount() && ttl.toMillis() <= sampling.interval()) {
        throw wrong(
            ForecastOptions.TTL,
            "more than sampling_interval (%s)".formatted(Duration.ofMillis(sampling.interval())),
            ttl);
      }
      return new StateLimits(ttl, 0);
    }
  }
}
