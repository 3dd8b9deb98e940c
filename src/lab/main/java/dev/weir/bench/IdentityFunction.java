package dev.weir.bench;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.model.Mode;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Turns each observation into an output of a forecast's size; has no state. */
final class IdentityFunction extends KeyedProcessFunction<String, InputEvent, Output> {

  private static final long serialVersionUID = 1L;
  private static final long SPACING_MILLIS = 1000; // as many bytes in Avro as a real one

  private final Mode mode;

  IdentityFunction(Mode mode) {
    this.mode = mode;
  }

  @Override
  public void processElement(InputEvent arrival, Context context, Collector<Output> out) {
    if (arrival instanceof DeadLetter letter) {
      out.collect(letter);
      return;
    }
    Observation observation = ((ObservationEvent) arrival).observation();
    long[] times = new long[BenchPipeline.horizon(mode)];
    Arrays.setAll(times, i -> observation.time() + (i + 1) * SPACING_MILLIS);
    double[] values = new double[times.length];
    Arrays.fill(values, observation.value());
    out.collect(
        new Forecast(
            observation.series(),
            observation.time(),
            observation.time(),
            BenchPipeline.SEQ_LEN,
            mode,
            times,
            new Forecast.Steps(values, List.of()),
            "",
            Forecast.NO_VERSION,
            0,
            Status.FALLBACK,
            0,
            null));
  }
}
