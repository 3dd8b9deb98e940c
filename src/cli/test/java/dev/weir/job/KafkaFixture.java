package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cluster.Topics;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.options.JobFile;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * The broker of this JVM's tests, with its topics as the bytes that they hold. Each test has topics
 * of its own.
 */
public final class KafkaFixture implements AutoCloseable {

  public static final String COMMITTED = Topics.COMMITTED;
  public static final String UNCOMMITTED = Topics.UNCOMMITTED;

  private static KafkaFixture shared;

  private final Path dir;
  private final EmbeddedBroker broker;
  private final Producer<byte[], byte[]> producer;
  private final Set<String> created = ConcurrentHashMap.newKeySet();

  private KafkaFixture(Path dir, EmbeddedBroker broker) {
    this.dir = dir;
    this.broker = broker;
    this.producer =
        KafkaClients.of(broker.bootstrapServers())
            .with(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20)
            .producer();
  }

  /** Starts it for the first test that asks; it ends with the JVM. */
  public static synchronized KafkaFixture shared() {
    if (shared == null) {
      try {
        Path dir = Files.createTempDirectory("weir-it-broker");
        shared = new KafkaFixture(dir, EmbeddedBroker.start(dir, 0));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "broker"));
    }
    return shared;
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** Creates a topic, which no other test has. */
  public void create(String topic, int partitions, Map<String, String> config) {
    assertThat(created.add(topic)).as("%s is a topic of this test alone", topic).isTrue();
    try (TopicAdmin admin = admin()) {
      admin.create(topic, partitions, config);
    }
  }

  /** The topic of a job's observations. */
  public void create(JobSettings job, int partitions) {
    create(job.kafka().topics().observations().first(), partitions, Map.of());
  }

  public TopicAdmin admin() {
    return new TopicAdmin(KafkaClients.of(bootstrapServers()));
  }

  /** The file that holds what a partition begins with, as it is on the broker's disk. */
  public Path log(String topic, int partition) {
    return dir.resolve(topic + "-" + partition).resolve("00000000000000000000.log");
  }

  /** What a job file needs so that the job is on this broker, on topics that only it knows. */
  public Map<String, String> overrides(String name) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("name", name);
    overrides.put("kafka.bootstrap-servers", bootstrapServers());
    overrides.put("topics.observations", name + ".observations");
    overrides.put("topics.forecasts", name + ".forecasts");
    overrides.put("topics.models", name + ".models");
    overrides.put("topics.scores", name + ".scores");
    overrides.put("output", "network"); // what the core says without learning
    overrides.put("topics.dead-letters", name + ".dlq");
    return overrides;
  }

  /** The same for a job that learns. */
  public Map<String, String> learned(String name) {
    Map<String, String> overrides = overrides(name);
    overrides.remove("output");
    return overrides;
  }

  /** The same with a model that reads windows alone. */
  public Map<String, String> sampleOverrides(String name) {
    Map<String, String> overrides = overrides(name);
    overrides.put("forecast.many-to-one.model", "sample-many-to-one");
    overrides.put("forecast.many-to-one.file", sample("many-to-one"));
    return overrides;
  }

  /**
   * The job of jobs/many-to-one.yaml.
   *
   * @param more overrides, each as {@code KEY=VALUE}
   */
  public static JobSettings job(Map<String, String> overrides, String... more) throws IOException {
    for (String each : more) {
      String[] parts = each.split("=", 2);
      overrides.put(parts[0], parts[1]);
    }
    return JobSettings.read(Path.of("jobs", "many-to-one.yaml"), overrides);
  }

  /**
   * A job of a text, whose topics of these kinds are its own; relative files start at {@code dir}.
   */
  public JobSettings job(String name, Path dir, List<String> kinds, String text) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("kafka.bootstrap-servers", bootstrapServers());
    kinds.forEach(kind -> overrides.put("topics." + kind, name + "." + kind));
    return JobSettings.of(
        JobFile.parse("name: %s\n%s".formatted(name, text), name + ".yaml", overrides), dir);
  }

  /** The models of a job. */
  public ModelTopic models(JobSettings job) {
    return new ModelTopic(KafkaClients.of(bootstrapServers()), job.kafka().topics().models());
  }

  /** Waits until a job has committed so many forecasts. */
  public void awaitForecasts(RunningJob job, JobSettings settings, int count) {
    String topic = settings.kafka().topics().forecasts();
    job.await().atMost(Duration.ofMinutes(3)).until(() -> read(topic).size() >= count);
  }

  /** What a job has forecast, by series and in the order of the topic. */
  public Map<String, List<Forecast>> bySeries(JobSettings job) {
    return forecasts(job).stream().collect(Collectors.groupingBy(Forecast::series));
  }

  /** Waits until a checkpoint contains so many records of a consumer group. */
  public void awaitRead(RunningJob job, String group, long records) {
    job.await().atMost(Duration.ofMinutes(3)).until(() -> committed(group) == records);
  }

  /** Records of a topic, and marks of transactions, behind those that a group has committed. */
  public long lag(String topic, String group) throws Exception {
    return new Topics(bootstrapServers(), Patience.LIMIT).end(topic) - committed(group);
  }

  /** How many records a consumer group has committed. */
  public long committed(String group) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(offset -> offset == null ? 0 : offset.offset())
          .sum();
    }
  }

  /** As {@link CoreForecasts#sampleSeries}. */
  public static List<Observation> sampleSeries(String name, int values) throws IOException {
    return CoreForecasts.sampleSeries(name, values);
  }

  /** A small network that reads windows alone. */
  public static String sample(String mode) {
    return Path.of("src/core/test/resources/models/sample-" + mode + ".safetensors")
        .toAbsolutePath()
        .toString();
  }

  /**
   * An observation as our own producers write it.
   *
   * @param partition where it goes, or null: by its series
   */
  public static ProducerRecord<byte[], byte[]> record(
      String topic, Integer partition, Observation observation) throws IOException {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic,
            partition,
            observation.series().getBytes(StandardCharsets.UTF_8),
            new ObservationCodec().encode(observation));
    record
        .headers()
        .add(
            ObservationCodec.fingerprintHeader(),
            observation.label() != null
                ? ObservationCodec.markedFingerprint()
                : ObservationCodec.fingerprint());
    return record;
  }

  /** Sends in this order and returns when the broker has them all. */
  public List<RecordMetadata> send(Collection<ProducerRecord<byte[], byte[]>> records)
      throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      sent.add(producer.send(record));
    }
    producer.flush();
    List<RecordMetadata> metadata = new ArrayList<>();
    for (Future<RecordMetadata> future : sent) {
      metadata.add(future.get());
    }
    return metadata;
  }

  /**
   * Changes the last byte of a batch on the broker's disk.
   *
   * @param first offset of the batch's first record; {@code last} of its last one
   */
  public void damage(String topic, int partition, long first, long last) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log(topic, partition).toFile(), "rw")) {
      long at = 0;
      while (file.readLong() != first) { // the base offset, then the length of what follows
        at += 12 + file.readInt();
        file.seek(at);
      }
      long end = at + 12 + file.readInt();
      file.seek(at + 23); // after the leader epoch, the magic byte, the CRC and the attributes
      if (first + file.readInt() != last) {
        throw new IOException("expected the batch at %d to end at %d".formatted(first, last));
      }
      file.seek(end - 1);
      int changed = file.read() ^ 0x40;
      file.seek(end - 1);
      file.write(changed);
    }
  }

  /** Sends one batch as it is, which may unpack to more than a producer would take. */
  void send(String topic, int partition, MemoryRecords batch) throws IOException {
    PartitionProduceData data = new PartitionProduceData().setIndex(partition).setRecords(batch);
    TopicProduceDataCollection topics = new TopicProduceDataCollection();
    topics.add(new TopicProduceData().setName(topic).setPartitionData(List.of(data)));
    short version = 12; // the last one with names
    RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, version, "test", 1);
    ByteBuffer request =
        ProduceRequest.builder(
                new ProduceRequestData()
                    .setAcks((short) -1)
                    .setTimeoutMs(60_000)
                    .setTopicData(topics))
            .build(version)
            .serializeWithHeader(header);
    String[] address = bootstrapServers().split(":");
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(request.remaining());
      out.write(request.array(), request.arrayOffset() + request.position(), request.remaining());
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      AbstractResponse response =
          AbstractResponse.parseResponse(ByteBuffer.wrap(in.readNBytes(in.readInt())), header);
      if (!response.errorCounts().equals(Map.of(Errors.NONE, 1))) {
        throw new IOException("not sent: " + response);
      }
    }
  }

  /** Sends each line as a value without a key. */
  public void sendLines(String topic, Collection<String> lines) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String line : lines) {
      records.add(new ProducerRecord<>(topic, line.getBytes(StandardCharsets.UTF_8)));
    }
    send(records);
  }

  public void sendObservations(String topic, Collection<Observation> observations)
      throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (Observation observation : observations) {
      records.add(record(topic, null, observation));
    }
    send(records);
  }

  /** To the topic of a job's observations. */
  public void sendObservations(JobSettings job, Collection<Observation> observations)
      throws Exception {
    sendObservations(job.kafka().topics().observations().first(), observations);
  }

  /** What is committed, as {@link #read(String, String)}. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    return read(topic, COMMITTED);
  }

  /** The whole topic from its beginning to its present end, each partition in its order. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
    return new Topics(bootstrapServers(), Patience.LIMIT).read(topic, isolation);
  }

  /** Those that a job has committed. */
  public List<Forecast> forecasts(JobSettings job) {
    return forecasts(job.kafka().topics().forecasts());
  }

  public List<Forecast> forecasts(String topic) {
    return forecasts(topic, COMMITTED);
  }

  public List<Forecast> forecasts(String topic, String isolation) {
    ForecastCodec codec = new ForecastCodec();
    List<Forecast> forecasts = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(topic, isolation)) {
      try {
        forecasts.add(codec.decode(record.value()));
      } catch (MalformedRecordException e) {
        throw new AssertionError(record + ": " + e.getMessage(), e);
      }
    }
    return forecasts;
  }

  public List<DeadLetter> deadLetters(JobSettings job) {
    return deadLetters(job.kafka().topics().deadLetters());
  }

  public List<DeadLetter> deadLetters(String topic) {
    List<DeadLetter> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(topic, COMMITTED)) {
      try {
        letters.add(DeadLetterCodec.read(record));
      } catch (MalformedRecordException e) {
        throw new AssertionError(record + ": " + e.getMessage(), e);
      }
    }
    return letters;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
    broker.close();
    FileUtils.deleteDirectoryQuietly(dir.toFile());
  }
}
