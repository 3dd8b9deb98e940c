package dev.weir.comparison;

import com.amazon.randomcutforest.parkservices.ForecastDescriptor;
import com.amazon.randomcutforest.parkservices.RCFCaster;
import dev.weir.cli.series.SampleData;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One value of a real series (half-hourly taxi trips): score, learn, forecast two steps with
 * intervals. At its end the series begins again, its times going on.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LearningBenchmark {

  private static final long INTERVAL = TimeUnit.MINUTES.toMillis(30);
  private static final int HORIZON = 2;
  private static final int SHINGLE = 8;

  /** Enough to fill a learner's memory of exact values, and a forest's samples ten times. */
  private static final int BEFORE = 2_600;

  @Param("weir")
  public String library;

  private Learning learning;
  private double[] values;
  private long time;
  private int next;

  @Setup
  public void begin() throws IOException {
    values = values();
    learning =
        switch (library) {
          case "weir" -> new WeirLearning();
          case "rcf" -> new Forest();
          default ->
              throw new IllegalArgumentException("library: expected weir or rcf, got " + library);
        };
    time = Instant.parse("2014-07-01T00:00:00Z").toEpochMilli();
    double sum = 0;
    double naive = 0;
    float[] forecast = null;
    for (int n = 0; n < BEFORE; n++) {
      if (n > BEFORE / 2) {
        sum += Math.abs(values[next] - forecast[0]);
        naive += Math.abs(values[next] - values[next - 1]);
      }
      forecast = event().clone();
    }
    if (!(sum < naive)) { // it learns indeed
      throw new IllegalStateException(
          "%s: expected a smaller error than the last value's %s, got %s"
              .formatted(library, naive, sum));
    }
  }

  static double[] values() throws IOException {
    return SampleData.series("nab_nyc_taxi").stream().mapToDouble(Observation::value).toArray();
  }

  @Benchmark
  public float[] event() {
    float[] forecast = learning.event(time, values[next]);
    time += INTERVAL;
    next = next + 1 == values.length ? 0 : next + 1;
    return forecast;
  }

  private interface Learning {
    /** Returns the forecast of each step; the next event may overwrite it. */
    float[] event(long time, double value);
  }

  /** With a job's default settings; it has to find the season in the data. */
  private static final class WeirLearning implements Learning {
    private final Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
    private final int levels = learner.settings().levels().size();
    private final LearnerState memory = learner.newSeries("taxi", LearnerSettings.AUTO);
    private final double[] steps = new double[HORIZON];
    private final double[][] lower = new double[levels][HORIZON];
    private final double[][] upper = new double[levels][HORIZON];
    private final float[] forecast = new float[HORIZON];

    @Override
    public float[] event(long time, double value) {
      learner.observe(memory, time, value);
      learner.forecast(memory, steps, lower, upper);
      for (int i = 0; i < HORIZON; i++) {
        forecast[i] = (float) steps[i];
      }
      return forecast;
    }
  }

  /** With the library's defaults, one thread. */
  private static final class Forest implements Learning {
    private final RCFCaster caster =
        RCFCaster.builder()
            .dimensions(SHINGLE)
            .shingleSize(SHINGLE)
            .forecastHorizon(HORIZON)
            .randomSeed(1)
            .parallelExecutionEnabled(false)
            .build();
    private final double[] point = new double[1];
    private final float[] none = new float[HORIZON];

    @Override
    public float[] event(long time, double value) {
      point[0] = value;
      ForecastDescriptor done = caster.process(point, time);
      return done.getTimedForecast() == null ? none : done.getTimedForecast().rangeVector.values;
    }
  }
}
