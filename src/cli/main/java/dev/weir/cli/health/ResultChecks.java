package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.cli.console.Printable;
import dev.weir.cli.health.Findings.Level;
import dev.weir.cli.health.JobChecks.Sample;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.Decoder;
import dev.weir.kafka.wire.Json;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** What a started job writes, from the newest records of each of its topics. */
final class ResultChecks {

  private static final int SAMPLE = 1_000; // records of a topic
  private static final double MAX_DEAD = 0.1;
  private static final double MAX_WITHOUT_MODEL = 0.5;

  /** Errors within a tenth of naive's are those of a series that can't be forecast. */
  private static final double MAX_ERROR = 1.1;

  private static final double MAX_COVERAGE_ERROR = 0.15;

  /** Values of a series before its score is judged. */
  private static final int ENOUGH = 100;

  private final JobChecks checks;
  private final Findings findings;
  private final Topics topics;
  private final ObjectNode figures;

  ResultChecks(JobChecks checks) {
    this.checks = checks;
    this.findings = checks.findings;
    this.topics = checks.topics;
    this.figures = findings.figures;
  }

  void check() {
    if (topics.forecasting() && checks.isReadable) {
      forecasts(topics.forecasts());
      scores(topics.scores());
    }
    if (topics.ofClasses() != null) {
      classes(topics.ofClasses().classes());
    }
    deadLetters(topics.deadLetters());
  }

  /** Decodes the newest records of a topic; those that can't be decoded are a finding. */
  private <T> int newest(String topic, Decoder<T> decoder, Consumer<T> action) {
    Sample sample =
        checks.newest(
            topic,
            SAMPLE,
            record -> {
              try {
                action.accept(
                    decoder.decode(record.value() == null ? new byte[0] : record.value()));
                return null;
              } catch (MalformedRecordException e) {
                return e.toString();
              }
            });
    if (sample.noted() > 0) {
      findings.fail(
          topic,
          "does something else write there? weir tail names each one's place",
          "%d of the newest %s can't be read",
          sample.noted(),
          Numbers.counted(sample.count(), "record"));
    }
    return sample.count() - sample.noted();
  }

  private void forecasts(String topic) {
    Extent extent = checks.extent(topic);
    if (extent == null) {
      return;
    }
    Map<String, Integer> statuses = new TreeMap<>();
    Map<String, Integer> models = new TreeMap<>();
    Set<String> series = new HashSet<>();
    long[] newest = {Long.MIN_VALUE};
    int count =
        newest(
            topic,
            new ForecastCodec(checks.registry)::decode,
            forecast -> {
              series.add(forecast.series());
              newest[0] = Math.max(newest[0], forecast.origin());
              statuses.merge(forecast.status().name(), 1, Integer::sum);
              if (!forecast.model().isEmpty()) {
                models.merge(forecast.model() + " v" + forecast.modelVersion(), 1, Integer::sum);
              }
            });
    figures.put("forecasts.sampled", count).put("forecasts.series", series.size());
    if (count == 0) {
      boolean isFed = checks.observations().stream().anyMatch(o -> checks.extent(o).length() > 0);
      findings.add(
          isFed ? Level.fail : Level.ok,
          topic,
          "is the job running? weir status --jobmanager HOST:PORT; forecasts are visible with the"
              + " next checkpoint",
          "no forecasts yet");
      return;
    }
    long age = System.currentTimeMillis() - newest[0];
    figures.put("forecasts.newest_origin", newest[0]).put("forecasts.newest_age_ms", age);
    statuses.forEach((status, of) -> figures.put("forecasts.status." + status, of));
    findings.ok(
        topic,
        "%,d in %s; newest from the value of %s, %s",
        extent.length(),
        Numbers.counted(extent.partitions(), "partition"),
        ForecastLines.minute(newest[0]),
        age < 0 ? Durations.shown(-age) + " ahead of this clock" : Durations.shown(age) + " ago");
    findings.add(
        statuses.getOrDefault("FALLBACK", 0) > MAX_WITHOUT_MODEL * count ? Level.fail : Level.ok,
        "series",
        "is the model there, and does it fit? weir model list, weir dead-letters --reason MODEL",
        "%,d in the newest %,d: %s%s",
        series.size(),
        count,
        statuses,
        models.isEmpty() ? "" : ", models " + models);
  }

  private void scores(String topic) {
    if (!checks.has(topic)) {
      return;
    }
    Map<String, Score> newest = new HashMap<>();
    newest(
        topic,
        new ScoreCodec(checks.registry)::decode,
        score -> newest.put(score.mode() + " " + score.series(), score));
    skill(topic, newest.values());
  }

  /** Errors against those of naive methods, and the coverage of the intervals. */
  void skill(String topic, Collection<Score> scores) {
    figures.put("scores.series", scores.size());
    if (scores.isEmpty()) {
      findings.ok(topic, "none yet");
      return;
    }
    double naive = errorOver("naive", scores);
    double seasonal = errorOver("seasonal_naive", scores);
    double level = mean(Score::level, scores);
    double coverage = mean(Score::coverage, scores);
    figures.set("scores.error_over_naive", Json.number(naive));
    figures.set("scores.error_over_seasonal_naive", Json.number(seasonal));
    figures.set("scores.interval_level", Json.number(level));
    figures.set("scores.interval_coverage", Json.number(coverage));
    boolean isEnough = mean(Score::scored, scores) >= ENOUGH;
    boolean isBad =
        Math.max(naive, seasonal) > MAX_ERROR || Math.abs(coverage - level) > MAX_COVERAGE_ERROR;
    findings.add(
        isEnough && isBad ? Level.fail : Level.ok,
        topic,
        "has the series just changed? is season right? weir evaluate --input HISTORY compares"
            + " methods",
        "error %s of naive's, %s of seasonal naive's, %s intervals contain %s (%d series)",
        percent(naive),
        percent(seasonal),
        percent(level),
        percent(coverage),
        scores.size());
    scores.stream()
        .flatMap(score -> score.methods().stream().map(Score.Method::name))
        .filter(name -> name.startsWith(Score.Method.OUTSIDE))
        .distinct()
        .sorted()
        .forEach(name -> outside(topic, name, scores));
  }

  /** What an outside model is worth, on the steps that it forecasts. */
  private void outside(String topic, String name, Collection<Score> scores) {
    String model = name.substring(Score.Method.OUTSIDE.length());
    ToDoubleFunction<Score> ours = score -> error(Score.Method.WEIR_ON + model, score);
    double without = errorOver(Score.Method.WITHOUT_OUTSIDE_ON + model, ours, scores);
    boolean isBad = without > 1 && mean(Score::scored, scores) >= ENOUGH;
    findings.add(
        isBad ? Level.warn : Level.ok,
        topic,
        "is it worth its cost? leave the model out of outside",
        "%s: on the steps that it forecasts, error %s of its own, %s of that without outside"
            + " models",
        Printable.line(model),
        percent(errorOver(name, ours, scores)),
        percent(without));
  }

  /** Geometric mean over the series of our error over a method's; NaN if none can be compared. */
  private static double errorOver(String method, Collection<Score> scores) {
    return errorOver(method, Score::mae, scores);
  }

  private static double errorOver(
      String method, ToDoubleFunction<Score> ours, Collection<Score> scores) {
    return Math.exp(
        scores.stream()
            .mapToDouble(score -> Math.log(ours.applyAsDouble(score) / error(method, score)))
            .filter(Double::isFinite)
            .average()
            .orElse(Double.NaN));
  }

  private static double error(String method, Score score) {
    return score.methods().stream()
        .filter(other -> other.name().equals(method))
        .mapToDouble(Score.Method::mae)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double mean(ToDoubleFunction<Score> of, Collection<Score> scores) {
    return scores.stream().mapToDouble(of).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format("%.1f %%", 100 * share) : "unknown";
  }

  private void classes(String topic) {
    if (!checks.has(topic)) {
      return;
    }
    Map<String, Classification> newest = new HashMap<>(); // by series
    Map<String, Integer> statuses = new TreeMap<>();
    Map<String, Integer> classes = new TreeMap<>();
    int count =
        newest(
            topic,
            new ClassificationCodec()::decode,
            one -> {
              statuses.merge(one.status().name(), 1, Integer::sum);
              classes.merge(one.label(), 1, Integer::sum);
              newest.merge(one.series(), one, (a, b) -> a.windowEnd() >= b.windowEnd() ? a : b);
            });
    long labels = 0;
    double right = 0;
    for (Classification one : newest.values()) {
      if (one.labels() > 0 && !Double.isNaN(one.accuracy())) {
        labels += one.labels();
        right += one.labels() * one.accuracy();
      }
    }
    figures
        .put("classes.sampled", count)
        .put("classes.series", newest.size())
        .put("classes.labels", labels);
    if (labels > 0) {
      figures.put("classes.accuracy", right / labels);
    }
    statuses.forEach((status, of) -> figures.put("classes.status." + status, of));
    int unknown = statuses.getOrDefault("UNKNOWN", 0) + statuses.getOrDefault("FALLBACK", 0);
    findings.add(
        unknown > MAX_WITHOUT_MODEL * count ? Level.fail : Level.ok,
        topic,
        "publish the classifier, or send labels; weir dead-letters --reason LABEL shows those that"
            + " are refused",
        "%,d series: %s, %s",
        newest.size(),
        statuses,
        classes);
    if (labels > 0) {
      findings.ok("accuracy", "%.4f of %s", right / labels, Numbers.counted(labels, "label"));
    }
  }

  private void deadLetters(String topic) {
    if (!checks.has(topic)) {
      return;
    }
    Map<String, Long> recentFrom = new HashMap<>(); // sampled offsets, by topic and partition
    long observed = 0;
    for (String name : checks.observations()) {
      Extent extent = checks.extent(name);
      int each = Math.max(1, SAMPLE / Math.max(1, extent.partitions()));
      for (Map.Entry<Integer, Long> end : extent.ends().entrySet()) {
        long from = Math.max(extent.begins().get(end.getKey()), end.getValue() - each);
        recentFrom.put(name + "-" + end.getKey(), from);
        observed += end.getValue() - from;
      }
    }
    // should one partition contain all of them
    int max = (int) Math.max(SAMPLE, checks.extent(topic).partitions() * (MAX_DEAD * observed + 1));
    Map<String, Integer> reasons = new TreeMap<>();
    Sample sample =
        checks.newest(
            topic,
            max,
            record -> {
              Letter letter = DeadLetterTopic.letter(record);
              Source from = letter.source();
              reasons.merge(letter.reason() == null ? "(none)" : letter.reason(), 1, Integer::sum);
              Long begin =
                  from == null ? null : recentFrom.get(from.topic() + "-" + from.partition());
              return begin != null && from.offset() >= begin ? "recent" : null;
            });
    figures.put("dead_letters.sampled", sample.count());
    reasons.forEach((reason, of) -> figures.put("dead_letters.reason." + reason, of));
    findings.add(
        sample.noted() > MAX_DEAD * observed ? Level.fail : Level.ok,
        "dead letters",
        "weir dead-letters --topic " + topic + " lists them by reason, --show 1 shows one",
        sample.count() == 0
            ? "none"
            : "%2$s%1$,d by reason: %3$s; %4$,d of the newest %5$,d observations",
        sample.count(),
        sample.isAll() ? "" : "newest ",
        reasons,
        sample.noted(),
        observed);
  }
}
