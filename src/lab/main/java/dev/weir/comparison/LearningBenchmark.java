package dev.weir.comparison;

import com.amazon.randomcutforest.parkservices.RCFCaster;
import com.amazon.randomcutforest.returntypes.TimedRangeVector;
import dev.weir.cli.series.SampleData;
import dev.weir.forecast.Observation;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One value of a real series (half-hourly taxi trips): score, learn, forecast two steps with
 * intervals. At its end the series begins again, its times going on.
 */
@State(Scope.Thread)
public class LearningBenchmark {

  private static final long INTERVAL = TimeUnit.MINUTES.toMillis(30);
  private static final int HORIZON = 2;
  private static final int SHINGLE = 8;

  /** Enough to fill a learner's memory of exact values, and a forest's samples ten times. */
  private static final int BEFORE = 2_600;

  @Param("weir")
  public String library;

  // with a job's default settings; it has to find the season in the data
  private final Learner learner = new Learner(LearnerSettings.defaults(HORIZON));
  private final LearnerState memory = learner.newSeries("taxi", LearnerSettings.AUTO);
  private final double[] steps = new double[HORIZON];
  private final double[][] lower = new double[learner.settings().levels().size()][HORIZON];
  private final double[][] upper = new double[lower.length][HORIZON];
  private final float[] forecast = new float[HORIZON];
  private final double[] point = new double[1];
  private RCFCaster forest; // with the library's defaults, one thread
  private double[] values;
  private long time = Instant.parse("2014-07-01T00:00:00Z").toEpochMilli();
  private int next;

  @Setup
  public void begin() throws IOException {
    values = values();
    if (library.equals("rcf")) {
      forest =
          RCFCaster.builder()
              .dimensions(SHINGLE)
              .shingleSize(SHINGLE)
              .forecastHorizon(HORIZON)
              .randomSeed(1)
              .parallelExecutionEnabled(false)
              .build();
    } else if (!library.equals("weir")) {
      throw new IllegalArgumentException("library: expected weir or rcf, got " + library);
    }
    double sum = 0;
    double naive = 0;
    float[] before = null;
    for (int n = 0; n < BEFORE; n++) {
      if (n > BEFORE / 2) {
        sum += Math.abs(values[next] - before[0]);
        naive += Math.abs(values[next] - values[next - 1]);
      }
      before = event().clone();
    }
    if (!(sum < naive)) { // it learns indeed
      throw new IllegalStateException(
          "%s: expected a smaller error than the last value's %s, got %s"
              .formatted(library, naive, sum));
    }
  }

  private static double[] values() throws IOException {
    return SampleData.series("nab_nyc_taxi").stream().mapToDouble(Observation::value).toArray();
  }

  /** Returns the forecast of each step; the next event may overwrite it. */
  @Benchmark
  public float[] event() {
    long now = time;
    double value = values[next];
    time += INTERVAL;
    next = next + 1 == values.length ? 0 : next + 1;
    if (forest != null) {
      point[0] = value;
      TimedRangeVector made = forest.process(point, now).getTimedForecast();
      return made == null ? forecast : made.rangeVector.values;
    }
    learner.observe(memory, now, value);
    learner.forecast(memory, steps, lower, upper);
    for (int i = 0; i < HORIZON; i++) {
      forecast[i] = (float) steps[i];
    }
    return forecast;
  }
}
