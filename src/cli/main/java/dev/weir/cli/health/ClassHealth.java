package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.forecast.Classification;
import dev.weir.kafka.KafkaSettings.ClassTopics;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.ClassificationCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The classes of a job as their topic tells of them, from the newest records. */
final class ClassHealth extends Checks {

  private static final double MAX_UNKNOWN = 0.5;
  private static final int MAX_WORDS = 20; // a topic may contain any number of them

  ClassHealth(Look look) {
    super(look);
  }

  void check() {
    ClassTopics topics = look.topics.ofClasses();
    Extent extent = topics == null ? null : look.extent(topics.classes());
    if (extent == null) {
      return;
    }
    String topic = topics.classes();
    ClassificationCodec codec = new ClassificationCodec();
    Map<String, Classification> newest = new HashMap<>(); // by series
    Map<String, Integer> statuses = new TreeMap<>();
    Map<String, Integer> classes = new TreeMap<>();
    int[] count = new int[1];
    int malformed =
        look.newest(
            topic,
            TopicHealth.SAMPLE,
            codec::decode,
            said -> {
              count[0]++;
              statuses.merge(said.status().name(), 1, Integer::sum);
              if (classes.size() < MAX_WORDS || classes.containsKey(said.label())) {
                classes.merge(said.label(), 1, Integer::sum);
              }
              newest.merge(said.series(), said, (a, b) -> a.windowEnd() >= b.windowEnd() ? a : b);
            });
    ObjectNode json = findings.section("classes");
    json.put("sampled", count[0]);
    json.put("series", newest.size());
    if (malformed > 0) {
      findings.problem(
          "does something else write there?",
          "%d of the newest records of %s can't be read",
          malformed,
          topic);
    }
    if (count[0] == 0) {
      findings.ok(topic, "none committed yet");
      return;
    }
    tell(topic, extent, newest, statuses, classes, json);
    int unknown = statuses.getOrDefault("UNKNOWN", 0) + statuses.getOrDefault("FALLBACK", 0);
    if (unknown > MAX_UNKNOWN * count[0]) {
      findings.problem(
          "publish the classifier, or send labels; weir dead-letters --reason LABEL shows those that"
              + " are refused",
          "%d of the newest %d classes are without a model or a label",
          unknown,
          count[0]);
    }
  }

  private void tell(
      String topic,
      Extent extent,
      Map<String, Classification> newest,
      Map<String, Integer> statuses,
      Map<String, Integer> classes,
      ObjectNode json) {
    long labels = 0;
    double right = 0;
    double loss = 0;
    long end = Long.MIN_VALUE;
    for (Classification said : newest.values()) {
      end = Math.max(end, said.windowEnd());
      if (said.labels() > 0 && !Double.isNaN(said.accuracy())) {
        labels += said.labels();
        right += said.labels() * said.accuracy();
        loss += said.labels() * said.logLoss();
      }
    }
    json.put("newest_window_end", end);
    json.put("labels", labels);
    statuses.forEach(json.putObject("statuses")::put);
    classes.forEach(json.putObject("classes")::put);
    findings.ok(
        topic,
        "%,d in %d partitions; newest of the window up to %s",
        extent.length(),
        extent.partitions(),
        ForecastLines.minute(end));
    findings.ok("classes", "%,d series: %s, %s", newest.size(), statuses, classes);
    if (labels == 0) {
      findings.ok("accuracy", "no labels yet");
      return;
    }
    json.put("accuracy", right / labels);
    json.put("log_loss", loss / labels);
    findings.ok(
        "accuracy",
        String.format("%.4f, log loss %.3f, of %,d labels", right / labels, loss / labels, labels));
  }
}
