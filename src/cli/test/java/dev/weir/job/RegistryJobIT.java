package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Http;
import dev.weir.cli.InProcess;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import dev.weir.kafka.AvroEncoded;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.registry.ApicurioProcess;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs whose schemas are in a real registry. */
@Tag("slow")
class RegistryJobIT {

  private static final long START = 1_767_225_600_000L;

  /** Of somebody whose producers were there before Weir. */
  private static final Schema SENSOR =
      SchemaBuilder.record("Sensor")
          .namespace("com.example")
          .fields()
          .optionalString("unit")
          .requiredFloat("value")
          .requiredLong("time")
          .requiredString("series")
          .endRecord();

  private static final KafkaFixture kafka = KafkaFixture.shared();
  private static final FlinkFixture flink = FlinkFixture.shared();
  @AutoClose private static ApicurioProcess apicurio;

  @BeforeAll
  static void start() throws Exception {
    apicurio = ApicurioProcess.start();
  }

  private static JobSettings settings(String name, Map<String, String> more) throws Exception {
    Map<String, String> overrides = kafka.sampleOverrides(name);
    overrides.putAll(more);
    return KafkaFixture.job(overrides, "output=mixture", "learning.size=small", "scores.every=5");
  }

  private static Map<String, String> registry() {
    return Map.of("kafka.format", "avro-confluent", "kafka.registry.url", apicurio.url());
  }

  /** Two series, each value a float, so that a writer of floats loses nothing. */
  private static List<Observation> observations(int from, int to) {
    List<Observation> observations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      observations.add(new Observation("a", START + 60_000L * i, (float) Math.sin(i) * 3));
      observations.add(new Observation("b", START + 60_000L * i, i % 7));
    }
    return observations;
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String series, byte[] value) {
    return new ProducerRecord<>(topic, series.getBytes(StandardCharsets.UTF_8), value);
  }

  private static byte[] sensor(int id, Observation o) throws Exception {
    GenericRecord record = new GenericData.Record(SENSOR);
    record.put("unit", "bar");
    record.put("value", (float) o.value());
    record.put("time", o.time());
    record.put("series", o.series());
    return AvroEncoded.bytes(record, ByteBuffer.allocate(5).putInt(1, id).array());
  }

  private static void awaitRecords(RunningJob job, String topic, int count) {
    job.await().until(() -> kafka.read(topic).size() >= count);
  }

  /** By a reader of nobody's but Avro's, with what the registry has under the record's id. */
  private static GenericRecord readByIdOf(byte[] value) throws Exception {
    assertThat(value[0]).isZero();
    URI schemaOfId =
        URI.create(apicurio.url() + "/schemas/ids/" + ByteBuffer.wrap(value).getInt(1));
    Schema schema = new Schema.Parser().parse(Http.json(schemaOfId).get("schema").textValue());
    return new GenericDatumReader<GenericRecord>(schema)
        .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
  }

  /** The values without their frames, by key, each key's in their order. */
  private static Map<String, List<String>> avro(
      List<ConsumerRecord<byte[], byte[]>> records, int skip) {
    return records.stream()
        .collect(
            Collectors.groupingBy(
                r -> new String(r.key(), StandardCharsets.UTF_8),
                Collectors.mapping(
                    r ->
                        HexFormat.of()
                            .formatHex(Arrays.copyOfRange(r.value(), skip, r.value().length)),
                    Collectors.toList())));
  }

  @Test
  void forecastsAreThoseOfPlainAvroToTheBitAndAnybodyCanReadThemByTheRegistry() throws Exception {
    JobSettings plain = settings("plain", Map.of());
    JobSettings registered = settings("registered", registry());
    String observations = registered.kafka().topics().observations().first();
    kafka.create(plain, 1);
    kafka.create(observations, 1, Map.of());
    RegistrySettings registry = apicurio.settings();
    ObservationCodec ours = ObservationCodec.registered(registry, observations, 0);
    int rounds = 60;

    try (RunningJob plainJob = flink.submit(plain, 1);
        RunningJob job = flink.submit(registered, 1)) {
      // before anything is written
      for (String kind : List.of("forecasts", "scores")) {
        String subject = apicurio.url() + "/subjects/registered." + kind + "-value/versions";
        assertThat(Http.get(URI.create(subject))).isEqualTo("[1]");
      }
      kafka.sendObservations(plain, observations(0, rounds));
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (Observation o : observations(0, 20)) {
        records.add(record(observations, o.series(), ours.encode(o)));
      }
      int sensor = apicurio.register(observations + "-value", SENSOR); // unknown when the job began
      for (Observation o : observations(20, rounds)) {
        records.add(record(observations, o.series(), sensor(sensor, o)));
      }
      byte[] withoutId = new ObservationCodec().encode(observations(0, 1).get(0));
      byte[] unknownId = sensor(987_654, observations(0, 1).get(0));
      records.add(record(observations, "a", withoutId));
      records.add(record(observations, "a", unknownId));
      kafka.send(records);

      String forecasts = registered.kafka().topics().forecasts();
      awaitRecords(plainJob, plain.kafka().topics().forecasts(), 2 * rounds);
      awaitRecords(job, forecasts, 2 * rounds);
      awaitRecords(job, registered.kafka().topics().deadLetters(), 2);
      job.assertRunning();

      assertThat(avro(kafka.read(forecasts), 5))
          .isEqualTo(avro(kafka.read(plain.kafka().topics().forecasts()), 0))
          .hasSize(2);
      String scores = registered.kafka().topics().scores();
      awaitRecords(job, scores, 20);
      job.await() // of both jobs: a commit shows on one topic before it does on another
          .untilAsserted(
              () ->
                  assertThat(avro(kafka.read(scores), 5))
                      .isEqualTo(avro(kafka.read(plain.kafka().topics().scores()), 0))
                      .hasSize(2));

      ConsumerRecord<byte[], byte[]> last = kafka.read(forecasts).get(2 * rounds - 1);
      assertThat(last.headers().toArray())
          .extracting(
              header -> header.key() + " " + new String(header.value(), StandardCharsets.UTF_8))
          .containsExactly("__weir.job registered");
      GenericRecord byAvro = readByIdOf(last.value());
      assertThat(byAvro.getSchema().getFullName()).isEqualTo("dev.weir.kafka.avro.Forecast");
      assertThat(byAvro.get("series")).hasToString("b");
      assertThat(byAvro.get("origin")).isEqualTo(START + 60_000L * (rounds - 1));
      assertThat(new ForecastCodec(registry).decode(last.value()).series()).isEqualTo("b");
      assertThat(readByIdOf(kafka.read(scores).get(0).value()).getSchema().getName())
          .isEqualTo("Score");
      new ScoreCodec(registry).decode(kafka.read(scores).get(0).value());

      List<DeadLetter> letters = kafka.deadLetters(registered);
      assertThat(letters)
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.MALFORMED, Reason.SCHEMA);
      assertThat(letters.get(0).source().value()).isEqualTo(withoutId);
      assertThat(letters.get(1).source().value()).isEqualTo(unknownId);
      assertThat(letters.get(1).message()).startsWith("schema id 987654: expected to be known");
    }
  }

  /** Where a registry checks that old readers read new records, and new readers old ones. */
  @Test
  void covariatesKnownAheadAreTheNextVersionOfTheSchema() throws Exception {
    RegistrySettings registry = apicurio.settings();
    ObservationCodec before = ObservationCodec.registered(registry, "load", 0);
    apicurio.compatibility("/load-value", "FULL");
    ObservationCodec after = ObservationCodec.registered(registry, "load", 2);
    assertThat(Http.get(URI.create(apicurio.url() + "/subjects/load-value/versions")))
        .isEqualTo("[1,2]");
    double[] ahead = {1, Double.NaN, 3, 4};
    Observation known = new Observation("a", 5, 1.5, new double[0], null, ahead);
    Observation plain = new Observation("a", 5, 1.5);
    assertThat(readByIdOf(after.encode(known)).get("features_ahead"))
        .isEqualTo(List.of(Arrays.asList(1.0, null), List.of(3.0, 4.0)));
    ObservationCodec reader = new ObservationCodec(registry, 2);
    RecordHeaders none = new RecordHeaders();
    assertThat(reader.decode(after.encode(known), none)).isEqualTo(known);
    assertThat(reader.decode(after.encode(plain), none)).isEqualTo(plain);
    assertThat(reader.decode(before.encode(plain), none)).isEqualTo(plain);
  }

  @Test
  void recordsOfAnotherSchemaAreReadByAMapping() throws Exception {
    Schema nested =
        SchemaBuilder.record("Measured")
            .namespace("org.plant")
            .fields()
            .name("meta")
            .type()
            .record("Meta")
            .fields()
            .requiredString("tank")
            .requiredLong("at_micros")
            .endRecord()
            .noDefault()
            .optionalDouble("level")
            .requiredInt("alarms")
            .endRecord();
    Map<String, String> more = new HashMap<>(registry());
    more.put("observations.format", "avro-confluent");
    more.put("observations.series", "meta.tank");
    more.put("observations.time", "meta.at_micros");
    more.put("observations.values", "level,alarms");
    JobSettings settings = settings("mapped", more);
    String topic = settings.kafka().topics().observations().first();
    kafka.create(topic, 1, Map.of());
    int id = apicurio.register(topic + "-value", nested);
    try (RunningJob job = flink.submit(settings, 1)) {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        GenericRecord meta = new GenericData.Record(nested.getField("meta").schema());
        meta.put("tank", "north");
        meta.put("at_micros", (START + 60_000L * i) * 1_000);
        GenericRecord record = new GenericData.Record(nested);
        record.put("meta", meta);
        record.put("level", i == 7 ? null : 3 + Math.sin(i));
        record.put("alarms", i % 3);
        records.add(
            new ProducerRecord<>(
                topic, AvroEncoded.bytes(record, ByteBuffer.allocate(5).putInt(1, id).array())));
      }
      records.add(new ProducerRecord<>(topic, new byte[] {0, 0, 9, 9, 9, 1}));
      kafka.send(records);
      String forecasts = settings.kafka().topics().forecasts();
      awaitRecords(job, forecasts, 39); // one level was null
      awaitRecords(job, settings.kafka().topics().deadLetters(), 1);
      assertThat(kafka.read(forecasts)).hasSize(39);
      assertThat(readByIdOf(kafka.read(forecasts).get(38).value()).get("series"))
          .hasToString("north/alarms");
      assertThat(kafka.deadLetters(settings))
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.SCHEMA);
      job.assertRunning();
    }
    assertInitFinds(topic);
  }

  /** {@code weir init} guesses the same mapping. */
  private static void assertInitFinds(String topic) throws Exception {
    Path file = Files.createTempFile("init", ".yaml");
    InProcess init =
        InProcess.succeeds(
            "init --topic %s --registry %s --force --bootstrap-servers %s --out %s",
            topic, apicurio.url(), kafka.bootstrapServers(), file);
    assertThat(init.out()).contains("north/level", "north/alarms", "2026-");
    JobSettings guessed = JobSettings.read(file, Map.of());
    assertThat(guessed.kafka().registry().url()).hasToString(apicurio.url());
    assertThat(guessed.kafka().source().mapping().format().name()).isEqualTo("avro-confluent");
    assertThat(guessed.kafka().source().mapping().time().path()).hasToString("meta.at_micros");
    Files.delete(file);
  }
}
