package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.TopicConsumer.Extent;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ScoreCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A job as its topics tell of it, from a bounded sample of the newest records of each. */
final class TopicHealth extends Checks {

  /** Records of a topic that are looked at. */
  static final int SAMPLE = 1_000;

  private static final double MAX_DEAD = 0.1;
  private static final double MAX_FALLBACK = 0.5;

  /** Of two jobs that write the same nearly half are second ones; of one after a restart, few. */
  private static final double MAX_TWICE = 0.4;

  private static final int MAX_WORDS = 20; // a topic may contain any number of them

  private final Topics topics;
  private final long now = System.currentTimeMillis();
  private long malformed;
  private long newestModel = Long.MAX_VALUE; // its offset; not known yet
  private final Map<String, Map<Integer, Long>> read = new HashMap<>(); // by the job, by topic

  TopicHealth(Look look) {
    super(look);
    this.topics = look.topics;
  }

  void topics() {
    ObjectNode json = findings.section("topics");
    for (String name : topics.all()) {
      Extent extent = look.extent(name);
      if (extent == null) {
        json.putObject(name).put("exists", false);
        findings.ok(name, "no such topic");
        continue;
      }
      json.putObject(name)
          .put("exists", true)
          .put("partitions", extent.partitions())
          .put("records", extent.length());
    }
    List<String> needed = new ArrayList<>(topics.observations().names());
    needed.add(topics.output());
    needed.removeIf(look::has);
    if (!needed.isEmpty() || topics.observations().names().isEmpty()) {
      findings.problem(
          "give the job file, weir status JOB.yaml, if its topics have other names",
          "there is no topic %s",
          needed.isEmpty() ? "that matches " + topics.observations() : needed.get(0));
    }
  }

  void malformed() {
    if (malformed > 0) {
      findings.problem(
          "does something else write there? weir tail names each one's place",
          "%d of the newest records of forecasts or scores can't be read",
          malformed);
    }
  }

  void lag() {
    String group = look.group != null || look.job == null ? look.group : look.job.kafka().group();
    look.observations().forEach(name -> lag(name, group == null ? look.name : group));
  }

  private void lag(String name, String group) {
    Extent extent = look.extent(name);
    String records = "%,d in %d partitions".formatted(extent.length(), extent.partitions());
    if (group == null) {
      findings.ok(name, "%s; lag unknown: give the job file, --job or --group", records);
      return;
    }
    Map<Integer, Long> committed;
    try {
      committed = look.committed(group, name);
    } catch (IllegalStateException e) { // without this right, the rest is still shown
      findings.ok(name, "%s; lag unknown: %s", records, e.getMessage());
      return;
    }
    read.put(name, committed);
    long lag = extent.behind(committed);
    findings.figure("topics", name).put("lag", lag);
    if (committed.isEmpty()) {
      findings.ok(name, "%s; group %s has committed nothing", records, group);
      if (extent.length() > 0) {
        findings.problem(
            "is this the job's group? --group names another; else wait for its first checkpoint",
            "group %s has committed no place in %s",
            group,
            name);
      }
      return;
    }
    findings.ok(name, "%s; group %s is %,d behind", records, group, lag);
    if (lag > look.mostLag) {
      findings.problem(
          "more tasks (--parallelism, up to the partitions), or learning.size: small; --max-lag"
              + " sets another limit",
          "group %s is %,d records behind in %s",
          group,
          lag,
          name);
    }
  }

  void forecasts() {
    Extent extent = look.extent(topics.forecasts());
    if (extent == null || !isReadable()) {
      return;
    }
    ForecastCodec codec = new ForecastCodec(look.registry);
    Map<String, Integer> statuses = new TreeMap<>();
    Map<String, Integer> live = new TreeMap<>();
    Set<String> series = new HashSet<>();
    long[] newest = {Long.MIN_VALUE};
    int[] count = new int[1];
    Set<String> distinct = new HashSet<>();
    malformed +=
        look.newest(
            topics.forecasts(),
            SAMPLE,
            codec::decode,
            forecast -> {
              count[0]++;
              series.add(forecast.series());
              distinct.add(forecast.mode() + " " + forecast.origin() + " " + forecast.series());
              newest[0] = Math.max(newest[0], forecast.origin());
              statuses.merge(forecast.status().name(), 1, Integer::sum);
              if (!forecast.model().isEmpty()) {
                merge(live, "%s v%d".formatted(forecast.model(), forecast.modelVersion()));
              }
            });
    ObjectNode json = findings.section("forecasts");
    json.put("sampled", count[0]);
    json.put("series", series.size());
    if (count[0] == 0) {
      findings.ok(topics.forecasts(), "none committed yet");
      if (look.observations().stream().anyMatch(name -> look.extent(name).length() > 0)) {
        findings.problem(
            "is the job running? weir status --jobmanager HOST:PORT; forecasts are seen with the"
                + " next checkpoint",
            "there are observations on %s and no forecasts on %s",
            topics.observations().first(),
            topics.forecasts());
      }
    } else {
      long age = now - newest[0];
      json.put("newest_origin", newest[0]);
      json.put("newest_age_ms", age);
      ObjectNode byStatus = json.putObject("statuses");
      statuses.forEach(byStatus::put);
      findings.ok(
          topics.forecasts(),
          "%,d in %d partitions; newest from the value of %s, %s",
          extent.length(),
          extent.partitions(),
          ForecastLines.minute(newest[0]),
          age < 0
              ? Findings.duration(-age) + " ahead of this clock"
              : Findings.duration(age) + " ago");
      findings.ok("series", "%,d in the newest %,d: %s", series.size(), count[0], statuses);
      int twice = count[0] - distinct.size();
      if (twice > MAX_TWICE * count[0]) {
        findings.problem(
            "do two jobs write them? stop one with a savepoint; weir submit and run refuse a second"
                + " one without --force",
            "%d of the newest %d forecasts repeat another one",
            twice,
            count[0]);
      }
      int fallbacks = statuses.getOrDefault("FALLBACK", 0);
      if (fallbacks > MAX_FALLBACK * count[0]) {
        findings.problem(
            "is the model there, and does it fit? weir model list, weir dead-letters --reason"
                + " MODEL",
            "%d of the newest %d forecasts are fallbacks",
            fallbacks,
            count[0]);
      }
    }
    models(live);
  }

  private void models(Map<String, Integer> live) {
    ObjectNode json = findings.section("models");
    ObjectNode inForecasts = json.putObject("in_forecasts");
    live.forEach(inForecasts::put);
    if (!look.has(topics.models())) {
      findings.ok("models", "in forecasts: %s", live.isEmpty() ? "none" : live);
      return;
    }
    Map<String, Long> active = new TreeMap<>();
    long newestOffset = -1;
    for (ModelTopic.Version version : look.models.content().models().values()) {
      if (active.size() < MAX_WORDS) {
        active.put(version.name(), version.version());
        newestOffset = Math.max(newestOffset, version.offset());
      }
    }
    ObjectNode onTopic = json.putObject("on_topic");
    active.forEach(onTopic::put);
    findings.ok(
        topics.models(),
        "in forecasts: %s; on the topic: %s",
        live.isEmpty() ? "none" : live,
        active.isEmpty() ? "none" : active);
    newestModel = newestOffset;
  }

  void scores() {
    String topic = topics.scores();
    Extent extent = look.extent(topic);
    if (extent == null || !isReadable()) {
      return;
    }
    ScoreCodec codec = new ScoreCodec(look.registry);
    Map<String, Score> newest = new HashMap<>();
    malformed +=
        look.newest(
            topic,
            SAMPLE,
            codec::decode,
            score -> newest.put(score.mode() + " " + score.series(), score));
    new ForecastSkill(newest.values()).tell(findings, topic, extent.length());
  }

  void deadLetters() {
    String topic = topics.deadLetters();
    Extent extent = look.extent(topic);
    if (extent == null) {
      return;
    }
    Map<String, Integer> reasons = new TreeMap<>();
    Map<String, Extent> windows = new HashMap<>();
    for (String name : look.observations()) {
      windows.put(name, window(look.extent(name), read.getOrDefault(name, Map.of())));
    }
    Map<String, Integer> recent = new HashMap<>();
    long mostDead = 0;
    for (Extent window : windows.values()) {
      mostDead += mostDead(window);
    }
    boolean[] rejected = new boolean[1];
    int[] count = new int[1];
    boolean all =
        look.newest(
            topic,
            // enough to see that they are too many, should one partition have them all
            (int) Math.max(SAMPLE, extent.partitions() * (mostDead + 1)),
            record -> {
              count[0]++;
              Letter letter = DeadLetterTopic.letter(record);
              merge(reasons, letter.reason() == null ? "(none)" : letter.reason());
              Source from = letter.source();
              Extent window = from == null ? null : windows.get(from.topic());
              if (window != null) {
                Long end = window.ends().get(from.partition());
                boolean isRecent =
                    end != null
                        && from.offset() < end
                        && from.offset() >= window.begins().get(from.partition());
                recent.merge(from.topic(), isRecent ? 1 : 0, Integer::sum);
              } else if (from != null && from.topic().equals(topics.models())) {
                rejected[0] |= from.offset() >= Math.max(0, newestModel);
              }
            });
    // offsets include transaction marks: the records are known only if all were read
    ObjectNode json = findings.section("dead_letters");
    json.put("records", all ? count[0] : extent.length());
    json.put("sampled", count[0]);
    ObjectNode byReason = json.putObject("reasons");
    reasons.forEach(byReason::put);
    findings.ok(
        "dead letters",
        count[0] == 0
            ? "none"
            : all ? "%,d; of the newest %,d: %s" : "at most %,d; of the newest %,d: %s",
        all ? count[0] : extent.length(),
        count[0],
        reasons);
    recent.forEach(
        (from, dead) -> {
          if (dead > mostDead(windows.get(from))) {
            findings.problem(
                "weir dead-letters --topic " + topic + " lists them by reason, --show 1 shows one",
                "%d of the newest %d observations of %s that were read are dead letters: %s",
                dead,
                windows.get(from).length(),
                from,
                reasons);
          }
        });
    if (rejected[0]) {
      findings.problem(
          "weir dead-letters --topic "
              + topic
              + " --reason MODEL says why; publish the model before it again",
          "the newest model on %s was refused",
          topics.models());
    }
  }

  private static long mostDead(Extent window) {
    return (long) (MAX_DEAD * window.length());
  }

  /**
   * The newest offsets of the observations, as many as letters are looked at, evenly.
   *
   * @param read up to where the job has read them, by partition; empty: not known
   */
  static Extent window(Extent observations, Map<Integer, Long> read) {
    int each = Math.max(1, SAMPLE / Math.max(1, observations.partitions()));
    Map<Integer, Long> begins = new HashMap<>();
    Map<Integer, Long> ends = new HashMap<>();
    observations
        .ends()
        .forEach(
            (partition, end) -> {
              long begin = observations.begins().getOrDefault(partition, 0L);
              long place = read.isEmpty() ? end : read.getOrDefault(partition, begin);
              long until = Math.max(begin, Math.min(end, place));
              begins.put(partition, Math.max(begin, until - each));
              ends.put(partition, until);
            });
    return new Extent(begins, ends);
  }

  private static void merge(Map<String, Integer> counts, String word) {
    String name = counts.size() < MAX_WORDS || counts.containsKey(word) ? word : "(others)";
    counts.merge(name, 1, Integer::sum);
  }

  private boolean isReadable() {
    return topics.forecasting() && look.isReadable;
  }
}
