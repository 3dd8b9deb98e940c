package dev.weir.comparison;

import com.amazon.randomcutforest.parkservices.ThresholdedRandomCutForest;
import dev.weir.forecast.alarm.AlarmDetector;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.AlarmState;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Whether a value of a real series (half-hourly taxi trips) is an anomaly. Ours is given a
 * forecast, the value of a week before, whose cost is not counted; the forest needs none.
 */
@State(Scope.Thread)
public class AlarmBenchmark {

  private static final int WEEK = 336;
  private static final double HALF_WIDTH = 1_500;
  private static final int SHINGLE = 8;
  private static final int BEFORE = 6_000; // more than a sketch remembers

  @Param("weir")
  public String library;

  private final AlarmDetector detector = new AlarmDetector(AlarmSettings.defaults());
  private final AlarmState state = new AlarmState();
  private final double[] point = new double[1];
  private ThresholdedRandomCutForest forest;
  private double[] values;
  private long time;
  private int next;

  @Setup
  public void begin() throws IOException {
    values = LearningBenchmark.values();
    if (library.equals("rcf")) {
      forest =
          ThresholdedRandomCutForest.builder()
              .dimensions(SHINGLE)
              .shingleSize(SHINGLE)
              .randomSeed(1)
              .parallelExecutionEnabled(false)
              .build();
    } else if (!library.equals("weir")) {
      throw new IllegalArgumentException("library: expected weir or rcf, got " + library);
    }
    double sum = 0;
    for (int n = 0; n < BEFORE; n++) {
      sum += event();
    }
    if (!(sum > 0)) {
      throw new IllegalStateException(library + ": expected some surprise, got none");
    }
  }

  @Benchmark
  public double event() {
    double value = values[next];
    double before = values[next < WEEK ? next + values.length - WEEK : next - WEEK];
    next = next + 1 == values.length ? 0 : next + 1;
    if (forest == null) {
      detector.observe(state, value, before, HALF_WIDTH, 0);
      return detector.surprise();
    }
    point[0] = value;
    return forest.process(point, time++).getRCFScore();
  }
}
