package dev.weir.cli.deadletter;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir dead-letters}: what could not be used, and sending it in again. */
@Command(
    name = "dead-letters",
    description = "Counts the records that could not be used, shows one, sends them in again.",
    subcommands = DeadLettersCommand.Replay.class,
    footer = {
      "",
      "Examples: weir dead-letters my-job.yaml",
      "          weir dead-letters replay --reason MALFORMED --dry-run"
    })
public final class DeadLettersCommand implements Callable<Integer> {

  private static final class Place {
    @Option(
        names = "--topic",
        defaultValue = "observations.dlq",
        descriptionKey = "topics.dead-letters",
        description = "The dead-letter topic.")
    private String topic;

    /** The topic; fails if it is missing. */
    DeadLetterTopic open(KafkaOptions kafka) throws IOException {
      topic = kafka.topic("--topic", topic, Topics::deadLetters);
      kafka.require("--topic names another", topic);
      return new DeadLetterTopic(kafka.clients(), topic);
    }
  }

  @Mixin private Place place;

  @Mixin private KafkaOptions.WithJob kafka;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only those of one reason: ${COMPLETION-CANDIDATES}.")
  private Reason reason;

  @Option(
      names = "--show",
      paramLabel = "N",
      description = "Shows the N-th of them, oldest first, with its bytes.")
  private Long show;

  @Override
  public Integer call() throws IOException {
    UsageException.check(show == null || show > 0, "--show", "at least 1", show);
    return show == null ? list(place.open(kafka)) : show(place.open(kafka));
  }

  private int list(DeadLetterTopic topic) throws IOException {
    SortedMap<String, Long> counts = new TreeMap<>();
    Map<String, String> newest = new HashMap<>();
    topic.forEach(
        topic.ends(),
        reason,
        letter -> {
          // foreign headers may name any number of reasons
          String name = letter.reason() == null ? "(none)" : letter.reason();
          String row = counts.size() < 100 || counts.containsKey(name) ? name : "(others)";
          counts.merge(row, 1L, Long::sum);
          newest.put(row, DeadLetterLines.summary(letter));
        });
    counts.forEach(
        (name, count) ->
            System.out.printf(
                "%-14s %,10d  newest %s%n", Printable.line(name, 40), count, newest.get(name)));
    System.out.printf("%s on %s%n", Numbers.counted(sum(counts), "dead letter"), place.topic);
    return 0;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private int show(DeadLetterTopic topic) throws IOException {
    long[] seen = new long[1];
    topic.forEach(
        topic.ends(),
        reason,
        letter -> {
          if (++seen[0] == show) {
            DeadLetterLines.text(letter).forEach(System.out::println);
          }
        });
    if (seen[0] < show) {
      throw new CommandFailure(
          "--show: expected at most %d, their count, got %d; without --show they are listed",
          seen[0], show);
    }
    return 0;
  }

  /** {@code weir dead-letters replay}. */
  @Command(
      name = "replay",
      description = {
        "Sends the dead letters of a reason again: key, value and headers as they were, to the"
            + " topic and partition that they came from, with an added header __weir.replay-of."
            + " They stay on the dead-letter topic. Those cut off are left out.",
        "Doing it twice does no harm: what a job has already is a duplicate or LATE, unless"
            + " state.ttl has dropped the series meanwhile."
      },
      footer = {"", "Example: weir dead-letters replay --reason MALFORMED --dry-run"})
  static final class Replay implements Callable<Integer> {
    @Mixin private Place place;

    @Mixin private KafkaOptions.WithJob kafka;

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "REASON",
        description = "Why they could not be used: ${COMPLETION-CANDIDATES}.")
    private Reason reason;

    @Option(names = "--dry-run", description = "Says what would be sent and sends nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
      DeadLetterTopic topic = place.open(kafka);
      Map<Integer, Long> ends = topic.ends();
      Map<String, Long> byTopic = new TreeMap<>();
      topic.forEach(
          ends,
          reason,
          letter -> {
            if (letter.isWhole()) {
              byTopic.merge(letter.source().topic(), 1L, Long::sum);
            }
          });
      byTopic.forEach((to, n) -> System.err.printf("%,d to %s%n", n, Printable.line(to)));
      long count = sum(byTopic);
      long sent = 0;
      if (!dryRun && count > 0) {
        // a topic named in a header is a foreign word; the producer must not create it
        kafka.require("nothing sent", byTopic.keySet().toArray(String[]::new));
        sent = topic.replay(ends, reason);
      }
      System.out.printf("%,d of %,d sent%n", sent, count);
      return dryRun || sent == count ? 0 : 1;
    }
  }
}
