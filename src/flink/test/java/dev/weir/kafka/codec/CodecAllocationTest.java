package dev.weir.kafka.codec;

import dev.weir.Allocations;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.forecast.TestForecast;
import dev.weir.kafka.wire.MalformedRecordException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class CodecAllocationTest {

  private static final Forecast FORECAST =
      TestForecast.of("pump-7", 1_700_000_000_000L, 100.5, -1e300)
          .intervals(
              new Interval(0.8, new double[] {1, 2}, new double[] {3, 4}),
              new Interval(0.95, new double[] {0, 1}, new double[] {4, 5}))
          .windowStart(1_699_999_760_000L)
          .times(1_700_000_060_000L, 1_700_000_120_000L)
          .model("sample-many-to-one", 7)
          .learningSteps(99)
          .build();

  private static final int CALLS = 20_000;

  @Test
  void aForecastCostsTheBytesThatLeaveAndItsSeriesName() {
    ForecastCodec codec = new ForecastCodec();
    int value = codec.encode(FORECAST).length;
    // the array, the name, what Avro's encoder is set up with
    assertAtMost(value + 192, () -> codec.encode(FORECAST));
  }

  @Test
  void anObservationIsReadWithLittleBesidesItself() {
    ObservationCodec codec = new ObservationCodec();
    byte[] bytes = codec.encode(new Observation("pump-7", 1_700_000_000_000L, 100.5));
    RecordHeaders none = new RecordHeaders();
    // the record, its name, and a view of the bytes for Avro's decoder
    assertAtMost(224, () -> codec.decode(bytes, none));
  }

  private interface Body {
    Object run() throws MalformedRecordException;
  }

  private static Object kept;

  private static void assertAtMost(long bytes, Body body) {
    Allocations.assertAtMostOnceWarm(
        CALLS,
        bytes,
        () -> {
          for (int i = 0; i < CALLS; i++) {
            kept = run(body);
          }
        });
  }

  private static Object run(Body body) {
    try {
      return body.run();
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }
}
