package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Forecast.Status;
import dev.weir.forecast.JointForecast;
import dev.weir.forecast.JointForecast.Target;
import dev.weir.forecast.JointForecast.Total;
import dev.weir.forecast.TestForecast;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class JointForecastCodecTest {

  private static final JointForecast FULL =
      new JointForecast(
          "site-7",
          5_000,
          Mode.MANY_TO_ONE,
          List.of(
              new Target(
                  "load",
                  TestForecast.of("site-7/load", 5_000)
                      .steps(
                          new Forecast.Steps(
                              new double[] {1.5, 2.5},
                              new double[] {1.75, 2.25},
                              List.of(
                                  new Interval(0.8, new double[] {1, 2}, new double[] {2, 3}),
                                  new Interval(0.95, new double[] {0, 1}, new double[] {3, 4}))))
                      .windowStart(1_000)
                      .times(6_000, 7_000)
                      .model("sites", 7)
                      .learningSteps(99)
                      .covariatesMissing(3)
                      .explanation(
                          new Explanation(
                              1.5,
                              List.of(
                                  new Explanation.Part(Explanation.LEVEL, 1.25),
                                  new Explanation.Part("größe", 0.25))))
                      .build(),
                  new Interval(0.8, new double[] {0.5, 1.5}, new double[] {2.5, 3.5})),
              new Target(
                  "wind",
                  TestForecast.of("site-7/wind", 5_000, 4, 5)
                      .windowStart(2_000)
                      .seqLen(1)
                      .status(Status.WARMUP)
                      .build(),
                  null)),
          List.of(
              new Total(
                  "net",
                  new Forecast.Steps(
                      new double[] {-2.5, -2.5},
                      new double[] {-2, -3},
                      List.of(new Interval(0.8, new double[] {-4, -5}, new double[] {0, 1})))),
              new Total("day", new Forecast.Steps(new double[] {4}, List.of()))));

  private final JointForecastCodec codec = new JointForecastCodec(null);

  @Test
  void whatIsEncodedIsDecoded() throws Exception {
    assertThat(codec.decode(codec.encode(FULL))).isEqualTo(FULL);
    JointForecast empty = new JointForecast("s", 1, Mode.MANY_TO_MANY, List.of(), List.of());
    assertThat(codec.decode(codec.encode(empty))).isEqualTo(empty);
  }

  @Test
  void jsonHasTheFieldsOfForecastsAndIsRead() throws Exception {
    assertThat(new String(codec.toJson(FULL), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"series":"site-7","origin":"1970-01-01T00:00:05Z","mode":"many-to-one","targets":[\
            {"target":"load","window_start":"1970-01-01T00:00:01Z","seq_len":5,"steps":[\
            {"time":"1970-01-01T00:00:06Z","value":1.5,"mean":1.75,"lower":1.0,"upper":2.0,\
            "intervals":[{"level":0.95,"lower":0.0,"upper":3.0}]},\
            {"time":"1970-01-01T00:00:07Z","value":2.5,"mean":2.25,"lower":2.0,"upper":3.0,\
            "intervals":[{"level":0.95,"lower":1.0,"upper":4.0}]}],"level":0.8,"model":"sites",\
            "model_version":7,"learning_steps":99,"status":"OK","covariates_missing":3,\
            "explanation":[{"name":"level","amount":1.25},{"name":"größe","amount":0.25}],\
            "region":{"level":0.8,"lower":[0.5,1.5],"upper":[2.5,3.5]}},\
            {"target":"wind","window_start":"1970-01-01T00:00:02Z","seq_len":1,"steps":[\
            {"time":null,"value":4.0,"mean":4.0,"lower":null,"upper":null,"intervals":[]},\
            {"time":null,"value":5.0,"mean":5.0,"lower":null,"upper":null,"intervals":[]}],\
            "level":null,"model":"","model_version":-1,"learning_steps":0,"status":"WARMUP",\
            "covariates_missing":0,"explanation":null,"region":null}],"totals":[\
            {"name":"net","steps":[\
            {"time":null,"value":-2.5,"mean":-2.0,"lower":-4.0,"upper":0.0,"intervals":[]},\
            {"time":null,"value":-2.5,"mean":-3.0,"lower":-5.0,"upper":1.0,"intervals":[]}],\
            "level":0.8},{"name":"day","steps":[\
            {"time":null,"value":4.0,"mean":4.0,"lower":null,"upper":null,"intervals":[]}],\
            "level":null}]}""");
    assertThat(codec.decode(codec.toJson(FULL))).isEqualTo(FULL);
  }

  @Test
  void anyAvroReaderWithTheSchemaReadsOurBytes() throws Exception {
    GenericRecord full =
        new GenericDatumReader<GenericRecord>(JointForecastCodec.SCHEMA)
            .read(null, DecoderFactory.get().binaryDecoder(codec.encode(FULL), null));
    GenericRecord load = (GenericRecord) ((List<?>) full.get("targets")).get(0);
    assertThat(load.get("target").toString()).isEqualTo("load");
    assertThat(load.get("level")).isEqualTo(0.8);
    assertThat(((GenericRecord) load.get("region")).get("upper")).isEqualTo(List.of(2.5, 3.5));
  }

  @Test
  void damagedBytesAreRefusedOrRead() {
    byte[] bytes = codec.encode(FULL);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(MalformedRecordException.class);
    }
    Random random = new Random(40);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        codec.decode(damaged);
      } catch (MalformedRecordException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 1_999);
  }

  @Test
  void readerTellsBothKindsApart() throws Exception {
    ForecastReader reader = new ForecastReader(null);
    ForecastCodec single = new ForecastCodec();
    for (int i = 0; i < 3; i++) {
      assertThat(reader.decode(single.encode(ForecastCodecTest.FULL)))
          .isEqualTo(ForecastCodecTest.FULL);
      assertThat(reader.decode(codec.encode(FULL))).isEqualTo(FULL);
      assertThat(reader.decode(single.toJson(ForecastCodecTest.BARE)))
          .isEqualTo(ForecastCodecTest.BARE);
      assertThat(reader.decode(codec.toJson(FULL))).isEqualTo(FULL);
    }
    assertThat(ForecastReader.forecasts(FULL))
        .extracting(Forecast::series)
        .containsExactly("site-7/load", "site-7/wind");
    assertThat(ForecastReader.forecasts(ForecastCodecTest.BARE))
        .containsExactly(ForecastCodecTest.BARE);
    assertThatThrownBy(() -> reader.decode(new byte[] {2, 3}))
        .isInstanceOf(MalformedRecordException.class);
    String cut = new String(codec.toJson(FULL), StandardCharsets.UTF_8).replace("[0.5,", "[");
    assertThatThrownBy(() -> codec.decode(cut.getBytes(StandardCharsets.UTF_8)))
        .hasMessage("joint forecast: region: expected 2 steps, got 1");
    assertThatThrownBy(() -> reader.decode("{}".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("series: expected a value, got nothing");
  }
}
