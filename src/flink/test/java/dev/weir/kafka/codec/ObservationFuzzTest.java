package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any bytes on the observations topic. */
@Tag("fuzz")
class ObservationFuzzTest {

  private static final long SEED = 20261125;

  private final ObservationDeserializer deserializer =
      new ObservationDeserializer(null, Duration.ofDays(1), null);

  ObservationFuzzTest() {
    deserializer.open(null);
  }

  /** What producers send: with and without features, long names, other scripts, several blocks. */
  static List<byte[]> samples() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    long time = 1_767_225_600_000L;
    return List.of(
        codec.encode(new Observation("pump-1", time, 1.5)),
        codec.encode(new Observation("größe/湿度", time, -1e300)),
        codec.encode(new Observation("x".repeat(1_000), 0, Double.MIN_VALUE)),
        codec.encode(new Observation("f", time, 0, new double[] {1, 2, 3, 4, 5})),
        ofBlocks(1),
        ofBlocks(200));
  }

  /** Those, and observations that say something of windows, which have a schema of their own. */
  private static List<byte[]> allSamples() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    List<byte[]> all = new ArrayList<>(samples());
    all.add(codec.encode(new Observation("l", 7, 0, new double[] {1}, "läuft")));
    all.add(codec.encode(new Observation("e", 7, 0, Observation.NO_FEATURES, null)));
    return all;
  }

  /** An observation whose features come one in each block, as Avro allows. */
  static byte[] ofBlocks(int features) throws Exception {
    byte[] plain = new ObservationCodec().encode(new Observation("b", 1_767_225_600_000L, 2));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(plain, 0, plain.length - 1); // without the end of the empty array
    for (int i = 0; i < features; i++) {
      out.write(2); // one item
      out.write(new byte[Double.BYTES]);
    }
    out.write(0);
    return out.toByteArray();
  }

  private Outcome open(byte[] bytes, SplittableRandom random) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("observations", 2, 33, new byte[] {9}, bytes);
    switch (random.nextInt(8)) {
      case 1 -> record.headers().add(WriterSchemas.HEADER, ObservationCodec.fingerprint());
      case 2 ->
          record
              .headers()
              .add(
                  WriterSchemas.HEADER,
                  WriterSchemas.fingerprint(WriterSchemas.OBSERVATION_REQUIRED));
      case 3 -> record.headers().add(WriterSchemas.HEADER, ObservationCodec.markedFingerprint());
      case 4 -> {
        byte[] noise = new byte[random.nextInt(12)];
        random.nextBytes(noise);
        record.headers().add(WriterSchemas.HEADER, random.nextInt(4) == 0 ? null : noise);
      }
      default -> {} // as most producers: no header
    }
    List<InputEvent> arrivals = new ArrayList<>(1);
    deserializer.deserialize(record, new ListCollector<>(arrivals));
    if (arrivals.size() != 1) {
      throw new AssertionError("expected one arrival for one record, got " + arrivals);
    }
    if (arrivals.get(0) instanceof DeadLetter letter) {
      if (letter.source().value() != bytes) {
        throw new AssertionError("expected the record's own bytes");
      }
      return Outcome.refused(letter.message());
    }
    Observation observation = ((ObservationEvent) arrivals.get(0)).observation();
    if (observation.series().isEmpty()
        || observation.series().length() > Observation.MAX_SERIES_LENGTH
        || !Double.isFinite(observation.value())
        || observation.time() < 0
        || observation.label() != null && observation.label().isBlank()) {
      throw new AssertionError("expected a dead letter, got " + observation);
    }
    return Outcome.taken(observation.hashCode()); // its text would cost more than all else
  }

  @Test
  void anyBytesAreAnObservationOrADeadLetterAtSmallCost() throws Exception {
    Fuzzer fuzzer = new Fuzzer(SEED, allSamples());
    fuzzer.run(this::open, 24_000, 40);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
  }

  @Test
  void oneFeatureInEachBlockCostsNoMoreThanAllInOne() throws Exception {
    byte[] many = ofBlocks(100_000);
    assertThat(Fuzzer.give(this::open, many, 8 << 20, 20).taken()).isTrue();
  }
}
