package dev.weir.cli;

import dev.weir.forecast.Arrival;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Fallback;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Observed;
import dev.weir.forecast.Output;
import dev.weir.forecast.WindowState;
import dev.weir.forecast.Windows;
import dev.weir.model.Mode;
import dev.weir.stream.WeirType;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** What stands in place of the forecast operator in the pipelines that it is compared with. */
final class BenchFunctions {

  private static final long SPACING_MILLIS = 1000; // as long a number as a true one

  private BenchFunctions() {}

  /** Makes an output of the forecasts' size of each observation, and keeps nothing. */
  static final class Identity extends KeyedProcessFunction<String, Arrival, Output> {

    private static final long serialVersionUID = 1L;

    private final Mode mode;

    Identity(Mode mode) {
      this.mode = mode;
    }

    @Override
    public void processElement(Arrival arrival, Context context, Collector<Output> out) {
      if (arrival instanceof DeadLetter letter) {
        out.collect(letter);
        return;
      }
      Observation observation = ((Observed) arrival).observation();
      int horizon = BenchPipeline.horizon(mode);
      long[] times = new long[horizon];
      double[] values = new double[horizon];
      Arrays.fill(values, observation.value());
      for (int i = 0; i < horizon; i++) {
        times[i] = observation.time() + (i + 1) * SPACING_MILLIS;
      }
      out.collect(
          new Forecast(
              observation.series(),
              observation.time(),
              observation.time(),
              BenchPipeline.SEQ_LEN,
              mode,
              times,
              values,
              List.of(),
              "",
              Forecast.NO_VERSION,
              0,
              Status.FALLBACK));
    }
  }

  /** Cuts each series into windows, in keyed state, and repeats the last value of each. */
  static final class WindowsOnly extends KeyedProcessFunction<String, Arrival, Output> {

    private static final long serialVersionUID = 1L;

    private final Mode mode;
    private transient ValueState<WindowState> windowState;
    private transient Windows windows;

    WindowsOnly(Mode mode) {
      this.mode = mode;
    }

    @Override
    public void open(OpenContext context) {
      windowState =
          getRuntimeContext().getState(new ValueStateDescriptor<>("window", WeirType.WINDOW_STATE));
      windows = new Windows(BenchPipeline.SEQ_LEN, 1, 0);
    }

    @Override
    public void processElement(Arrival arrival, Context context, Collector<Output> out)
        throws Exception {
      if (arrival instanceof DeadLetter letter) {
        out.collect(letter);
        return;
      }
      Observation observation = ((Observed) arrival).observation();
      WindowState state = windowState.value();
      if (state == null) {
        state = windows.newState();
      }
      if (windows.offer(state, observation, Windows.IN_ORDER) != Windows.Outcome.APPENDED) {
        throw new IllegalStateException(
            "%s: expected observations in order, got %s"
                .formatted(observation.series(), observation));
      }
      windowState.update(state);
      out.collect(
          Fallback.forecast(
              windows.window(observation.series(), state),
              mode,
              BenchPipeline.horizon(mode),
              Status.FALLBACK));
    }
  }
}
