package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.model.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class AvroBytesTest {

  private static final Forecast FORECAST =
      new Forecast(
          "pump-7",
          1_700_000_000_000L,
          1_699_999_760_000L,
          5,
          Mode.MANY_TO_ONE,
          new long[] {1_700_000_060_000L, 1_700_000_120_000L},
          new double[] {100.5, -1e300},
          List.of(
              new Interval(0.8, new double[] {1, 2}, new double[] {3, 4}),
              new Interval(0.95, new double[] {0, 1}, new double[] {4, 5})),
          "sample-many-to-one",
          7,
          99,
          Forecast.Status.OK);

  @Test
  void theBytesAreThoseOfAvrosOwnEncoder() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    AvroBytes ours = new AvroBytes();
    ByteArrayOutputStream theirs = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(theirs, null);
    long[] edges = {0, -1, 1, 63, 64, -64, -65, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
    for (int i = 0; i < 5_000; i++) { // longer than the first buffer
      long number = i < edges.length ? edges[i] : random.nextLong() >> random.nextInt(Long.SIZE);
      double value = Double.longBitsToDouble(random.nextLong());
      String text = "größe-\u6c34-\ud83d\ude00-".repeat(i % 3) + number;
      ours.writeLong(number);
      ours.writeDouble(value);
      ours.writeString(text);
      ours.startArray(i % 2);
      encoder.writeLong(number);
      encoder.writeDouble(value);
      encoder.writeString(text);
      encoder.writeArrayStart();
      encoder.setItemCount(i % 2);
      if (i % 2 == 1) {
        ours.writeOptional(Double.NaN);
        encoder.startItem();
        encoder.writeIndex(0);
      }
      ours.endArray();
      encoder.writeArrayEnd();
    }
    encoder.flush();
    assertThat(ours.copy()).isEqualTo(theirs.toByteArray());
    ours.clear();
    ours.writeLong(1);
    assertThat(ours.copy()).containsExactly(2);
  }

  @Test
  void aForecastCostsTheBytesThatLeaveAndItsSeriesName() throws Exception {
    ForecastCodec codec = new ForecastCodec();
    int value = codec.encode(FORECAST).length;
    assertThat(allocated(() -> codec.encode(FORECAST)))
        .as("bytes for each of %d encoded bytes and 6 of the name", value)
        .isBetween((long) value, value + 64L); // two arrays' headers and padding
  }

  @Test
  void anObservationIsReadWithoutAnythingButItself() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    byte[] bytes = codec.encode(new Observation("pump-7", 1_700_000_000_000L, 100.5));
    RecordHeaders none = new RecordHeaders();
    assertThat(allocated(() -> codec.decode(bytes, none)))
        .isBetween(64L, 128L); // the record, its name and the name's bytes
  }

  private interface Body {
    Object run() throws IOException, MalformedException;
  }

  private static Object kept;

  /** Bytes for each run, once compiled. */
  private static long allocated(Body body) throws Exception {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long bytes = 0;
    for (int round = 0; round < 2; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 20_000; i++) {
        kept = body.run();
      }
      bytes = threads.getThreadAllocatedBytes(thread) - before;
    }
    return bytes / 20_000;
  }
}
