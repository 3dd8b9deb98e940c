package dev.weir.sql;

import dev.weir.classify.series.ClassifySettings;
import dev.weir.classify.series.SeriesClassifier;
import dev.weir.classify.series.WindowRule;
import dev.weir.classify.series.WindowRule.Kind;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import dev.weir.sql.file.ModelFileLoader;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;

/**
 * One call of {@code CLASSIFY}, checked: all that its tasks need. Made when a statement is planned,
 * so that what is wrong with it is said there.
 *
 * @param settings what the core is configured with
 * @param columns what is read of each row
 * @param label column of the labels; null for none
 * @param labelTime column of the times that the labels are of; null: each is of its row
 * @param refusedRows whether a row that can't be used gives one that says so
 */
record ClassifyPlan(
    ClassifySettings settings, Columns columns, Column label, Column labelTime, boolean refusedRows)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Columns of a classification, without the partition's key and the row's time. */
  static final int COLUMNS = 12;

  /**
   * Checks all that can be checked without reading a file.
   *
   * @return the rows that come out
   */
  static DataType output(CallContext call) {
    CallArguments arguments = new CallArguments(call, Signature.CLASSIFY);
    TableColumns columns = new TableColumns(call, arguments);
    columns.of();
    columns.text(Signature.LABEL_COLUMN);
    columns.timestamp(Signature.LABEL_TIME_COLUMN);
    settings(arguments, null);
    DataType time = columns.time();
    return DataTypes.ROW(
            DataTypes.FIELD("window_start", time),
            DataTypes.FIELD("window_end", time.notNull()),
            DataTypes.FIELD("steps", DataTypes.INT()),
            DataTypes.FIELD("predicted", DataTypes.STRING()),
            DataTypes.FIELD("probability", DataTypes.DOUBLE()),
            DataTypes.FIELD(
                "probabilities", DataTypes.MAP(DataTypes.STRING().notNull(), DataTypes.DOUBLE())),
            DataTypes.FIELD("label", DataTypes.STRING()),
            DataTypes.FIELD("labels", DataTypes.BIGINT()),
            DataTypes.FIELD("model", DataTypes.STRING()),
            DataTypes.FIELD("model_version", DataTypes.BIGINT()),
            DataTypes.FIELD("status", DataTypes.STRING().notNull()),
            DataTypes.FIELD("error", DataTypes.STRING()))
        .notNull()
        .bridgedTo(RowData.class);
  }

  /** Checks everything, and reads the model if there is one. */
  static ClassifyPlan of(CallContext call) {
    CallArguments arguments = new CallArguments(call, Signature.CLASSIFY);
    TableColumns columns = new TableColumns(call, arguments);
    return new ClassifyPlan(
        settings(arguments, model(arguments)),
        columns.of(),
        columns.text(Signature.LABEL_COLUMN),
        columns.timestamp(Signature.LABEL_TIME_COLUMN),
        arguments.get(Signature.REFUSED_ROWS));
  }

  private static ClassifierModel model(CallArguments arguments) {
    String location = arguments.get(ClassifyOptions.FILE);
    if (location == null) {
      return null;
    }
    String name = arguments.get(ClassifyOptions.MODEL);
    try {
      ClassifierModel model =
          ModelFileLoader.readClassifier(
              Signature.CLASSIFY.label(ClassifyOptions.FILE),
              location,
              name == null ? "model" : name);
      return name == null ? model : model.withName(name);
    } catch (IllegalArgumentException e) {
      throw arguments.wrong(e.getMessage());
    }
  }

  private static ClassifySettings settings(CallArguments arguments, ClassifierModel model) {
    boolean hasModel = arguments.get(ClassifyOptions.FILE) != null;
    boolean learns = arguments.get(ClassifyOptions.LEARNING);
    if (!hasModel) {
      arguments.refuse(List.of(ClassifyOptions.MODEL), "weights_path beside it", "none");
      if (!learns) {
        throw arguments.wrong(
            ClassifyOptions.FILE, "a model's file where learning is FALSE", "none");
      }
    }
    if (!arguments.isGiven(Signature.LABEL_COLUMN)) {
      arguments.refuse(
          List.of(Signature.LABEL_TIME_COLUMN, ClassifyOptions.WAITING),
          "label_column beside it",
          "none");
      if (!hasModel) {
        throw arguments.wrong(
            Signature.LABEL_COLUMN,
            "a column to learn from, where there is no weights_path",
            "none");
      }
    }
    List<String> classes = arguments.get(ClassifyOptions.CLASSES);
    int maxClasses =
        arguments.get(
            ClassifyOptions.MAX_CLASSES,
            Math.max(classes.size(), ClassifyOptions.MAX_CLASSES.defaultValue()));
    if (classes.size() > maxClasses) {
      throw arguments.wrong(
          ClassifyOptions.MAX_CLASSES,
          "at least the %d of classes".formatted(classes.size()),
          maxClasses);
    }
    String name = hasModel ? model == null ? "a-model" : model.name() : null;
    try {
      ClassifySettings settings =
          new ClassifySettings(
              arguments.get(ForecastOptions.SEQ_LEN),
              arguments.get(ForecastOptions.STRIDE),
              1 + arguments.get(Signature.FEATURE_COLUMNS).size(),
              rule(arguments),
              name,
              model == null ? null : ClassifierFiles.toBytes(model),
              classes,
              maxClasses,
              learns,
              arguments.get(ClassifyOptions.WAITING),
              ClassifySettings.SEED,
              arguments.get(ForecastOptions.TTL),
              0);
      String problem = model == null ? null : settings.problemWith(model);
      if (problem != null) {
        throw arguments.wrong(problem);
      }
      int bytes = SeriesClassifier.seriesBytes(settings);
      if (bytes > ClassifySettings.MAX_SERIES_BYTES) {
        throw arguments.wrong(
            ClassifyOptions.WAITING,
            "a series of at most %,d bytes".formatted(ClassifySettings.MAX_SERIES_BYTES),
            "%,d".formatted(bytes));
      }
      return settings;
    } catch (IllegalArgumentException e) {
      throw arguments.wrong(e.getMessage());
    }
  }

  private static WindowRule rule(CallArguments arguments) {
    Duration time = arguments.get(ClassifyOptions.WINDOW_TIME);
    Duration gap = arguments.get(ClassifyOptions.SESSION_GAP);
    if (time == null && gap == null) {
      return WindowRule.COUNT;
    }
    if (time != null && gap != null) {
      throw arguments.wrong(ClassifyOptions.SESSION_GAP, "it or window_time", "both");
    }
    arguments.refuse(
        List.of(ForecastOptions.STRIDE), "windows by count", "windows by time or session");
    return time != null ? new WindowRule(Kind.TIME, time) : new WindowRule(Kind.SESSION, gap);
  }
}
