package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Patience;
import dev.weir.dashboard.Records;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.model.Mode;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands on topics, which a job file or options name. */
class TopicCommandsIT {

  private static final String SHIPPED =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  @TempDir private static Path dir;
  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static String job;

  @BeforeAll
  static void start() throws Exception {
    job =
        Files.writeString(
                dir.resolve("plant.yaml"),
                """
                name: plant
                kafka:
                  bootstrap-servers: %s
                topics: {observations: in, forecasts: out, scores: how, dead-letters: lost, models: nets}
                forecast:
                  many-to-one: {horizon: 2}
                """
                    .formatted(kafka.bootstrapServers()))
            .toString();
    kafka.create("out", 3, Map.of());
    kafka.create("lost", 1, Map.of());
  }

  private static InProcess weir(String command) {
    return InProcess.run(command.replace("JOB", job).split(" "));
  }

  private static void assertPrints(String command, String line) {
    InProcess run = weir(command).succeeded();
    assertThat(run.out() + run.err()).contains(line);
  }

  @Test
  void eachCommandFindsBrokersAndTopicsInTheJobFile() throws Exception {
    Path csv =
        Files.write(
            dir.resolve("a.csv"), List.of("series_id,timestamp,value", "a,2026-01-01T00:00:00Z,1"));
    assertPrints("produce JOB --input " + csv, "1 observation sent to in in");
    assertPrints("dead-letters JOB", "0 dead letters on lost");
    assertPrints("dead-letters replay JOB --reason LATE", "0 of 0 sent");
    assertPrints("model publish %s JOB --name a".formatted(SHIPPED), "a version 2 is on nets");
    assertPrints("model publish %s JOB --name a".formatted(SHIPPED), "a version 3 is on nets");
    assertPrints("model list JOB", "a                                   3");
    InProcess other = weir("dead-letters JOB --topic other");
    assertThat(other.err()).contains("topic other: expected on Kafka at");
    assertThat(weir("dead-letters JOB --set topics.dead-letters=set").err())
        .contains("topic set: expected on Kafka at " + kafka.bootstrapServers());
    try (WeirProcess page = WeirProcess.start("dashboard %s --no-browser --port 0", job)) {
      page.awaitErr(
          Pattern.compile("topic how is not on Kafka at " + kafka.bootstrapServers()),
          Patience.LIMIT);
      page.awaitErr(Pattern.compile("the page is at http"), Patience.LIMIT);
      assertThat(ListeningSockets.of(page.pid()))
          .isNotEmpty()
          .allMatch(InetAddress::isLoopbackAddress);
    }
  }

  @Test
  void modelWithoutANameIsNamedAsTheJobsOnlyModel() throws Exception {
    String named = Files.readString(Path.of(SHIPPED), StandardCharsets.ISO_8859_1);
    Path file = dir.resolve("nameless.safetensors");
    Files.writeString(file, named.replace("weir.name", "other.key"), StandardCharsets.ISO_8859_1);
    String line = "model publish " + file + " JOB --set forecast.many-to-one.model=load";
    assertPrints(line, "load version 2 is on nets");
    assertThat(weir(line + " --set forecast.many-to-many.model=wind").failed(2).err())
        .contains("--name: expected one of the job's models [load, wind], got none");
  }

  /** Event time is all series', so what comes of one after the others would be late. */
  @Test
  void seriesAfterSeriesAreSentByTime() throws Exception {
    Path csv =
        Files.writeString(
            dir.resolve("two.csv"),
            "series_id,timestamp,value\n"
                + "a,2026-01-01,1\n"
                + "a,2026-01-02,2\n"
                + "b,2026-01-01,3\n"
                + "b,2026-01-02,4\n");
    assertPrints(
        "produce JOB --topic merged --input " + csv, "sorted by time, which the file is not");
    assertThat(kafka.read("merged"))
        .extracting(
            record -> new ObservationCodec(0).decode(record.value(), record.headers()).value())
        .containsExactly(1.0, 3.0, 2.0, 4.0);
  }

  @Test
  void publishedModelThatTheJobRejectsIsReported() throws Exception {
    String picky =
        Files.writeString(
                dir.resolve("picky.yaml"),
                Files.readString(Path.of(job))
                    .replace("name: plant", "name: picky\nwindow.seq-len: 9")
                    .replace("{horizon: 2}", "{horizon: 2, model: b}"))
            .toString();
    assertPrints("model publish %s JOB --name b".formatted(SHIPPED), "b version 2 is on nets");
    assertThat(weir("model list JOB").succeeded().out()).doesNotContain("refused", "fits");
    assertPrints("model list " + picky, "  refused by picky: ");
    assertPrints("model list %s --set window.seq-len=5".formatted(picky), "  fits picky\n");
  }

  private static void forecast(int partition, long origin) throws Exception {
    Forecast forecast = Records.forecast("a", Mode.MANY_TO_ONE, origin, "", -1);
    kafka.send(
        List.of(
            new ProducerRecord<>(
                "out",
                partition,
                origin,
                new byte[] {'a'},
                new ForecastCodec(null).encode(forecast))));
  }

  @Test
  void tailShowsTheNewestAndThenFollows() throws Exception {
    List<Long> newest = new ArrayList<>();
    for (long i = 0; i < 40; i++) { // the newest ten are on all three partitions
      forecast((int) (i % 3), 1_000 * i);
      if (i >= 30) {
        newest.add(1_000 * i);
      }
    }
    assertThat(origins("tail JOB --limit 10 --format json")).isEqualTo(newest);
    assertThat(origins("tail JOB --last 3 --limit 3 --format json"))
        .isEqualTo(newest.subList(7, 10));
    try (WeirProcess tail = WeirProcess.start("tail %s --last 2 --format json", job)) {
      tail.awaitOut(Pattern.compile("\"origin\":39000"), Duration.ofSeconds(60));
      forecast(1, 50_000); // one that comes later
      tail.awaitOut(Pattern.compile("\"origin\":50000"), Duration.ofSeconds(60));
      assertThat(tail.out().lines()).hasSize(3);
    }
  }

  private static List<Long> origins(String command) {
    InProcess run = weir(command).succeeded();
    return run.out()
        .lines()
        .map(line -> Long.valueOf(line.replaceAll(".*\"origin\":(\\d+).*", "$1")))
        .toList();
  }

  private static InProcess onBroker(String line, Object... values) {
    return InProcess.weir(line + " --bootstrap-servers " + kafka.bootstrapServers(), values);
  }

  private static String publish(String topic, String options) {
    InProcess publish =
        onBroker("model publish " + SHIPPED + " --name demand --topic " + topic + " " + options)
            .succeeded();
    assertThat(publish.err()).isEmpty();
    return publish.out();
  }

  @Test
  void newestPublishedModelIsListedWhateverItsVersion() throws Exception {
    publish("versions", "--model-version 1");
    assertThat(publish("versions", "")).isEqualTo("demand version 2 is on versions\n");
    publish("versions", "--model-version 1");
    assertThat(onBroker("model list --topic versions").succeeded().out().lines())
        .hasSize(2)
        .last()
        .asString()
        .matches("demand +1 .*");
    ModelTopic topic = new ModelTopic(KafkaClients.of(kafka.bootstrapServers()), "versions");
    assertThat(topic.model("demand").version()).isEqualTo(1);
    assertThat(topic.model("other")).isNull();
  }

  @Test
  void unreadableRecordIsListedAndDoesNoHarm() throws Exception {
    publish("hostile", "--model-version 1");
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka.bootstrapServers()).producer()) {
      byte[] bell = {'d', '@', 7};
      producer.send(new ProducerRecord<>("hostile", bell, new byte[] {1, 2, 3})).get();
      producer.send(new ProducerRecord<>("hostile", new byte[0], new byte[0])).get();
      producer.send(new ProducerRecord<>("hostile", bell, null)).get();
    }
    InProcess list = onBroker("model list --topic hostile").succeeded();
    assertThat(list.out()).contains("d@\\u0007", "unreadable, offset 1", "unreadable, offset 2");
    assertThat(publish("hostile", "")).contains("demand version 2 is on");
  }

  private InProcess produce(String options) throws Exception {
    Path csv =
        Files.writeString(
            dir.resolve("load.csv"),
            """
            series_id,timestamp,value,temperature,price
            a,2026-01-01T00:00:00Z,1,4.5,60
            a,2026-01-01T01:00:00Z,2,5.5,61
            a,2026-01-01T02:00:00Z,3,,62
            """);
    Path job =
        Files.writeString(
            dir.resolve("load.yaml"),
            """
            name: load
            kafka: {bootstrap-servers: "%s"}
            window: {features-ahead: 2}
            forecast: {many-to-one: {horizon: 2}}
            """
                .formatted(kafka.bootstrapServers()));
    String where =
        options.startsWith("JOB") ? "" : "--bootstrap-servers " + kafka.bootstrapServers();
    return InProcess.weir(
        "produce --input %s " + options.replace("JOB", job.toString()) + " " + where, csv);
  }

  @Test
  void rowsAfterARowAreKnownAhead() throws Exception {
    assertThat(produce("JOB --topic avro --columns ahead=temperature+price").exitCode()).isZero();
    List<double[]> ahead = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read("avro")) {
      Observation read = new ObservationCodec(2).decode(record.value(), record.headers());
      assertThat(read.features()).isEmpty();
      ahead.add(read.ahead());
    }
    assertThat(ahead)
        .containsExactly(
            new double[] {5.5, 61, Double.NaN, 62}, new double[] {Double.NaN, 62}, new double[] {});
  }

  @Test
  void jsonHasAnArrayForEachCovariate() throws Exception {
    String options = "--topic json --format json --ahead-steps 1 --columns ahead=temperature+price";
    assertThat(produce(options).exitCode()).isZero();
    assertThat(kafka.read("json"))
        .extracting(record -> new String(record.value(), StandardCharsets.UTF_8))
        .containsExactly(
            "{\"series\":\"a\",\"time\":\"2026-01-01T00:00:00Z\",\"value\":1.0,"
                + "\"ahead_1\":[5.5],\"ahead_2\":[61.0]}",
            "{\"series\":\"a\",\"time\":\"2026-01-01T01:00:00Z\",\"value\":2.0,"
                + "\"ahead_1\":[null],\"ahead_2\":[62.0]}",
            "{\"series\":\"a\",\"time\":\"2026-01-01T02:00:00Z\",\"value\":3.0}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --columns ahead=price | --ahead-steps: expected it with --columns ahead=..., or a job file, got neither
          --ahead-steps 3 | --ahead-steps: expected --columns ahead=... as well, got none
          JOB --columns ahead=price | --columns ahead: expected 2, as window.features-ahead of the job says, got 1
          --columns ahead=price --ahead-steps 0 | --ahead-steps: expected 1 to 4096, got 0
          """)
  void wrongOptionsAreRefusedBeforeATopicIsCreated(String options, String message)
      throws Exception {
    InProcess ended = produce(options + " --topic never").failed(2);
    assertThat(ended.err().lines().findFirst()).contains("weir produce: " + message);
    try (var admin = kafka.admin()) {
      assertThat(admin.missing(List.of("never"))).containsExactly("never");
    }
  }
}
