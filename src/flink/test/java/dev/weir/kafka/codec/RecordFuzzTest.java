package dev.weir.kafka.codec;

import static dev.weir.kafka.codec.RegisteredRecordsTest.framed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.MappingOptions;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.codec.LabelCodec.Label;
import dev.weir.kafka.covariate.CovariateDeserializer;
import dev.weir.kafka.covariate.OutsideDeserializer;
import dev.weir.kafka.mapping.MappedRecords;
import dev.weir.kafka.mapping.ObservationMapping;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Any bytes on any topic of a job are events, dead letters with their bytes, or both. */
@Tag("fuzz")
class RecordFuzzTest {

  private static final Path RECORDS = Path.of("src/flink/test/resources/records");
  private static final Duration DAY = Duration.ofDays(1);
  private static final long TIME = 1_767_225_600_000L;

  /**
   * A topic, and what reading a record of it may allocate: so many bytes, and more for each of its
   * bytes.
   *
   * @param isOne whether a record is one event
   */
  private record Topic<E>(
      KafkaRecordDeserializationSchema<E> reader,
      List<byte[]> samples,
      long base,
      long perByte,
      boolean isOne) {

    Topic(
        KafkaRecordDeserializationSchema<E> reader, List<byte[]> samples, long base, long perByte) {
      this(reader, samples, base, perByte, false);
    }

    Topic {
      try {
        reader.open(MappedRecords.ALONE);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    void run(String... words) throws Exception {
      Fuzzer fuzzer = new Fuzzer(20261125, samples, words);
      fuzzer.run(this::open, base, perByte);
      assertThat(fuzzer.taken()).isPositive();
      assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
    }

    Outcome open(byte[] bytes, SplittableRandom random) throws Exception {
      byte[] key = random.nextInt(8) == 0 ? new byte[] {(byte) random.nextInt()} : null;
      ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("t", 2, 33, key, bytes);
      if (random.nextBoolean()) { // as most producers: no header
        record.headers().add(WriterSchemas.HEADER, fingerprint(random));
      }
      List<E> events = new ArrayList<>(1);
      reader.deserialize(record, new ListCollector<>(events));
      String message = null;
      for (E event : events) {
        if (event instanceof DeadLetter letter) {
          message = letter.message();
          byte[] value = letter.source().value();
          if (value != bytes && !text(bytes).contains(text(value))) { // of one line
            throw new AssertionError("expected the record's own bytes");
          }
        } else if (event instanceof ObservationEvent observed) {
          check(observed.observation());
        }
      }
      boolean isRight = isOne ? events.size() == 1 : !events.isEmpty() || isOfChanges();
      if (!isRight) {
        throw new AssertionError("expected an event, got " + events.size());
      }
      return message == null ? Outcome.taken(events.hashCode()) : Outcome.refused(message);
    }

    private boolean isOfChanges() { // some of which are nothing, rightly
      return text(samples.get(0)).contains("\"op\":");
    }
  }

  private static void check(Observation observation) {
    if (observation.series().isEmpty()
        || observation.series().length() > Observation.MAX_SERIES_LENGTH
        || !Double.isFinite(observation.value())
        || observation.time() < 0
        || observation.label() != null && observation.label().isBlank()) {
      throw new AssertionError("expected a dead letter, got " + observation);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] fingerprint(SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> {
        return ObservationCodec.fingerprint();
      }
      case 1 -> {
        return ObservationCodec.markedFingerprint();
      }
      case 2 -> {
        return WriterSchemas.fingerprint(WriterSchemas.OBSERVATION_REQUIRED);
      }
      default -> {
        byte[] noise = new byte[random.nextInt(12)];
        random.nextBytes(noise);
        return random.nextInt(4) == 0 ? null : noise;
      }
    }
  }

  private static Topic<InputEvent> observations(List<byte[]> samples) {
    return new Topic<>(
        new ObservationDeserializer(null, DAY, null, null), samples, 24_000, 40, true);
  }

  /** What producers send: with and without features, long names, other scripts, several blocks. */
  private static List<byte[]> plain() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    return List.of(
        codec.encode(new Observation("pump-1", TIME, 1.5)),
        codec.encode(new Observation("größe/湿度", TIME, -1e300)),
        codec.encode(new Observation("x".repeat(1_000), 0, Double.MIN_VALUE)),
        codec.encode(new Observation("f", TIME, 0, new double[] {1, 2, 3, 4, 5})),
        ofBlocks(1),
        ofBlocks(200));
  }

  /** An observation whose features come one in each block, as Avro allows. */
  private static byte[] ofBlocks(int features) {
    byte[] plain = new ObservationCodec().encode(new Observation("b", TIME, 2));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(plain, 0, plain.length - 1); // without the end of the empty array
    for (int i = 0; i < features; i++) {
      out.write(2); // one item
      out.writeBytes(new byte[Double.BYTES]);
    }
    out.write(0);
    return out.toByteArray();
  }

  @Test
  void observations() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    List<byte[]> all = new ArrayList<>(plain());
    all.add(codec.encode(new Observation("l", 7, 0, new double[] {1}, "läuft")));
    all.add(codec.encode(new Observation("e", 7, 0, Observation.NO_FEATURES, null)));
    observations(all).run();
  }

  @Test
  void oneFeatureInEachBlockCostsNoMoreThanAllInOne() throws Exception {
    Topic<?> topic = observations(List.of(ofBlocks(1)));
    assertThat(Fuzzer.give(topic::open, ofBlocks(100_000), 8 << 20, 20).taken()).isTrue();
  }

  @Test
  void observationsOfRegisteredSchemas() throws Exception {
    Schema writer =
        RegisteredRecordsTest.schema(
            """
            {"name": "unit", "type": ["null", "string"]},
            {"name": "value", "type": ["null", "double"]},
            {"name": "tags", "type": {"type": "map", "values": ["int", "string"]}},
            {"name": "nothing", "type": {"type": "array", "items": "null"}},
            {"name": "time", "type": "long"},
            {"name": "series", "type": "string"},
            {"name": "features", "type": {"type": "array", "items": "float"}}
            """);
    byte[] foreign =
        RegisteredRecordsTest.avro(
            writer,
            "bar",
            2.5,
            Map.of("a", 1, "b", "c"),
            List.of(),
            TIME,
            "p",
            List.of(1f, 2f, 3f));
    List<byte[]> samples = new ArrayList<>(List.of(framed(0, foreign)));
    plain().forEach(plain -> samples.add(framed(1, plain)));
    RegistrySettings registry =
        RegisteredRecordsTest.knowing(
            Map.of(0, writer.toString(), 1, WriterSchemas.OBSERVATION.toString()));
    new Topic<>(new ObservationDeserializer(null, DAY, registry, null), samples, 60_000, 60, true)
        .run();
  }

  private static ObservationMapping mapping(String section) throws Exception {
    JobFile file = JobFile.parse("observations: {" + section + "}", "test.yaml", Map.of());
    return MappingOptions.mapping(file, RECORDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "telegraf.jsonl|format: json, series: [tags.host, name], time: timestamp,"
            + " values: [fields.usage_idle, fields.usage_user], features: [fields.usage_system]",
        "otel.jsonl|format: json, each:"
            + " 'resourceMetrics[].scopeMetrics[].metrics[].gauge.dataPoints', series: [name],"
            + " time: timeUnixNano, values: [asDouble]",
        "debezium.jsonl|format: debezium-json, series: [tank], time: measured_at, values: [level]",
        "lines.csv|format: csv, columns: [device, at, level], series: [device], time: at,"
            + " values: [level]",
        "readings.jsonl|format: json, each: readings, series: [site, sensor], time: at,"
            + " values: [value], label: site",
        "reading.hex|format: protobuf, schema-file: reading.desc, message: acme.Reading,"
            + " each: samples, series: [site, device.id], time: measured_at,"
            + " values: [value, total, others.vibration], features: [temperature]"
      })
  void recordsOfOtherTools(String file, String mapping) throws Exception {
    List<byte[]> samples = new ArrayList<>();
    for (String line : Files.readAllLines(RECORDS.resolve(file))) {
      if (file.endsWith(".hex")) {
        samples.add(HexFormat.of().parseHex(line));
      } else if (!line.contains("\"op\":\"d\"")) { // which is nothing, rightly
        samples.add(line.getBytes(UTF_8));
      }
    }
    new Topic<>(
            new ObservationDeserializer(null, DAY, null, mapping(mapping)), samples, 400_000, 400)
        .run();
  }

  @Test
  void labelsAndFeedback() throws Exception {
    byte[] label = new LabelCodec().encode(new Label("pump-7", 1_700_000_000_000L, "fault"));
    byte[] json = "{\"series\": \"s\", \"time\": 1769860800, \"label\": \"a\"}".getBytes(UTF_8);
    new Topic<>(new LabelDeserializer(null, DAY), List.of(label, json), 100_000, 400).run();
    byte[] dismissed =
        FeedbackRecord.of("t", SampleRecords.INCIDENT, Incident.Reason.DRIFT, "ana").value();
    new Topic<>(new FeedbackDeserializer(null), List.of(dismissed), 100_000, 400).run();
  }

  @Test
  void covariatesAndOutsideForecasts() throws Exception {
    Instant time = Instant.ofEpochMilli(TIME);
    byte[] avro = AvroBytes.of(new Covariates("berlin", time, List.of(-3.5, Double.NaN)));
    CovariateTopic own = new CovariateTopic("weather", 2, DAY, null);
    new Topic<>(new CovariateDeserializer(null, own, null), List.of(avro), 100_000, 400).run();
    byte[] json = "{\"site\":\"b\",\"at\":1769860800,\"temp\":\"-3.5\",\"wind\":7}".getBytes(UTF_8);
    CovariateTopic mapped =
        new CovariateTopic(
            "weather",
            2,
            DAY,
            mapping("format: json, series: [site], time: at, features: [temp, wind]"));
    new Topic<>(new CovariateDeserializer(null, mapped, null), List.of(json), 100_000, 400).run();
    byte[] forecast =
        AvroBytes.of(
            OutsideForecast.newBuilder()
                .setSeries("b")
                .setModel("lear")
                .setValues(List.of(1.5, Double.NaN))
                .setOrigin(time)
                .setMade(time)
                .build());
    OutsideTopic outside = new OutsideTopic("outside", List.of("lear"), 3_600_000, DAY, DAY);
    new Topic<>(new OutsideDeserializer(null, outside, null), List.of(forecast), 100_000, 400)
        .run();
  }

  private static byte[] model(Cell cell, int layers, Mode mode) {
    RnnConfig config = new RnnConfig(cell, 2, 3, layers, true, true);
    int rows = mode == Mode.MANY_TO_ONE ? 4 : 1;
    ForecastModel model =
        TestModel.of(config, 5, mode == Mode.MANY_TO_ONE ? 4 : 5)
            .name("demand")
            .version(3)
            .mode(mode)
            .weights(Initialization.recurrent(config, new TorchRandom(1)))
            .head(new float[rows * config.outputSize()], new float[rows])
            .provenance(Map.of("trained on", "nothing"))
            .build();
    return ModelCodec.encode(model, Instant.EPOCH);
  }

  private static Topic<ModelEvent> models(byte[]... samples) {
    return new Topic<>(new ModelDeserializer(null), List.of(samples), 200_000, 40, true);
  }

  @Test
  void models() throws Exception {
    models(
            model(Cell.RNN_TANH, 1, Mode.MANY_TO_ONE),
            model(Cell.LSTM, 2, Mode.MANY_TO_MANY),
            model(Cell.GRU, 3, Mode.MANY_TO_ONE))
        .run("weir.name", "_l99999", "_reverse", "[2147483647,2147483647]", "\"F64\"");
  }

  @Test
  void modelIsTakenWhateverItsKey() throws Exception {
    byte[] value = model(Cell.GRU, 1, Mode.MANY_TO_ONE);
    for (byte[] key : new byte[][] {null, {}, "pump-3.b_1".getBytes(UTF_8)}) {
      List<ModelEvent> events = new ArrayList<>();
      models(value)
          .reader()
          .deserialize(
              new ConsumerRecord<>("models", 0, 7, key, value), new ListCollector<>(events));
      assertThat(events).singleElement().isInstanceOf(ModelUpdate.class);
    }
  }

  @Test
  void modelThatWasDeletedSaysNothing() throws Exception {
    List<ModelEvent> events = new ArrayList<>();
    models(model(Cell.GRU, 1, Mode.MANY_TO_ONE))
        .reader()
        .deserialize(new ConsumerRecord<>("models", 0, 7, null, null), new ListCollector<>(events));
    assertThat(events).isEmpty();
  }

  @Test
  void invalidNameOfAModelIsQuotedInPrintableText() throws Exception {
    byte[] bytes = model(Cell.RNN_TANH, 1, Mode.MANY_TO_ONE);
    byte[] name = "\u001b[2J\r\n".getBytes(UTF_8); // as long as "demand"
    System.arraycopy(name, 0, bytes, 1, name.length);
    assertThat(Fuzzer.give(models(bytes)::open, bytes, 8 << 20, 40).words())
        .startsWith("model: expected weights of .[2J.. version 3, got those of demand version 3");
  }
}
