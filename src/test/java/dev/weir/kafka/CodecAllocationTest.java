package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.model.Mode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class CodecAllocationTest {

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
  void aForecastCostsTheBytesThatLeaveAndItsSeriesName() throws Exception {
    ForecastCodec codec = new ForecastCodec();
    int value = codec.encode(FORECAST).length;
    assertThat(allocated(() -> codec.encode(FORECAST)))
        .as("bytes for each of %d encoded bytes and 6 of the name", value)
        .isBetween(
            (long) value, value + 192L); // the array, the name, what Avro's encoder is set up with
  }

  @Test
  void anObservationIsReadWithLittleBesidesItself() throws Exception {
    ObservationCodec codec = new ObservationCodec();
    byte[] bytes = codec.encode(new Observation("pump-7", 1_700_000_000_000L, 100.5));
    RecordHeaders none = new RecordHeaders();
    assertThat(allocated(() -> codec.decode(bytes, none)))
        .isBetween(64L, 224L); // the record, its name, and a view of the bytes for Avro's decoder
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
