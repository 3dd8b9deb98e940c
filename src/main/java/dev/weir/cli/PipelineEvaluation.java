package dev.weir.cli;

import dev.weir.forecast.Arrival;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Evaluation.Sums;
import dev.weir.forecast.Evaluation.Trial;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.ForecastSettings;
import dev.weir.forecast.ModelArrival;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Observed;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.job.ForecastPipeline;
import dev.weir.stream.WeirType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * The operators of a job on series that have an end, and the scores of what comes out of them. One
 * instance for each job; not thread-safe.
 */
final class PipelineEvaluation {

  /** Origins that a chart shows. */
  static final int CHART_ORIGINS = 200;

  /**
   * One series and what its forecasts have come to.
   *
   * <p>The end of each forecast, its step {@code horizon}, is kept for the last {@value
   * #CHART_ORIGINS} origins.
   */
  static final class Entry {
    final Trial trial;
    final List<Observation> observations;
    final Sums sums;
    final double[] ends; // (chart origins), oldest first
    final double[] lower; // (chart origins), of the narrowest interval
    final double[] upper; // (chart origins)
    private final long[] times;
    private int scored;

    Entry(Trial trial, List<Observation> observations, int levels) {
      this.trial = trial;
      this.observations = observations;
      this.sums = new Sums(levels);
      this.ends = new double[Math.min(CHART_ORIGINS, trial.origins())];
      this.lower = new double[ends.length];
      this.upper = new double[ends.length];
      this.times = observations.stream().mapToLong(Observation::time).toArray();
    }

    /** The first origin of the chart, as a number of values seen. */
    int firstChartOrigin() {
      return trial.lastOrigin() - ends.length + 1;
    }

    private void take(Forecast forecast) throws IOException {
      int t = 1 + Arrays.binarySearch(times, forecast.origin());
      if (t < trial.firstOrigin() || t > trial.lastOrigin()) {
        return;
      }
      scored++;
      trial.add(sums, t, forecast.values());
      for (int k = 0; k < forecast.intervals().size(); k++) {
        Interval interval = forecast.intervals().get(k);
        trial.addInterval(sums, k, interval.level(), t, interval.lower(), interval.upper());
      }
      int place = t - firstChartOrigin();
      if (place >= 0 && !forecast.intervals().isEmpty()) {
        int end = forecast.values().length - 1;
        ends[place] = forecast.values()[end];
        lower[place] = forecast.intervals().get(0).lower()[end];
        upper[place] = forecast.intervals().get(0).upper()[end];
      }
    }
  }

  private final Map<String, Entry> entries = new HashMap<>();

  PipelineEvaluation(Collection<Entry> entries) {
    entries.forEach(entry -> this.entries.put(entry.trial.series(), entry));
  }

  /**
   * Runs the pipeline over all series until they end.
   *
   * @param eachForecast called after each forecast
   * @throws IOException when the job failed, refused an observation or left out an origin
   */
  void run(StreamExecutionEnvironment env, ForecastSettings settings, Runnable eachForecast)
      throws Exception {
    DataStream<Arrival> observations = env.fromData(arrivals(), WeirType.ARRIVAL);
    // a source must have an element to begin with
    DataStream<ModelArrival> models =
        env.fromData(
                List.<ModelArrival>of(
                    new DeadLetter(DeadLetter.Reason.MODEL, "none", source("no model", 0))),
                WeirType.MODEL_ARRIVAL)
            .filter(arrival -> false)
            .setParallelism(1);
    try (CloseableIterator<Output> outputs =
        ForecastPipeline.build(observations, models, settings).executeAndCollect("weir evaluate")) {
      while (outputs.hasNext()) {
        Output output = outputs.next();
        if (output instanceof Forecast forecast) {
          entries.get(forecast.series()).take(forecast);
          eachForecast.run();
        } else if (output instanceof DeadLetter letter) {
          throw new IOException(
              "%s value %d: %s"
                  .formatted(letter.source().topic(), letter.source().offset(), letter.message()));
        }
      }
    } catch (RuntimeException e) {
      throw new IOException("the job failed: " + deepest(e), e);
    }
    for (Entry entry : entries.values()) {
      if (entry.scored != entry.trial.origins()) {
        throw new IOException(
            "%s: expected forecasts of %d origins, got %d"
                .formatted(entry.trial.series(), entry.trial.origins(), entry.scored));
      }
    }
  }

  private static String deepest(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** One value of each series in turn, so that all tasks have work. */
  private List<Arrival> arrivals() {
    List<Arrival> arrivals = new ArrayList<>();
    boolean more = true;
    for (int i = 0; more; i++) {
      more = false;
      for (Entry entry : entries.values()) {
        if (i < entry.observations.size()) {
          arrivals.add(
              new Observed(entry.observations.get(i), source(entry.trial.series(), i + 1)));
          more = true;
        }
      }
    }
    return arrivals;
  }

  private static SourceRecord source(String name, int line) {
    return new SourceRecord(name, 0, line, -1, null, null);
  }
}
