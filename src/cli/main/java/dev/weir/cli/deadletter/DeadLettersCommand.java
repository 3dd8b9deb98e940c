package dev.weir.cli.deadletter;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.deadletter.DeadLetterLines.Tally;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir dead-letters}: what could not be used, and sending it in again. */
@Command(
    name = "dead-letters",
    description = "Lists what could not be used, by reason; shows one; sends chosen ones in again.",
    subcommands = DeadLettersCommand.Replay.class,
    footer = {
      "",
      "Examples: weir dead-letters my-job.yaml --series 'pump-.*'",
      "          weir dead-letters --show 0:17",
      "          weir dead-letters replay --reason MALFORMED --from 2026-01-31T12:00:00Z"
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

  @Mixin private DeadLetterFilter filter;

  @Option(
      names = "--show",
      paramLabel = "N|P:OFFSET",
      description = "Shows the N-th of them, oldest first, or the one at a place, with its bytes.")
  private String show;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      defaultValue = "1024",
      description = "How many bytes of a value are shown (default: ${DEFAULT-VALUE}).")
  private int bytes;

  @Option(names = "--format", defaultValue = "text")
  private Format format;

  @Override
  public Integer call() throws IOException {
    UsageException.check(bytes >= 0, "--bytes", "at least 0", bytes);
    UsageException.check(
        show == null || show.matches("[1-9]\\d{0,17}|\\d{1,9}:\\d{1,18}"),
        "--show",
        "a number from 1 or PARTITION:OFFSET",
        "'" + show + "'");
    DeadLetterTopic topic = place.open(kafka);
    LetterReader reader = LetterReader.of(kafka);
    filter.use(reader);
    return show == null ? list(topic) : show(topic, reader);
  }

  private int list(DeadLetterTopic topic) throws IOException {
    Map<String, Tally> tallies = new TreeMap<>();
    topic.forEach(
        topic.ends(),
        letter -> {
          if (filter.includes(letter)) {
            // foreign headers may name any number of reasons
            String reason = letter.reason() == null ? "(none)" : letter.reason();
            String name = tallies.size() < 100 || tallies.containsKey(reason) ? reason : "(others)";
            tallies.computeIfAbsent(name, Tally::new).add(letter);
          }
        });
    if (format == Format.json) {
      for (Tally tally : tallies.values()) {
        System.out.println(Json.ascii(DeadLetterLines.TALLIES.json(Json.object(), tally)));
      }
      return 0;
    }
    if (!tallies.isEmpty()) {
      System.out.print(DeadLetterLines.TALLIES.text(List.copyOf(tallies.values())));
    }
    System.out.printf(
        "%,d dead letters on %s%n",
        tallies.values().stream().mapToLong(Tally::count).sum(), place.topic);
    return 0;
  }

  private int show(DeadLetterTopic topic, LetterReader reader) throws IOException {
    Letter letter;
    int colon = show.indexOf(':');
    if (colon > 0) {
      letter =
          topic.at(
              Integer.parseInt(show.substring(0, colon)),
              Long.parseLong(show.substring(colon + 1)));
    } else {
      long wanted = Long.parseLong(show);
      Letter[] found = new Letter[1];
      long[] seen = new long[1];
      topic.forEach(
          topic.ends(),
          candidate -> {
            if (filter.includes(candidate) && ++seen[0] == wanted) {
              found[0] = candidate;
            }
          });
      letter = found[0];
    }
    if (letter == null) {
      throw new CommandFailure(
          "--show: expected a dead letter of %s, got none at %s; without --show they are listed",
          place.topic, show);
    }
    Map<String, String> fields = reader.fields(letter);
    if (format == Format.json) {
      System.out.println(DeadLetterLines.json(letter, fields, bytes));
    } else {
      DeadLetterLines.text(letter, fields, bytes).forEach(System.out::println);
    }
    return 0;
  }

  /** {@code weir dead-letters replay}. */
  @Command(
      name = "replay",
      description = {
        "Sends chosen dead letters in again: key, value and headers as they were, to the topic and"
            + " partition that they came from, with the header __weir.replay-of beside them. They"
            + " stay on the dead-letter topic.",
        "Doing it twice does no harm: a job takes no value that is not newer than the last of its"
            + " series. One that it has is dropped as a duplicate or becomes a dead letter of"
            + " reason LATE. Only a series that state.ttl has let go meanwhile takes it as a new"
            + " beginning."
      },
      footer = {
        "",
        "Examples: weir dead-letters replay --reason MALFORMED --dry-run",
        "          weir dead-letters replay --reason LATE --from 2026-01-31T12:00:00Z --confirm 17"
      })
  static final class Replay implements Callable<Integer> {
    @Mixin private Place place;

    @Mixin private KafkaOptions.WithJob kafka;

    @Mixin private DeadLetterFilter filter;

    @Option(names = "--all", description = "All of them; otherwise something must choose.")
    private boolean all;

    @Option(
        names = "--to",
        paramLabel = "TOPIC",
        description = "Another topic than the one that each came from.")
    private String target;

    @Option(names = "--dry-run", description = "Says what would be sent and sends nothing.")
    private boolean dryRun;

    @Option(
        names = "--confirm",
        paramLabel = "COUNT",
        description = "How many are expected; without it, the count is asked for.")
    private Long confirmed;

    @Override
    public Integer call() throws IOException {
      if (filter.isEverything() != all) {
        throw new UsageException(
            all
                ? "--all: expected it or a choice, got both"
                : "--all: expected it, --reason, --series, --from, --until or --offsets, got none");
      }
      DeadLetterTopic topic = place.open(kafka);
      filter.use(LetterReader.of(kafka));
      Map<Integer, Long> ends = topic.ends();
      Map<String, Long> byTopic = new TreeMap<>();
      long[] unfit = new long[1];
      topic.forEach(
          ends,
          letter -> {
            if (!filter.includes(letter)) {
              return;
            }
            if (letter.source() == null || letter.cut()) {
              unfit[0]++;
            } else {
              byTopic.merge(target == null ? letter.source().topic() : target, 1L, Long::sum);
            }
          });
      long count = byTopic.values().stream().mapToLong(Long::longValue).sum();
      byTopic.forEach((to, n) -> System.err.printf("%,d to %s%n", n, Printable.line(to)));
      if (unfit[0] > 0) {
        System.err.printf(
            "%,d left out: cut off, or without the headers of a dead letter%n", unfit[0]);
      }
      if (dryRun || count == 0) {
        System.out.printf("0 of %,d sent%n", count);
        return 0;
      }
      confirm(count);
      // a topic named in a header is a foreign word; the producer must not create it
      kafka.require("nothing sent", byTopic.keySet().toArray(String[]::new));
      DeadLetterTopic.Replayed replayed = topic.replay(ends, filter::includes, target);
      System.out.printf("%,d of %,d sent%n", replayed.sent(), count);
      return replayed.sent() == count ? 0 : 1;
    }

    private void confirm(long count) {
      if (confirmed == null) {
        UsageException.check(
            System.console() != null,
            "--confirm",
            "the count, %d, since nobody can be asked".formatted(count),
            null);
        String answer =
            System.console().readLine("Type %d to send them, anything else to stop: ", count);
        if (answer == null || !answer.trim().equals(Long.toString(count))) {
          throw new CommandFailure("nothing sent");
        }
      } else if (confirmed != count) {
        throw new CommandFailure(
            "--confirm: expected %d, the count of what is chosen, got %d; nothing sent",
            count, confirmed);
      }
    }
  }
}
