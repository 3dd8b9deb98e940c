package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.codec.ObservationCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir produce} with covariates known ahead. */
class ProduceAheadIT {

  private static final KafkaFixture kafka = KafkaFixture.shared();

  @TempDir private Path dir;

  private List<String> arguments(String options) throws Exception {
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
            dir.resolve("job.yaml"),
            """
            name: load
            kafka: {bootstrap-servers: "%s"}
            window: {features-ahead: 2}
            forecast: {many-to-one: {horizon: 2}}
            """
                .formatted(kafka.bootstrapServers()));
    List<String> arguments = new ArrayList<>(List.of("produce", "--input", csv.toString()));
    for (String option : options.split(" ")) {
      arguments.add(option.equals("JOB") ? job.toString() : option);
    }
    if (!options.startsWith("JOB")) {
      arguments.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
    }
    return arguments;
  }

  private InProcess produce(String options) throws Exception {
    return InProcess.run(arguments(options).toArray(String[]::new));
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
      value = {
        "--columns ahead=price | --ahead-steps: expected it with --columns ahead=..., or a job"
            + " file, got neither",
        "--ahead-steps 3 | --ahead-steps: expected --columns ahead=... as well, got none",
        "JOB --columns ahead=price | --columns ahead: expected 2, as window.features-ahead of the"
            + " job says, got 1",
        "--columns ahead=price --ahead-steps 0 | --ahead-steps: expected 1 to 4096, got 0"
      })
  void wrongOptionsAreRefusedBeforeATopicIsCreated(String options, String message)
      throws Exception {
    InProcess ended = produce(options + " --topic never").failed(2);
    assertThat(ended.err().lines().findFirst()).contains("weir produce: " + message);
    try (var admin = kafka.admin()) {
      assertThat(admin.missing(List.of("never"))).containsExactly("never");
    }
  }
}
