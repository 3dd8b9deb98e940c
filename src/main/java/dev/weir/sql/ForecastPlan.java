package dev.weir.sql;

import static dev.weir.sql.CallArguments.FUNCTION;
import static dev.weir.sql.CallArguments.wrong;

import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.forecast.engine.StateLimits;
import dev.weir.forecast.learn.Experts;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
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

  private static final int DEFAULT_HORIZON = 2;
  private static final int DEFAULT_SEQ_LEN = 5;
  private static final int DEFAULT_LEVEL = 80; // per cent
  private static final int DEFAULT_MAX_FILL = 100;

  /** A million series of this size fill a cluster already. */
  private static final int MAX_SERIES_BYTES = 2 << 20;

  /** Arguments that say how a base model is read. */
  private static final List<Signature> OF_WEIGHTS =
      List.of(
          Signature.MODEL_NAME,
          Signature.SCALING,
          Signature.READOUT,
          Signature.CELL,
          Signature.CALENDAR,
          Signature.FEATURE_COLUMNS);

  /** Arguments that say how a series is learned. */
  private static final List<Signature> OF_LEARNING =
      List.of(Signature.SIZE, Signature.EXPERTS, Signature.SEASON, Signature.LEVEL);

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
    TableSemantics table = call.getTableSemantics(Signature.INPUT.ordinal()).orElseThrow();
    List<Field> columns = DataType.getFields(table.dataType());
    int onTime = Signature.values().length; // the first of the arguments that Flink adds
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
          "a column with a watermark, in streaming mode",
          "'%s', which is %s"
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
      this.mode =
          orElse(
              Choice.of(
                  FUNCTION,
                  Signature.MODE.label(),
                  arguments.text(Signature.MODE),
                  Mode.values(),
                  Mode::label),
              Mode.MANY_TO_ONE);
      this.seqLen =
          arguments.number(Signature.SEQ_LEN, DEFAULT_SEQ_LEN, 1, ForecastModel.MAX_SEQ_LEN);
      boolean manyToMany = mode == Mode.MANY_TO_MANY;
      this.horizon =
          arguments.number(
              Signature.HORIZON,
              manyToMany ? seqLen : DEFAULT_HORIZON,
              1,
              ForecastModel.MAX_HORIZON);
      if (manyToMany && horizon != seqLen) {
        throw wrong(
            Signature.HORIZON,
            "seq_len (%d), since each step answers for one value".formatted(seqLen),
            horizon);
      }
      this.learns = arguments.value(Signature.LEARNING, Boolean.class, true);
    }

    ForecastPlan plan() {
      return new ForecastPlan(
          settings(weights()),
          columns(),
          arguments.value(Signature.REFUSED_ROWS, Boolean.class, false));
    }

    void withoutWeights() {
      columns();
      settings(null);
    }

    private Columns columns() {
      TableSemantics table = call.getTableSemantics(Signature.INPUT.ordinal()).orElseThrow();
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
          arguments.words(Signature.FEATURE_COLUMNS).stream()
              .map(name -> column(Signature.FEATURE_COLUMNS, name, all))
              .toList());
    }

    /** Only of these the text says what they are, and nothing of where they lie in memory. */
    private static Column key(Column column) {
      if (!column.type().is(LogicalTypeFamily.PREDEFINED)) {
        throw wrong(
            Signature.INPUT,
            "PARTITION BY columns of texts, numbers, booleans, times or bytes",
            "'%s', which is %s".formatted(column.name(), column.type().asSummaryString()));
      }
      return column;
    }

    private Column valueColumn(List<Column> all) {
      String name = arguments.text(Signature.VALUE_COLUMN);
      if (name == null) {
        throw wrong(Signature.VALUE_COLUMN, "the name of a column", "none");
      }
      return column(Signature.VALUE_COLUMN, name, all);
    }

    private Column column(Signature argument, String name, List<Column> all) {
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
      boolean hasWeights = arguments.text(Signature.WEIGHTS_PATH) != null;
      if (!learns && !hasWeights) {
        throw wrong(Signature.WEIGHTS_PATH, "a model's file where learning is FALSE", "none");
      }
      if (!hasWeights) {
        refuse(OF_WEIGHTS, "weights_path beside it", "none");
      }
      if (!learns) {
        refuse(OF_LEARNING, "learning => TRUE beside it", "FALSE");
      }
      defaults(); // each of them must be right, whether there is a file or not
      Target target =
          new Target(
              mode,
              hasWeights ? (model == null ? "a model" : model.name()) : null,
              horizon,
              model == null ? null : ModelFiles.toBytes(model),
              learns ? learning() : null);
      Sampling sampling = sampling();
      ForecastSettings settings =
          new ForecastSettings(
              seqLen,
              arguments.number(Signature.STRIDE, 1, 1, 1_000_000),
              arguments.words(Signature.FEATURE_COLUMNS).size(),
              calendar(),
              arguments.value(Signature.IN_ORDER, Boolean.class, false)
                  ? Duration.ZERO
                  : UNTIL_WATERMARK,
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
    private void refuse(List<Signature> unread, String expected, String got) {
      for (Signature argument : unread) {
        if (arguments.isGiven(argument)) {
          throw wrong(argument, expected, got);
        }
      }
    }

    private ForecastModel weights() {
      String location = arguments.text(Signature.WEIGHTS_PATH);
      if (location == null) {
        return null;
      }
      ForecastModel model;
      try {
        model = Weights.read(Signature.WEIGHTS_PATH.label(), location, defaults());
      } catch (IllegalArgumentException e) {
        throw new ValidationException(FUNCTION + ": " + e.getMessage());
      }
      mustAgree(Signature.SCALING, model.scaling().rule().label());
      mustAgree(Signature.READOUT, model.readout().label());
      mustAgree(Signature.CELL, model.rnn().cell().name().toLowerCase(Locale.ROOT));
      String name = arguments.text(Signature.MODEL_NAME);
      return name == null ? model : model.withName(name);
    }

    /** A file's own word counts, so that another one beside it would have no effect. */
    private void mustAgree(Signature argument, String fromFile) {
      String text = arguments.text(argument);
      if (text != null && !text.equals(fromFile)) {
        throw wrong(argument, "'%s', as the file says".formatted(fromFile), "'" + text + "'");
      }
    }

    private ModelFiles.Defaults defaults() {
      String name = arguments.text(Signature.MODEL_NAME);
      if (name != null && !ForecastModel.isName(name)) {
        throw wrong(Signature.MODEL_NAME, "letters, digits, '.', '_' and '-'", "'" + name + "'");
      }
      return new ModelFiles.Defaults(
          name == null ? "model" : name,
          mode,
          seqLen,
          Choice.readout(FUNCTION, arguments.text(Signature.READOUT)),
          Choice.scaling(FUNCTION, arguments.text(Signature.SCALING)),
          Choice.cell(FUNCTION, arguments.text(Signature.CELL)),
          calendar());
    }

    private List<Calendar> calendar() {
      return arguments.words(Signature.CALENDAR).stream()
          .map(
              word -> {
                Calendar calendar = Calendar.ofLabel(word);
                if (calendar == null) {
                  throw wrong(
                      Signature.CALENDAR,
                      "some of " + Calendar.labels(List.of(Calendar.values())),
                      "'" + word + "'");
                }
                return calendar;
              })
          .toList();
    }

    private Learning learning() {
      LearnerSettings learner;
      try {
        learner =
            switch (orElse(
                Choice.ofNames(
                    FUNCTION,
                    Signature.SIZE.label(),
                    arguments.text(Signature.SIZE),
                    Size.values()),
                Size.DEFAULT)) {
              case SMALL -> LearnerSettings.small(horizon);
              case DEFAULT -> LearnerSettings.defaults(horizon);
              case FULL -> LearnerSettings.full(horizon);
            };
        learner =
            learner.withLevels(
                List.of(arguments.number(Signature.LEVEL, DEFAULT_LEVEL, 1, 99) / 100.0));
      } catch (IllegalArgumentException e) {
        throw new ValidationException(FUNCTION + ": " + e.getMessage());
      }
      List<String> experts = arguments.words(Signature.EXPERTS);
      for (String expert : experts) {
        if (!Experts.all().contains(expert)) {
          throw wrong(Signature.EXPERTS, "some of " + Experts.all(), "'" + expert + "'");
        }
      }
      learner = experts.isEmpty() ? learner : learner.withExperts(experts);
      int season = arguments.number(Signature.SEASON, LearnerSettings.AUTO, 1, 1000);
      int bytes = new Learner(learner).newSeries("a first one", season).bytes();
      if (bytes > MAX_SERIES_BYTES) {
        throw wrong(
            Signature.HORIZON,
            "a series of at most %,d bytes; take a shorter horizon or season, or size => 'small'"
                .formatted(MAX_SERIES_BYTES),
            "%d, with which one takes %,d".formatted(horizon, bytes));
      }
      return new Learning(learner, season, 0);
    }

    private Sampling sampling() {
      Duration interval = arguments.interval(Signature.SAMPLING_INTERVAL);
      int maxFill = arguments.number(Signature.MAX_FILL, DEFAULT_MAX_FILL, 0, 10_000);
      Gap gap =
          Choice.ofNames(
              FUNCTION, Signature.GAP.label(), arguments.text(Signature.GAP), Gap.values());
      if (interval == null) {
        refuse(
            List.of(Signature.GAP, Signature.MAX_FILL),
            "sampling_interval beside it, since nothing is missing by count",
            "none");
        return Sampling.BY_COUNT;
      }
      Gap chosen = orElse(gap, Gap.SKIP);
      if (chosen == Gap.SKIP || chosen == Gap.RESET) {
        refuse(
            List.of(Signature.MAX_FILL),
            "gap => 'carry' or 'linear' beside it, since nothing else fills",
            "'" + chosen.name().toLowerCase(Locale.ROOT) + "'");
      }
      return new Sampling(interval, chosen, maxFill);
    }

    private StateLimits limits(Sampling sampling) {
      Duration ttl = arguments.interval(Signature.TTL);
      if (ttl == null) {
        return StateLimits.NONE;
      }
      if (!sampling.isByCount() && ttl.toMillis() <= sampling.interval()) {
        throw wrong(
            Signature.TTL,
            "more than sampling_interval (%s)".formatted(Duration.ofMillis(sampling.interval())),
            ttl);
      }
      return new StateLimits(ttl, 0);
    }

    private static <T> T orElse(T value, T otherwise) {
      return value == null ? otherwise : value;
    }
  }

  private enum Size {
    SMALL,
    DEFAULT,
    FULL
  }
}
