package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Observation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a topic of another tool's records to forecasts: {@code weir init} and the job it writes. */
@ResourceLock(Resources.SYSTEM_OUT)
@Tag("slow")
class InitIT {

  private static final Path RECORDS = Path.of("src/flink/test/resources/records");

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();

  @TempDir private Path folder;
  private String out;
  private String err;

  private int init(String arguments) {
    String words =
        (arguments + " --bootstrap-servers " + kafka.bootstrapServers()).replace("@", folder + "/");
    InProcess init = InProcess.run(("init " + words).split(" "));
    out = init.out();
    err = init.err();
    return init.exitCode();
  }

  private static void send(String topic, List<String> lines) throws Exception {
    kafka.create(topic, 1, Map.of());
    kafka.sendLines(topic, lines);
  }

  private static Set<String> forecast(Path file, int expected) throws Exception {
    JobSettings job = JobSettings.read(file, Map.of());
    try (RunningJob running = flink.submit(job, 1)) {
      kafka.awaitForecasts(running, job, expected);
      assertThat(kafka.deadLetters(job)).isEmpty();
    }
    return kafka.bySeries(job).keySet();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "telegraf|12|cpu/web-1/usage_idle,cpu/web-1/usage_system,cpu/web-1/usage_user,"
            + "cpu/web-2/usage_idle,cpu/web-2/usage_system,cpu/web-2/usage_user",
        "otel|4|web-1/hostmetrics/system.cpu.utilization,web-1/hostmetrics/system.memory.utilization",
        "debezium|3|north,south",
        "readings|6|a/berlin,b/berlin",
        "keyed|4|init.keyed/flow.value,init.keyed/temp.value"
      })
  void aTopicOfAnotherToolIsForecastAfterTwoCommands(String name, int expected, String series)
      throws Exception {
    send("init." + name, Files.readAllLines(RECORDS.resolve(name + ".jsonl")));
    int code = init("--topic init.%s --horizon 3 --out @job.yaml".formatted(name));
    assertThat(code).as("%s%s", out, err).isZero();
    assertThat(err)
        .endsWith("job.yaml is written. Next: weir run %s%n".formatted(folder.resolve("job.yaml")));
    assertThat(forecast(folder.resolve("job.yaml"), expected))
        .containsExactlyInAnyOrder(series.split(","));
  }

  @Test
  void aDryRunShowsTheObservationsAsTheyWouldBeRead() throws Exception {
    send("init.dry", Files.readAllLines(RECORDS.resolve("telegraf.jsonl")));
    assertThat(init("--topic init.dry --out @dry.yaml")).as("%s%s", out, err).isZero();
    Path job = folder.resolve("dry.yaml");
    InProcess right = InProcess.run("run", job.toString(), "--dry-run").succeeded();
    assertThat(right.out())
        .contains("as read", "cpu/web-2/usage_idle at 2026-01-01T00:00:10Z: 69.4");
    InProcess wrong =
        InProcess.run(
            "run", job.toString(), "--dry-run", "--set", "observations.values=fields.idle");
    assertThat(wrong.exitCode()).as(wrong.toString()).isEqualTo(1);
    assertThat(wrong.out())
        .containsPattern("init\\.dry-0@\\d+: FIELD: fields.idle: expected a number");
  }

  @Test
  void valuesOfASeriesInSeveralPartitionsAreReadInOrder() throws Exception {
    kafka.create("init.spread", 3, Map.of());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] value =
          "{\"device\":\"d\",\"at\":%d,\"level\":%d}"
              .formatted(1_767_225_600 + 60 * i, i % 7)
              .getBytes(StandardCharsets.UTF_8);
      records.add(new ProducerRecord<>("init.spread", i % 3, null, value));
    }
    kafka.send(records);
    assertThat(init("--topic init.spread --out @s.yaml")).as("%s%s", out, err).isZero();
    assertThat(Files.readString(folder.resolve("s.yaml"))).contains("out-of-orderness: 1 s");
    assertThat(forecast(folder.resolve("s.yaml"), 50)).containsExactly("d");
  }

  /** Half of the records are null, and of the others each third has a null in one field. */
  @Test
  void nullsChangeNothingButOneSentence() throws Exception {
    for (String topic : List.of("init.whole", "init.nulls")) {
      boolean hasNulls = topic.equals("init.nulls");
      kafka.create(topic, 1, Map.of());
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        String[] fields = {
          "\"at\":" + (1_767_225_600 + 60 * i), "\"temp\":" + i + ".5", "\"flow\":" + i * i % 7
        };
        if (hasNulls && i % 3 == 1) {
          fields[i / 3 % 3] = fields[i / 3 % 3].replaceAll(":.*", ":null");
        }
        byte[] value = ("{" + String.join(",", fields) + "}").getBytes(StandardCharsets.UTF_8);
        byte[] key = {(byte) ('a' + i % 2)};
        records.add(new ProducerRecord<>(topic, null, 1_767_225_600_000L + 60_000 * i, key, value));
        for (int n = 0; hasNulls && n < 2; n++) {
          records.add(new ProducerRecord<>(topic, n == 0 ? key : null, null));
        }
      }
      kafka.send(records);
      assertThat(init("--topic %s --out @%1$s.yaml".formatted(topic)))
          .as("%s%s", out, err)
          .isZero();
    }
    assertThat(Files.readString(folder.resolve("init.nulls.yaml")))
        .isEqualTo(
            Files.readString(folder.resolve("init.whole.yaml"))
                .replace("init.whole", "init.nulls")
                .replace("init-whole", "init-nulls"));
    assertThat(err.lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith(
            "left out: 60 of 90 records are null; 4 of 30 others would be dead letters, the last one"
                + " by FIELD: at: expected a time such as");
  }

  @Test
  void ownRecordsNeedNoMapping() throws Exception {
    kafka.create("init.own", 1, Map.of());
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      observations.add(new Observation("pump", 1_767_225_600_000L + 600_000L * i, i % 4));
    }
    kafka.sendObservations("init.own", observations);
    assertThat(init("--topic init.own --out @own.yaml")).as("%s%s", out, err).isZero();
    assertThat(out).contains("Weir's own records", "pump", "2026-01-01T00:00:00Z  0.0");
    assertThat(Files.readString(folder.resolve("own.yaml")))
        .contains("every 10 min, so 2 h ahead")
        .doesNotContain("format:");
    assertThat(forecast(folder.resolve("own.yaml"), 9)).containsExactly("pump");
  }

  @Test
  void featuresAndTheWayToTheBrokersAreWritten() throws Exception {
    Files.writeString(
        folder.resolve("f.csv"), "series_id,timestamp,value,wind\na,2026-01-01,1,2\n");
    String more = " --kafka client.id=init --kafka-properties @k.properties";
    Files.writeString(folder.resolve("k.properties"), "security.protocol=PLAINTEXT\n");
    assertThat(init("--input @f.csv --out @f.yaml" + more)).as("%s%s", out, err).isZero();
    JobSettings job = JobSettings.read(folder.resolve("f.yaml"), Map.of());
    assertThat(job.forecast().inputs().features()).isEqualTo(1);
    assertThat(job.kafka().properties()).containsEntry("client.id", "init");
    assertThat(init("--topic t --columns time=a --out @g.yaml")).isEqualTo(2);
    assertThat(err).contains("--columns: expected --input as well, got --topic");
  }

  @Test
  void aFileIsLookedAtToo() throws Exception {
    Files.writeString(
        folder.resolve("heat.csv"), "timestamp,value\n2026-01-01,1\n2026-01-02,2\n2026-01-03,3\n");
    assertThat(init("--input @heat.csv --out @heat.yaml")).as("%s%s", out, err).isZero();
    assertThat(err).contains("weir produce %1$s/heat.yaml --input %1$s/heat.csv".formatted(folder));
    assertThat(JobSettings.read(folder.resolve("heat.yaml"), Map.of()).kafka().topics().forecasts())
        .isEqualTo("heat.forecasts");
  }

  @Test
  void columnsOfAFileAreProposed() throws Exception {
    Files.writeString(
        folder.resolve("sales.csv"),
        "Datum;Filiale;Umsatz;Kunden heute\n31.12.2024;Nord;1.234,5;7\n1.1.2025;Nord;999;8\n"
            + "31.12.2024;West;1;9\n1.1.2025;West;2;10\n");
    assertThat(init("--input @sales.csv --out @sales.yaml")).as("%s%s", out, err).isZero();
    String columns = "series=Filiale,time=Datum,value=Umsatz+Kunden heute";
    assertThat(out)
        .contains("columns   " + columns)
        .contains("format    separated by ;, decimal comma, day before month")
        .contains("Nord/Umsatz ", "2024-12-31T00:00:00Z  1234.5", "Nord/Kunden heute");
    assertThat(err).contains("--input %s/sales.csv%n".formatted(folder));
    Files.writeString(folder.resolve("words.csv"), "a,b\nx,y\n");
    assertThat(init("--input @words.csv --out @words.yaml")).isEqualTo(1);
    assertThat(err).contains("expected a column of times and one of numbers, got a,b;");
    new ProcessBuilder("mkfifo", folder + "/pipe").start().waitFor();
    assertThat(init("--input @pipe --out @pipe.yaml")).isEqualTo(2);
    assertThat(err).contains("weir init: --input: expected a CSV file, got " + folder + "/pipe");
  }

  @Test
  void whatCanNotBeGuessedIsSaidAndNothingIsWritten() throws Exception {
    send("init.text", List.of("temperature 21", "temperature 22"));
    send("init.words", List.of("{\"id\":1,\"state\":\"on\"}"));
    kafka.create("init.empty", 1, Map.of());
    assertThat(init("--topic init.text --out @x.yaml")).isEqualTo(1);
    assertThat(err).contains("expected JSON objects or Weir's own records on init.text, got 2");
    assertThat(init("--topic init.words --out @x.yaml")).isEqualTo(1);
    assertThat(err).contains("expected a field with numbers in the 1 newest records");
    assertThat(init("--topic init.empty --out @x.yaml")).isEqualTo(1);
    assertThat(err).contains("expected records on init.empty").contains("got none");
    assertThat(init("--topic init.absent --out @x.yaml")).isEqualTo(1);
    assertThat(folder.resolve("x.yaml")).doesNotExist();
  }
}
