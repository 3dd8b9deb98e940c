package dev.weir.cli.init;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.cli.series.SeriesCsv;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.ObservationDeserializer;
import dev.weir.kafka.codec.RegistrySubjects;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.mapping.PlainRecord;
import dev.weir.kafka.registry.RegisteredRecords;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir init}: a job file for a topic or a CSV file, from what is in it. */
@Command(
    name = "init",
    description = {
      "Looks at the newest records of a topic, or at a CSV file, shows how they would be read, and"
          + " writes a job file.",
      "Then:    weir run JOB.yaml"
    },
    footer = {
      "",
      "Example: weir init --bootstrap-servers localhost:9092 --topic sensors",
      "Example: weir init --input demand.csv"
    })
public final class InitCommand implements Callable<Integer> {

  private static final int RECORDS = 500;
  private static final int SHOWN = 5;
  private static final int ROWS = 5_000;

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  private static final class Source {
    @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic to look at.")
    private String topic;

    @Option(names = "--input", paramLabel = "CSV", description = "The CSV file to look at.")
    private Path input;
  }

  @Mixin private SeriesColumns.Options csv;

  @Option(
      names = "--out",
      converter = OutputFile.Converter.class,
      paramLabel = "JOB.yaml",
      description = "The job file to write (default: the topic's or the file's name and .yaml).")
  private OutputFile out;

  @Option(
      names = "--horizon",
      descriptionKey = "forecast.horizon",
      defaultValue = "12",
      description = "${declared} (default: 12).")
  private int horizon;

  @Mixin private OutputFile.Force force;

  @Mixin private KafkaOptions kafka;

  @Mixin private RegistryOption registry;

  @Override
  public Integer call() throws Exception {
    String name =
        (source.topic != null ? source.topic : fileName(source.input))
            .replaceAll("[^A-Za-z0-9._-]", "-");
    OutputFile target =
        out == null ? OutputFile.ofDefault(name + ".yaml", spec.optionsMap().get("--out")) : out;
    if (source.topic != null && !csv.columns().equals(SeriesColumns.DEFAULT)) {
      throw new UsageException("--columns: expected --input as well, got --topic");
    }
    UsageException.check(
        source.topic != null || !registry.isGiven(), "--registry", "--topic as well", "--input");
    if (source.input != null) {
      UsageException.checkFile("--input", "a CSV file", source.input);
    }
    return source.topic != null ? ofTopic(name, target) : ofFile(name, target);
  }

  private static String fileName(Path file) {
    return file.getFileName().toString().replaceFirst("(?i)\\.csv(\\.gz)?$", "");
  }

  // ---- a topic

  private int ofTopic(String name, OutputFile target) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> records = newest();
    int nulls = records.size();
    records.removeIf(record -> record.value() == null);
    nulls -= records.size();
    if (records.isEmpty()) {
      throw new CommandFailure(
          "--topic: expected records on %s at %s, got %s; send some first, such as with weir"
              + " produce",
          source.topic, kafka.bootstrapServers(), nulls == 0 ? "none" : "nulls alone");
    }
    MappingGuess guess = null;
    if (!areOwn(records)) {
      RecordProfile profile = profile(records);
      if (profile.others() > profile.records()) {
        throw new CommandFailure(
            "--topic: expected %s or Weir's own records on %s, got %,d others of %,d; --registry"
                + " names the schemas of avro-confluent, docs/topics.md says how to write the"
                + " mapping of others by hand",
            registry.isGiven() ? ObservationMapping.REGISTERED : "JSON objects",
            source.topic,
            profile.others(),
            records.size());
      }
      records.forEach(record -> profile.addKey(record.key()));
      guess =
          MappingGuess.of(profile, registry.isGiven() ? ObservationMapping.REGISTERED : null)
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          "--topic: expected a field with numbers in the %,d newest records of %s,"
                              + " got none",
                          records.size(), source.topic));
    }
    JobSettings settings = settings(text(name, guess, List.of(), false), target);
    List<InputEvent> events = new ArrayList<>();
    ObservationDeserializer reader =
        ObservationDeserializer.of(null, settings.kafka(), settings.forecast().covariatesAhead());
    reader.openAlone();
    records.forEach(record -> reader.read(record, events::add));
    List<Observation> read = new ArrayList<>();
    Map<String, Integer> partitions = new HashMap<>();
    boolean isSpread = false;
    String problem = null;
    int unread = 0;
    for (InputEvent event : events) {
      if (event instanceof ObservationEvent observed) {
        read.add(observed.observation());
        int partition = observed.source().partition();
        Integer before = partitions.put(observed.observation().series(), partition);
        isSpread |= before != null && before != partition;
      } else if (event instanceof DeadLetter letter) {
        unread++;
        problem = "%s: %s".formatted(letter.reason(), letter.message());
      }
    }
    if (guess != null) {
      tell("format", guess.format());
      tell("series", String.join(" / ", guess.series()));
      tell("time", guess.time().isEmpty() ? "the record's timestamp" : guess.time());
      tell("values", String.join(", ", guess.values()));
      tell("each", guess.each());
    } else {
      tell("format", "Weir's own records");
    }
    show(read, records.size());
    List<String> left = new ArrayList<>();
    if (nulls > 0) {
      left.add("%,d of %,d records are null".formatted(nulls, nulls + records.size()));
    }
    if (unread > 0) {
      left.add(
          "%,d of %,d%s would be dead letters, the last one by %s"
              .formatted(
                  unread,
                  records.size(),
                  nulls > 0 ? " others" : " records",
                  Printable.line(problem)));
    }
    if (!left.isEmpty()) {
      System.err.println("left out: " + String.join("; ", left));
    }
    if (read.isEmpty()) {
      throw new CommandFailure("expected observations, got none; nothing was written");
    }
    return write(text(name, guess, read, isSpread), target);
  }

  private RecordProfile profile(List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
    RecordProfile profile = new RecordProfile();
    if (!registry.isGiven()) {
      records.forEach(record -> profile.add(record.value()));
      return profile;
    }
    RegisteredRecords reader =
        new RegisteredRecords(RegistrySubjects.impatient(registry.settings(kafka)));
    reader.open();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      try {
        profile.add(PlainRecord.of(reader.read(record.value())));
      } catch (IOException | RuntimeException e) { // null, and whatever foreign bytes cause
        profile.addOther();
      }
    }
    return profile;
  }

  private List<ConsumerRecord<byte[], byte[]>> newest() throws Exception {
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      if (!admin.missing(List.of(source.topic)).isEmpty()) {
        throw new IOException(
            "--topic: expected a topic on Kafka at %s, got %s, which is not there"
                .formatted(kafka.bootstrapServers(), Printable.line(source.topic)));
      }
    }
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicConsumer latest = TopicConsumer.ofNewest(kafka.clients())) {
      latest.newest(source.topic, latest.extent(source.topic), RECORDS, records::add);
    }
    return records;
  }

  private boolean areOwn(List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
    ObservationDeserializer own =
        new ObservationDeserializer(
            null, Duration.ofDays(366), RegistrySubjects.impatient(registry.settings(kafka)), null);
    own.openAlone();
    List<InputEvent> events = new ArrayList<>();
    records.forEach(record -> own.read(record, events::add));
    return events.stream().filter(ObservationEvent.class::isInstance).count() * 2 > records.size();
  }

  /**
   * @param isSpread whether the values of a series are in several partitions
   */
  private String text(String name, MappingGuess guess, List<Observation> read, boolean isSpread)
      throws IOException {
    int features = read.isEmpty() ? 0 : read.get(0).features().length;
    String text =
        JobText.of(
            name,
            kafka.bootstrapServers(),
            connection(),
            topic(name),
            guess,
            horizon,
            features,
            isSpread,
            interval(read));
    return text + JobText.bounds(read);
  }

  /** What was needed to look is needed to run; a secret was refused among it. */
  private List<String> connection() {
    List<String> lines = new ArrayList<>();
    Path file =
        spec.commandLine().getParseResult().matchedOptionValue("--kafka-properties", (Path) null);
    if (file != null) {
      lines.add("properties-file: " + JobText.quoted(file.toAbsolutePath().toString()));
    }
    Map<String, String> properties =
        spec.commandLine().getParseResult().matchedOptionValue("--kafka", Map.of());
    if (!properties.isEmpty()) {
      lines.add("properties:");
      properties.forEach((key, value) -> lines.add("  " + key + ": " + JobText.quoted(value)));
    }
    if (registry.isGiven()) {
      lines.add("format: " + ObservationMapping.REGISTERED);
      lines.add("registry: {url: " + JobText.quoted(registry.url()) + "}");
    }
    return lines;
  }

  private String topic(String name) {
    return source.topic != null ? source.topic : name;
  }

  private static JobSettings settings(String text, OutputFile target) {
    return JobSettings.of(
        JobFile.parse(text, target.path().getFileName().toString(), Map.of()), Path.of(""));
  }

  // ---- a CSV file

  private int ofFile(String name, OutputFile target) throws IOException {
    List<Observation> read = new ArrayList<>();
    String columns;
    String format;
    try (SeriesCsv rows = SeriesCsv.open(source.input, csv.columns())) {
      for (Observation o = rows.next(); o != null && read.size() < ROWS; o = rows.next()) {
        read.add(o);
      }
      columns = rows.columns().text();
      format = rows.format();
    }
    if (read.isEmpty()) {
      throw new CommandFailure("--input: expected rows in %s, got none", source.input);
    }
    tell("columns", columns);
    tell("format", format == null ? "" : format);
    show(read, read.size());
    read.sort(Comparator.comparingLong(Observation::time));
    int code = write(text(name, null, read, false), target);
    if (code == 0) {
      System.err.printf(
          "Send the file: weir produce %s --input %s%s%n",
          target, source.input, csv.columns().areDefault() ? "" : ", with the same --columns");
    }
    return code;
  }

  // ---- both

  private static void tell(String what, String found) {
    if (!found.isEmpty()) {
      System.out.printf("%-8s  %s%n", what, Printable.line(found));
    }
  }

  private static void show(List<Observation> read, int records) {
    System.out.printf(
        "%s in %s, such as%n",
        Numbers.counted(read.size(), "observation"), Numbers.counted(records, "record"));
    read.stream()
        .limit(SHOWN)
        .forEach(
            o ->
                System.out.printf(
                    "  %-40s  %s  %s%n",
                    Printable.line(o.series(), 80), Instant.ofEpochMilli(o.time()), o.value()));
  }

  /** Median of the times between the values of a series; null without any. */
  private static Duration interval(List<Observation> read) {
    Map<String, Long> last = new HashMap<>();
    List<Long> steps = new ArrayList<>();
    for (Observation o : read) {
      Long before = last.put(o.series(), o.time());
      if (before != null && o.time() > before) {
        steps.add(o.time() - before);
      }
    }
    steps.sort(null);
    return steps.isEmpty() ? null : Duration.ofMillis(steps.get(steps.size() / 2));
  }

  private int write(String text, OutputFile target) throws IOException {
    settings(text, target); // what is written must be right
    target.write(text);
    System.err.printf("%s is written. Next: weir run %s%n", target, target);
    return 0;
  }
}
