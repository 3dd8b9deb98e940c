package dev.weir.sql;

import dev.weir.file.NamedFile;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.util.HashSet;
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

  static final ConfigOption<String> WEIGHTS_PATH = config("weights.path", ForecastOptions.FILE);
  static final ConfigOption<String> TASK =
      ConfigOptions.key("task")
          .stringType()
          .defaultValue("regression")
          .withDescription("What Flink calls the task; a forecast is a regression.");

  /** What the weights' file may not say. */
  private static final List<Option<?>> OF_WEIGHTS =
      List.of(
          ForecastOptions.MODE,
          ForecastOptions.SEQ_LEN,
          ForecastOptions.SCALING,
          ForecastOptions.READOUT,
          ForecastOptions.CELL);

  private static ConfigOption<String> config(String key, Option<?> option) {
    return ConfigOptions.key(key)
        .stringType()
        .noDefaultValue()
        .withDescription(option.description());
  }

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
    Set<ConfigOption<?>> options = new HashSet<>(Set.of(TASK));
    OF_WEIGHTS.forEach(option -> options.add(config(option.name(), option)));
    return options;
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

  /** Null where the file is to say. */
  private static <T> T value(String where, ReadableConfig options, Option<T> option) {
    String text = options.get(config(option.name(), option));
    try {
      return text == null ? null : option.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ValidationException("%s: %s: %s".formatted(where, option.name(), e.getMessage()));
    }
  }

  private static ForecastModel read(String where, String name, ReadableConfig options) {
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            ForecastModel.isName(name) ? name : "model",
            value(where, options, ForecastOptions.MODE),
            value(where, options, ForecastOptions.SEQ_LEN),
            value(where, options, ForecastOptions.READOUT),
            value(where, options, ForecastOptions.SCALING),
            value(where, options, ForecastOptions.CELL),
            List.of());
    ForecastModel model;
    try {
      String location = options.get(WEIGHTS_PATH);
      byte[] file = NamedFile.model(location, null);
      model = ModelFiles.fromBytes(file, defaults, location);
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw new ValidationException("%s: weights.path: %s".formatted(where, e.getMessage()));
    }
    if (model.combines()) {
      throw new ValidationException(
          where
              + ": weights.path: expected a network that reads windows, got one that combines"
              + " forecasts, which FORECAST can use");
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
