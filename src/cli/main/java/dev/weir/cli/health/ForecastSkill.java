package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Score;
import dev.weir.kafka.wire.Json;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Errors against the naive methods', over the series of a sample. */
record ForecastSkill(Collection<Score> scores) {

  /** Errors within a tenth of naive's are those of a series that nobody can foresee. */
  private static final double WORST_ERROR = 1.1;

  /** Values of a series before its score says something. */
  private static final int ENOUGH = 100;

  private static final double MAX_OFF = 0.15;

  private static final Map<String, Double> QUANTILES =
      new TreeMap<>(Map.of("p10", 0.1, "p50", 0.5, "p90", 0.9));

  /** Our errors over a method's, ascending. */
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

  private List<Score.Method> named(String method) {
    return scores.stream()
        .flatMap(score -> score.methods().stream())
        .filter(other -> other.name().equals(method))
        .toList();
  }

  /** Each network that competes, compared with our forecasts. */
  private void tellNetworks(Findings findings, ObjectNode json) {
    for (String name : names(Score.Method.NETWORK)) {
      double[] over = over(name);
      double error = 1 / geometricMean(over);
      String model = name.substring(Score.Method.NETWORK.length());
      ObjectNode of = json.withArray("networks").addObject();
      of.put("model", model);
      of.put("series", over.length);
      of.set("error_over_ours", Json.number(error));
      findings.ok(
          "network", "%s: error %s of ours (%d series)", model, percent(error), over.length);
    }
  }

  /** Each outside model, compared with our forecasts: whether it is worth what it costs. */
  private void tellOutside(Findings findings, ObjectNode json) {
    for (String name : names(Score.Method.OUTSIDE)) {
      List<Score.Method> of = named(name);
      double[] errors = positive(of, Score.Method::relativeError);
      double error = geometricMean(errors);
      double crps = geometricMean(positive(of, Score.Method::relativeCrps));
      double coverage = mean(of, Score.Method::coverage);
      double delay = mean(of, Score.Method::delaySeconds);
      double share = mean(of, Score.Method::share);
      String model = name.substring(Score.Method.OUTSIDE.length());
      ObjectNode node = json.withArray("outside").addObject();
      node.put("model", model);
      node.put("series", errors.length);
      node.set("error_over_ours", Json.number(error));
      node.set("crps_over_ours", Json.number(crps));
      node.set("interval_coverage", Json.number(coverage));
      node.set("delay_seconds", Json.number(delay));
      node.set("share", Json.number(share));
      findings.ok(
          "outside model",
          "%s: error %s of ours (%d series)%s%s%s, share in forecasts %s",
          model,
          percent(error),
          errors.length,
          Double.isNaN(crps) ? "" : ", CRPS " + percent(crps),
          Double.isNaN(coverage)
              ? ""
              : ", %s intervals hold %s"
                  .formatted(percent(mean(scores, Score::level)), percent(coverage)),
          Double.isNaN(delay) ? "" : ", delay " + Findings.duration(Math.round(1000 * delay)),
          percent(share));
    }
  }

  private List<String> names(String kind) {
    return scores.stream()
        .flatMap(score -> score.methods().stream())
        .map(Score.Method::name)
        .filter(name -> name.startsWith(kind))
        .distinct()
        .sorted()
        .toList();
  }

  private static double[] positive(List<Score.Method> of, ToDoubleFunction<Score.Method> ratio) {
    return of.stream().mapToDouble(ratio).filter(each -> each > 0).toArray();
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

  private static <T> double mean(Collection<T> all, ToDoubleFunction<T> of) {
    return all.stream().mapToDouble(of).filter(Double::isFinite).average().orElse(Double.NaN);
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
    double level = mean(scores, Score::level);
    double coverage = mean(scores, Score::coverage);
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
    tellOutside(findings, json);
    tellNetworks(findings, json);
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
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "unknown";
  }
}
