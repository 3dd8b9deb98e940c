package dev.weir.sql;

import dev.weir.forecast.ForecastSettings;
import dev.weir.forecast.ForecastSettings.Learning;
import dev.weir.forecast.ForecastSettings.Target;
import dev.weir.forecast.Learner;
import dev.weir.forecast.LearnerSettings;
import dev.weir.forecast.Sampling;
import dev.weir.forecast.Sampling.Gap;
import dev.weir.forecast.StateLimits;
import dev.weir.forecast.expert.Experts;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.io.Serializable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
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
import org.apache.flink.types.ColumnList;
import org.apache.flink.util.TimeUtils;

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

  private static final String FUNCTION = "FORECAST";

  private static final int DEFAULT_HORIZON = 2;
  private static final int DEFAULT_SEQ_LEN = 5;
  private static final int DEFAULT_LEVEL = 80; // per cent
  private static final int DEFAULT_MAX_FILL = 100;

  /** A million series of this size fill a cluster already. */
  private static final int MAX_SERIES_BYTES = 2 << 20;

  /** Longer ones overflow somewhere, and nobody means them. */
  private static final Duration LONGEST = Duration.ofDays(3650);

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
    return time.map(column -> column.getDataType().getLogicalType())
            .anyMatch(type -> type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE))
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
    private final Mode mode;
    private final int seqLen;
    private final int horizon;
    private final boolean learns;

    Reader(CallContext call) {
      this.call = call;
      this.mode =
          orElse(
              Choice.of(
                  FUNCTION,
                  Signature.MODE.label(),
                  text(Signature.MODE),
                  Mode.values(),
                  Mode::label),
              Mode.MANY_TO_ONE);
      this.seqLen = number(Signature.SEQ_LEN, DEFAULT_SEQ_LEN, 1, ForecastModel.MAX_SEQ_LEN);
      boolean manyToMany = mode == Mode.MANY_TO_MANY;
      this.horizon =
          number(
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
      this.learns = value(Signature.LEARNING, Boolean.class, true);
    }

    ForecastPlan plan() {
      return new ForecastPlan(
          settings(weights()), columns(), value(Signature.REFUSED_ROWS, Boolean.class, false));
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
          Arrays.stream(table.partitionByColumns()).mapToObj(all::get).toList(),
          valueColumn(all),
          words(Signature.FEATURE_COLUMNS).stream()
              .map(name -> column(Signature.FEATURE_COLUMNS, name, all))
              .toList());
    }

    private Column valueColumn(List<Column> all) {
      String name = text(Signature.VALUE_COLUMN);
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
      boolean hasWeights = text(Signature.WEIGHTS_PATH) != null;
      if (!learns && !hasWeights) {
        throw wrong(Signature.WEIGHTS_PATH, "a model's file where learning is FALSE", "none");
      }
      for (Signature argument :
          List.of(
              Signature.MODEL_NAME,
              Signature.SCALING,
              Signature.READOUT,
              Signature.CELL,
              Signature.CALENDAR)) {
        if (!hasWeights && text(argument) != null) {
          throw wrong(argument, "weights_path beside it", "none");
        }
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
              number(Signature.STRIDE, 1, 1, 1_000_000),
              words(Signature.FEATURE_COLUMNS).size(),
              calendar(),
              value(Signature.IN_ORDER, Boolean.class, false) ? Duration.ZERO : UNTIL_WATERMARK,
              sampling,
              limits(sampling),
              List.of(target));
      String problem = model == null ? null : settings.problemWith(model, target);
      if (problem != null) {
        throw new ValidationException(FUNCTION + ": " + problem);
      }
      return settings;
    }

    private ForecastModel weights() {
      String location = text(Signature.WEIGHTS_PATH);
      if (location == null) {
        return null;
      }
      ForecastModel model;
      try {
        model = Weights.read(Signature.WEIGHTS_PATH.label(), location, defaults());
      } catch (IllegalArgumentException e) {
        throw new ValidationException(FUNCTION + ": " + e.getMessage());
      }
      String name = text(Signature.MODEL_NAME);
      return name == null ? model : model.withName(name);
    }

    private ModelFiles.Defaults defaults() {
      String name = text(Signature.MODEL_NAME);
      if (name != null && !ForecastModel.isName(name)) {
        throw wrong(Signature.MODEL_NAME, "letters, digits, '.', '_' and '-'", "'" + name + "'");
      }
      return new ModelFiles.Defaults(
          name == null ? "model" : name,
          mode,
          seqLen,
          Choice.readout(FUNCTION, text(Signature.READOUT)),
          Choice.scaling(FUNCTION, text(Signature.SCALING)),
          Choice.cell(FUNCTION, text(Signature.CELL)),
          calendar());
    }

    private List<Calendar> calendar() {
      return words(Signature.CALENDAR).stream()
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
                    FUNCTION, Signature.SIZE.label(), text(Signature.SIZE), Size.values()),
                Size.DEFAULT)) {
              case SMALL -> LearnerSettings.small(horizon);
              case DEFAULT -> LearnerSettings.defaults(horizon);
              case FULL -> LearnerSettings.full(horizon);
            };
        learner =
            learner.withLevels(List.of(number(Signature.LEVEL, DEFAULT_LEVEL, 1, 99) / 100.0));
      } catch (IllegalArgumentException e) {
        throw new ValidationException(FUNCTION + ": " + e.getMessage());
      }
      List<String> experts = words(Signature.EXPERTS);
      for (String expert : experts) {
        if (!Experts.all().contains(expert)) {
          throw wrong(Signature.EXPERTS, "some of " + Experts.all(), "'" + expert + "'");
        }
      }
      learner = experts.isEmpty() ? learner : learner.withExperts(experts);
      int season = number(Signature.SEASON, LearnerSettings.AUTO, 1, 1000);
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
      Duration interval = interval(Signature.SAMPLING_INTERVAL);
      int maxFill = number(Signature.MAX_FILL, DEFAULT_MAX_FILL, 0, 10_000);
      Gap gap = Choice.ofNames(FUNCTION, Signature.GAP.label(), text(Signature.GAP), Gap.values());
      if (interval != null) {
        return new Sampling(interval, gap == null ? Gap.SKIP : gap, maxFill);
      }
      if (gap != null) {
        throw wrong(
            Signature.GAP,
            "sampling_interval beside it, since nothing is missing by count",
            "none");
      }
      return Sampling.BY_COUNT;
    }

    private StateLimits limits(Sampling sampling) {
      Duration ttl = interval(Signature.TTL);
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

    private Duration interval(Signature argument) {
      String text = text(argument);
      if (text == null) {
        return null;
      }
      String expected = "a duration of whole milliseconds such as PT1H or 1 h, above zero";
      Duration value;
      try {
        value = text.startsWith("P") ? Duration.parse(text) : TimeUtils.parseDuration(text);
      } catch (DateTimeParseException | IllegalArgumentException e) {
        throw wrong(argument, expected, "'" + text + "'");
      }
      boolean whole = value.getNano() % 1_000_000 == 0;
      if (value.isNegative() || value.isZero() || !whole || value.compareTo(LONGEST) > 0) {
        throw wrong(argument, expected, "'" + text + "'");
      }
      return value;
    }

    private int number(Signature argument, int otherwise, int min, int max) {
      Integer value = value(argument, Integer.class, null);
      if (value != null && (value < min || value > max)) {
        throw wrong(argument, "a whole number from %d to %d".formatted(min, max), value);
      }
      return value == null ? otherwise : value;
    }

    private List<String> words(Signature argument) {
      String text = text(argument);
      if (text == null) {
        return List.of();
      }
      List<String> words = Arrays.stream(text.split(",", -1)).map(String::trim).distinct().toList();
      if (words.contains("")) {
        throw wrong(argument, "words joined by commas", "'" + text + "'");
      }
      return words;
    }

    private static <T> T orElse(T value, T otherwise) {
      return value == null ? otherwise : value;
    }

    private String text(Signature argument) {
      return value(argument, String.class, null);
    }

    private <T> T value(Signature argument, Class<T> type, T otherwise) {
      int index = argument.ordinal();
      if (call.isArgumentNull(index)) {
        return otherwise;
      }
      if (!call.isArgumentLiteral(index)) {
        throw wrong(argument, "a literal", "an expression");
      }
      return call.getArgumentValue(index, type)
          .orElseThrow(() -> wrong(argument, "a literal of its type", "another"));
    }

    /** Without a cause: of an error, Flink's tools show the deepest cause alone. */
    private static ValidationException wrong(Signature argument, String expected, Object got) {
      return new ValidationException(
          "%s: %s: expected %s, got %s".formatted(FUNCTION, argument.label(), expected, got));
    }
  }

  private enum Size {
    SMALL,
    DEFAULT,
    FULL
  }
}
