package dev.weir.sql;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.network.NetworkForecaster;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.util.Collection;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.PredictFunction;

/**
 * {@code ML_PREDICT} with a model of Weir's: a window of values to the values that follow. A row
 * that is no window has no forecast, and says why if there is a column for that; it never throws,
 * since Flink would end the job.
 */
public final class WindowPrediction extends PredictFunction {

  private static final long serialVersionUID = 1L;

  private final byte[] weights; // safetensors
  private final boolean tellsErrors;
  private transient int seqLen;
  private transient NetworkForecaster network;
  private transient Windows windows;
  private transient WindowState state; // filled again for each row
  private transient Counter forecasts;
  private transient Counter refused;

  WindowPrediction(byte[] weights, boolean tellsErrors) {
    this.weights = weights;
    this.tellsErrors = tellsErrors;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    ForecastModel model =
        ModelFiles.fromBytes(weights, ModelFiles.Defaults.NONE, "weights of the statement");
    seqLen = model.seqLen();
    network = new NetworkForecaster(model);
    network.warmUp();
    windows = new Windows(seqLen, 1, 0);
    state = windows.newState();
    MetricGroup metrics = context.getMetricGroup().addGroup("weir");
    forecasts = metrics.counter("predictions");
    refused = metrics.counter("refusedRows");
  }

  @Override
  public Collection<RowData> predict(RowData row) {
    ArrayData values = row.isNullAt(0) ? null : row.getArray(0);
    String problem = problemWith(values);
    if (problem != null) {
      return refused(problem);
    }
    for (int i = 0; i < values.size(); i++) {
      state.append(i, values.getDouble(i), Observation.NO_FEATURES, 0);
    }
    SequenceWindow window = windows.window("", state);
    Forecast forecast = network.forecast(window);
    if (forecast.status() != Status.OK) {
      return refused("forecast: expected finite numbers, got others from the network");
    }
    forecasts.inc();
    return result(new GenericArrayData(forecast.values()), null);
  }

  private String problemWith(ArrayData values) {
    if (values == null || values.size() != seqLen) {
      return "window: expected %d values, got %s"
          .formatted(seqLen, values == null ? "NULL" : values.size());
    }
    for (int i = 0; i < seqLen; i++) {
      if (values.isNullAt(i) || !Double.isFinite(values.getDouble(i))) {
        return "window[%d]: expected a finite number, got %s"
            .formatted(i + 1, values.isNullAt(i) ? "NULL" : values.getDouble(i));
      }
    }
    return null;
  }

  private Collection<RowData> refused(String problem) {
    refused.inc();
    return result(null, StringData.fromString(problem));
  }

  private Collection<RowData> result(ArrayData values, StringData error) {
    return List.of(
        tellsErrors ? GenericRowData.of(values, error) : GenericRowData.of((Object) values));
  }
}
