package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Score;
import java.util.Collection;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Errors against the naive methods', over the series of a sample. */
record ForecastSkill(Collection<Score> scores) {

  /** Errors within a tenth of naive's are those of a series that nobody can foresee. */
  private static final double WORST_ERROR = 1.1;

  /** Values of a series before its score says something. */
  private static final int ENOUGH = 100;

  private static final double MAX_OFF = 0.15;

  /** Geometric mean of our error over a method's; NaN if no method can be compared. */
  private double over(String method) {
    double sum = 0;
    int count = 0;
    for (Score score : scores) {
      for (Score.Method other : score.methods()) {
        if (other.name().equals(method) && other.mae() > 0 && score.mae() > 0) {
          sum += Math.log(score.mae() / other.mae());
          count++;
        }
      }
    }
    return count == 0 ? Double.NaN : Math.exp(sum / count);
  }

  private double mean(ToDoubleFunction<Score> of) {
    return scores.stream().mapToDouble(of).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  private boolean isEnough() {
    return scores.stream().mapToLong(Score::scored).average().orElse(0) >= ENOUGH;
  }

  void tell(HealthReport report, String topic, long records) {
    ObjectNode json = report.section("skill");
    json.put("series", scores.size());
    if (scores.isEmpty()) {
      report.row(topic, "none yet");
      return;
    }
    double naive = over("naive");
    double seasonal = over("seasonal_naive");
    double level = mean(Score::level);
    double coverage = mean(Score::coverage);
    put(json, "error_over_naive", naive);
    put(json, "error_over_seasonal_naive", seasonal);
    put(json, "interval_level", level);
    put(json, "interval_coverage", coverage);
    report.row(
        topic,
        "%,d; error %s of naive's, %s of seasonal naive's (%d series); %s intervals hold %s",
        records,
        percent(naive),
        percent(seasonal),
        scores.size(),
        percent(level),
        percent(coverage));
    if (!isEnough()) {
      return;
    }
    double best = Math.max(naive, seasonal); // over the better of both
    if (best > WORST_ERROR) {
      report.problem(
          "weir evaluate --input HISTORY shows which series and methods; is season right?",
          "forecasts are worse than naive ones: error %s of theirs",
          percent(best));
    }
    if (Math.abs(coverage - level) > MAX_OFF) {
      report.problem(
          "has the series just changed? watch weir tail --scores",
          "%s intervals hold %s",
          percent(level),
          percent(coverage));
    }
  }

  private static void put(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.putNull(name);
    }
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "unknown";
  }
}
