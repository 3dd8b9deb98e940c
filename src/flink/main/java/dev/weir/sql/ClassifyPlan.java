package dev.weir.sql;

import dev.weir.classify.ClassifySettings;
import dev.weir.model.ClassifierModel;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.spec.ClassifySpec;
import dev.weir.sql.InputRow.Column;
import dev.weir.sql.InputRow.Columns;
import java.io.Serializable;
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
    settings(arguments, false);
    return ClassifyTableFunction.COLUMNS.type(columns.time());
  }

  /** Checks everything, and reads the model if there is one. */
  static ClassifyPlan of(CallContext call) {
    CallArguments arguments = new CallArguments(call, Signature.CLASSIFY);
    TableColumns columns = new TableColumns(call, arguments);
    return new ClassifyPlan(
        settings(arguments, true),
        columns.of(),
        columns.text(Signature.LABEL_COLUMN),
        columns.timestamp(Signature.LABEL_TIME_COLUMN),
        arguments.get(Signature.REFUSED_ROWS));
  }

  /**
   * The settings of a call.
   *
   * @param reads whether to read the model; else one that fits is taken for granted
   */
  private static ClassifySettings settings(CallArguments arguments, boolean reads) {
    boolean hasModel = arguments.isGiven(ClassifyOptions.FILE);
    if (!hasModel && !arguments.isGiven(Signature.LABEL_COLUMN)) {
      throw arguments.wrong(
          Signature.LABEL_COLUMN, "a column to learn from, where there is no weights_path", "none");
    }
    ClassifySpec spec = new ClassifySpec(arguments);
    spec.take(arguments.given(), arguments::get);
    spec.set(ForecastOptions.OUT_OF_ORDERNESS, arguments.outOfOrderness());
    spec.set(ForecastOptions.FEATURES, arguments.get(Signature.FEATURE_COLUMNS).size());
    if (hasModel) {
      String name = arguments.get(ClassifyOptions.MODEL);
      String otherwise = name == null ? "model" : name;
      ClassifierModel model =
          reads
              ? spec.read(
                  otherwise,
                  arguments.weights(ClassifyOptions.FILE),
                  arguments.get(ClassifyOptions.FILE))
              : null;
      spec.model(
          model == null || name != null ? otherwise : model.name(),
          model == null || name == null ? model : model.withName(name));
    }
    return spec.settings();
  }
}
