package dev.weir.forecast;

import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.Forecast.Steps;
import dev.weir.model.Mode;
import java.util.List;

/**
 * Builds forecasts. Unless a test says other: many to one, from a window of five values that starts
 * at its origin, without times, intervals and a model, OK.
 */
public final class TestForecast {

  private final String series;
  private final long origin;
  private long windowStart;
  private int seqLen = 5;
  private Mode mode = Mode.MANY_TO_ONE;
  private long[] times;
  private Steps steps;
  private String model = "";
  private long modelVersion = Forecast.NO_VERSION;
  private long learningSteps;
  private Status status = Status.OK;
  private int covariatesMissing;
  private Explanation explanation;

  private TestForecast(String series, long origin, double[] values) {
    this.series = series;
    this.origin = origin;
    windowStart = origin;
    steps = new Steps(values, List.of());
  }

  public static TestForecast of(String series, long origin, double... values) {
    return new TestForecast(series, origin, values);
  }

  public TestForecast intervals(Interval... wanted) {
    return steps(new Steps(steps.value(), List.of(wanted)));
  }

  public TestForecast steps(Steps wanted) {
    steps = wanted;
    return this;
  }

  public TestForecast windowStart(long wanted) {
    windowStart = wanted;
    return this;
  }

  public TestForecast seqLen(int wanted) {
    seqLen = wanted;
    return this;
  }

  public TestForecast mode(Mode wanted) {
    mode = wanted;
    return this;
  }

  public TestForecast times(long... wanted) {
    times = wanted;
    return this;
  }

  public TestForecast model(String name, long version) {
    model = name;
    modelVersion = version;
    return this;
  }

  public TestForecast learningSteps(long wanted) {
    learningSteps = wanted;
    return this;
  }

  public TestForecast status(Status wanted) {
    status = wanted;
    return this;
  }

  public TestForecast covariatesMissing(int wanted) {
    covariatesMissing = wanted;
    return this;
  }

  public TestForecast explanation(Explanation wanted) {
    explanation = wanted;
    return this;
  }

  public Forecast build() {
    return new Forecast(
        series,
        origin,
        windowStart,
        seqLen,
        mode,
        times,
        steps,
        model,
        modelVersion,
        learningSteps,
        status,
        covariatesMissing,
        explanation);
  }
}
