package dev.weir.sql;

import static java.util.Map.entry;

import dev.weir.sql.aggregate.Accuracy;
import dev.weir.sql.aggregate.Coverage;
import dev.weir.sql.aggregate.Crps;
import dev.weir.sql.aggregate.IntervalScore;
import dev.weir.sql.aggregate.LogLoss;
import dev.weir.sql.aggregate.Mase;
import dev.weir.sql.aggregate.PinballLoss;
import dev.weir.sql.aggregate.Smape;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.module.Module;

/**
 * Weir's functions: {@code LOAD MODULE weir}.
 *
 * <p>The provider of models is found beside it, by Flink's service files, and not given by the
 * module: the first module that gives one gives it for all models, whatever their option says.
 */
public final class WeirModule implements Module {

  private static final Map<String, FunctionDefinition> FUNCTIONS =
      Map.ofEntries(
          entry("FORECAST", new ForecastTableFunction()),
          entry("ANOMALIES", new AnomaliesTableFunction()),
          entry("CLASSIFY", new ClassifyTableFunction()),
          entry("ACCURACY", new Accuracy()),
          entry("LOG_LOSS", new LogLoss()),
          entry("MASE", new Mase()),
          entry("SMAPE", new Smape()),
          entry("COVERAGE", new Coverage()),
          entry("INTERVAL_SCORE", new IntervalScore()),
          entry("PINBALL_LOSS", new PinballLoss()),
          entry("CRPS", new Crps()));

  WeirModule() {}

  @Override
  public Set<String> listFunctions() {
    return FUNCTIONS.keySet();
  }

  @Override
  public Optional<FunctionDefinition> getFunctionDefinition(String name) {
    return Optional.ofNullable(FUNCTIONS.get(name.toUpperCase(Locale.ROOT)));
  }
}
