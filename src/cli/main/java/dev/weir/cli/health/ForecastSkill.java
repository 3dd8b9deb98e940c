package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Score;
import dev.weir.kafka.wire.Json;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Errors against the naive methods', over the series of a sample. */
record ForecastSkill(Collection<Score> scores) {

  /** Errors within a tenth of naive's are those of a series that nobody can foresee. */
  private static final double WORST_ERROR = 1.1;

  /** Values of a series before its score says something. */
  private static final int ENOUGH = 100;

  private static final double MAX_OFF = 0.15;

  private static final Map<String, Double> QUANTILES =
      new TreeMap<>(Map.of("p10", 0.1, "p50", 0.5, "p90", 0.9));

  /** Our errors over a method's, of the values and steps that it forecast; ascending. */
  private double[] over(String method) {
    return scores.stream()
        .flatMapToDouble(
            score ->
                score.methods().stream()
                    .filter(other -> other.name().equals(method))
                    .filter(other -> other.mae() > 0 && score.mae() > 0)
                    .mapToDouble(other -> score.mae() / other.mae()))
        .sorted()
        .toArray();
  }

  /** NaN if no method can be compared. */
  private static double geometricMean(double[] ratios) {
    return Math.exp(Arrays.stream(ratios).map(Math::log).average().orElse(Double.NaN));
  }

  /** Of the series of the sample; NaN without any. */
  private static double quantile(double[] ascending, double share) {
    return ascending.length == 0
        ? Double.NaN
        : ascending[(int) Math.round(share * (ascending.length - 1))];
  }

  private double mean(ToDoubleFunction<Score> of) {
    return mean(scores.stream().mapToDouble(of).filter(Double::isFinite));
  }

  private static double mean(DoubleStream of) {
    return of.average().orElse(Double.NaN);
  }

  private boolean isEnough() {
    return scores.stream().mapToLong(Score::scored).average().orElse(0) >= ENOUGH;
  }

  void tell(Findings findings, String topic, long records) {
    ObjectNode json = findings.section("skill");
    json.put("series", scores.size());
    if (scores.isEmpty()) {
      findings.ok(topic, "none yet");
      return;
    }
    double[] toNaive = over("naive");
    double naive = geometricMean(toNaive);
    double seasonal = geometricMean(over("seasonal_naive"));
    double level = mean(Score::level);
    double coverage = mean(Score::coverage);
    json.set("error_over_naive", Json.number(naive));
    json.set("error_over_seasonal_naive", Json.number(seasonal));
    QUANTILES.forEach(
        (name, share) ->
            json.set("error_over_naive_" + name, Json.number(quantile(toNaive, share))));
    json.set("interval_level", Json.number(level));
    json.set("interval_coverage", Json.number(coverage));
    findings.ok(
        topic,
        "%,d; error %s of naive's, %s of seasonal naive's (%d series); %s intervals hold %s",
        records,
        percent(naive),
        percent(seasonal),
        scores.size(),
        percent(level),
        percent(coverage));
    if (toNaive.length > 1) {
      findings.ok(
          "errors",
          "of naive's, by series: 10 %% at most %s, half at most %s, 90 %% at most %s",
          percent(quantile(toNaive, 0.1)),
          percent(quantile(toNaive, 0.5)),
          percent(quantile(toNaive, 0.9)));
    }
    if (!isEnough()) {
      return;
    }
    double best = Math.max(naive, seasonal); // over the better of both
    if (best > WORST_ERROR) {
      findings.problem(
          "weir evaluate --input HISTORY shows which series and methods; is season right?",
          "forecasts are worse than naive ones: error %s of theirs",
          percent(best));
    }
    if (Math.abs(coverage - level) > MAX_OFF) {
      findings.problem(
          "has the series just changed? watch weir tail --scores",
          "%s intervals hold %s",
          percent(level),
          percent(coverage));
    }
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format("%.1f %%", 100 * share) : "unknown";
  }
}
