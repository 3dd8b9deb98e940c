package dev.weir.sql;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Models of SQL that run in the tasks themselves: {@code CREATE MODEL … WITH ('provider' = 'weir',
 * 'weights.path' = …)}. Weights are read when a statement is planned, so that what is wrong with
 * them is said there; they travel with the job.
 */
public final class WeirModelFactory implements ModelProviderFactory {

  static final ConfigOption<String> WEIGHTS_PATH =
      ConfigOptions.key("weights.path")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Weights, safetensors: a path or URL of Flink's file systems, or builtin:NAME.");
  static final ConfigOption<String> TASK =
      ConfigOptions.key("task")
          .stringType()
          .defaultValue("regression")
          .withDescription("What Flink calls the task; a forecast is a regression.");
  static final ConfigOption<String> MODE =
      ConfigOptions.key("mode")
          .stringType()
          .noDefaultValue()
          .withDescription("many-to-one or many-to-many, where the weights' file does not say.");
  static final ConfigOption<Integer> SEQ_LEN =
      ConfigOptions.key("seq-len")
          .intType()
          .noDefaultValue()
          .withDescription("Values in a window, where the weights' file does not say.");
  static final ConfigOption<String> SCALING =
      ConfigOptions.key("scaling")
          .stringType()
          .noDefaultValue()
          .withDescription("How the weights want values scaled, where their file does not say.");
  static final ConfigOption<String> READOUT =
      ConfigOptions.key("readout")
          .stringType()
          .noDefaultValue()
          .withDescription("What the head reads, where the file does not say.");
  static final ConfigOption<String> CELL =
      ConfigOptions.key("cell")
          .stringType()
          .noDefaultValue()
          .withDescription("The cell, where neither file nor shapes say: relu looks like tanh.");

  @Override
  public String factoryIdentifier() {
    return "weir";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(WEIGHTS_PATH);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(TASK, MODE, SEQ_LEN, SCALING, READOUT, CELL);
  }

  @Override
  public ModelProvider createModelProvider(Context context) {
    FactoryUtil.ModelProviderFactoryHelper helper =
        FactoryUtil.createModelProviderFactoryHelper(this, context);
    helper.validate();
    String name = context.getObjectIdentifier().getObjectName();
    String where = "MODEL " + name;
    if (!helper.getOptions().get(TASK).equals("regression")) {
      throw new ValidationException(
          "%s: task: expected regression, got '%s'"
              .formatted(where, helper.getOptions().get(TASK)));
    }
    checkInput(where, context.getCatalogModel().getResolvedInputSchema().getColumns());
    List<Column> outputs = context.getCatalogModel().getResolvedOutputSchema().getColumns();
    checkOutput(where, outputs);
    return new WeirModelProvider(
        ModelFiles.toBytes(read(where, name, helper.getOptions())), outputs.size() > 1);
  }

  private static ForecastModel read(String where, String name, ReadableConfig options) {
    Mode mode = Choice.of(where, MODE.key(), options.get(MODE), Mode.values(), Mode::label);
    Integer seqLen = options.get(SEQ_LEN);
    if (seqLen != null && (seqLen < 1 || seqLen > ForecastModel.MAX_SEQ_LEN)) {
      throw new ValidationException(
          "%s: seq-len: expected 1 to %d, got %d"
              .formatted(where, ForecastModel.MAX_SEQ_LEN, seqLen));
    }
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            ForecastModel.isName(name) ? name : "model",
            mode,
            seqLen,
            Choice.readout(where, options.get(READOUT)),
            Choice.scaling(where, options.get(SCALING)),
            Choice.cell(where, options.get(CELL)),
            List.of());
    ForecastModel model;
    try {
      model = Weights.read(WEIGHTS_PATH.key(), options.get(WEIGHTS_PATH), defaults);
    } catch (IllegalArgumentException e) {
      throw new ValidationException(where + ": " + e.getMessage());
    }
    if (model.rnn().inputSize() != 1) {
      throw new ValidationException(
          "%s: weights.path: expected a model that reads values only (input_size 1), got input_size %d"
              .formatted(where, model.rnn().inputSize()));
    }
    for (ModelFiles.Contradiction other : defaults.contradictions(model)) { // none of a calendar
      String option = other.key().substring("weir.".length()).replace('_', '-');
      throw new ValidationException("%s: %s: %s".formatted(where, option, other));
    }
    return model;
  }

  private static void checkInput(String where, List<Column> columns) {
    if (columns.size() != 1 || !isArrayOfDoubles(columns.get(0))) {
      throw new ValidationException(
          "%s: INPUT: expected one column, the window's values, oldest first, as ARRAY<DOUBLE>, got %s"
              .formatted(where, columns));
    }
  }

  private static void checkOutput(String where, List<Column> columns) {
    boolean forecast = !columns.isEmpty() && isArrayOfDoubles(columns.get(0));
    boolean error =
        columns.size() < 2
            || columns.size() == 2 && type(columns.get(1)).is(LogicalTypeRoot.VARCHAR);
    if (!forecast || !error) {
      throw new ValidationException(
          "%s: OUTPUT: expected the forecast as ARRAY<DOUBLE>, and after it, if wanted, what is wrong with a row as STRING, got %s"
              .formatted(where, columns));
    }
  }

  private static LogicalType type(Column column) {
    return column.getDataType().getLogicalType();
  }

  private static boolean isArrayOfDoubles(Column column) {
    return type(column) instanceof ArrayType array
        && array.getElementType().is(LogicalTypeRoot.DOUBLE);
  }
}
