package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.Decoder;
import dev.weir.stream.ForecastOperator;
import dev.weir.stream.WeirTypeInformation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the job says to the same observations when nothing happens to it: the operator alone in this
 * JVM, one series after the other, never stopped or restored. Kept as the bytes that belong on the
 * topics.
 */
final class ReferenceRun {

  /** What names an output of its kind. */
  private record Name(String series, long time, String what) {
    static Name of(Output output) {
      if (output instanceof Forecast f) {
        return new Name(f.series(), f.origin(), f.mode().label());
      } else if (output instanceof Score s) {
        return new Name(s.series(), s.time(), s.mode().label());
      } else if (output instanceof Incident i) {
        return new Name(i.series(), i.time(), i.id() + i.event() + i.severity() + i.reason());
      }
      throw new AssertionError("expected forecasts, scores and incidents, got " + output);
    }
  }

  private static final Map<String, Decoder<? extends Output>> DECODERS =
      Map.of(
          ForecastCluster.FORECASTS, new ForecastCodec()::decode,
          ForecastCluster.SCORES, new ScoreCodec()::decode,
          ForecastCluster.ALARMS, new IncidentCodec()::decode);

  private final Map<String, Map<Name, byte[]>> outputs = new HashMap<>(); // by topic

  private ReferenceRun() {
    DECODERS.keySet().forEach(topic -> outputs.put(topic, new HashMap<>()));
  }

  static ReferenceRun run(List<List<Observation>> allSeries, ForecastSettings settings)
      throws Exception {
    ReferenceRun expected = new ReferenceRun();
    ForecastCodec forecastCodec = new ForecastCodec();
    ScoreCodec scoreCodec = new ScoreCodec();
    IncidentCodec incidentCodec = new IncidentCodec();
    try (var operator =
        new KeyedTwoInputStreamOperatorTestHarness<String, InputEvent, ModelEvent, Output>(
            new ForecastOperator(settings),
            arrival -> ((ObservationEvent) arrival).observation().series(),
            model -> "",
            Types.STRING)) {
      operator.setup(WeirTypeInformation.OUTPUT.createSerializer(new SerializerConfigImpl()));
      operator.open();
      for (List<Observation> series : allSeries) {
        for (Observation observation : series) {
          SourceRecord source = new SourceRecord("observations", 0, 0, -1, null, null);
          operator.processElement1(new ObservationEvent(observation, source), observation.time());
        }
        for (Output output : operator.extractOutputValues()) {
          if (output instanceof Forecast f) {
            expected.put(ForecastCluster.FORECASTS, output, forecastCodec.encode(f));
          } else if (output instanceof Score s) {
            expected.put(ForecastCluster.SCORES, output, scoreCodec.encode(s));
          } else {
            expected.put(ForecastCluster.ALARMS, output, incidentCodec.encode((Incident) output));
          }
        }
        operator.getOutput().clear();
      }
    }
    return expected;
  }

  private void put(String topic, Output output, byte[] bytes) {
    outputs.get(topic).put(Name.of(output), bytes);
  }

  /** How many records belong on a topic. */
  int count(String topic) {
    return outputs.get(topic).size();
  }

  /**
   * Tests what is on a topic.
   *
   * @param repeats as a consumer sees them that drops repeats by name; a repeat has equal bytes
   */
  void assertSame(String topic, List<ConsumerRecord<byte[], byte[]>> records, boolean repeats)
      throws Exception {
    Map<Name, byte[]> expected = outputs.get(topic);
    Decoder<? extends Output> decoder = DECODERS.get(topic);
    Map<Name, Long> seen = new HashMap<>();
    Map<String, Long> newest = new HashMap<>();
    List<String> repeated = new ArrayList<>();
    List<String> different = new ArrayList<>();
    List<String> disordered = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Name name = Name.of(decoder.decode(record.value()));
      Long before = seen.putIfAbsent(name, record.offset());
      if (before != null) {
        repeated.add("%s at offsets %d and %d".formatted(name, before, record.offset()));
      } else if (newest.merge(name.series + name.what, name.time, Math::max) != name.time) {
        disordered.add("%s at offset %d".formatted(name, record.offset()));
      }
      if (!Arrays.equals(record.value(), expected.get(name))) {
        different.add("%s at offset %d".formatted(name, record.offset()));
      }
    }
    List<Name> missing = expected.keySet().stream().filter(n -> !seen.containsKey(n)).toList();
    assertNone("missing", missing);
    assertNone("not those of an undisturbed run, bit for bit", different);
    assertNone("out of order", disordered);
    if (!repeats) {
      assertNone("there more than once", repeated);
    }
  }

  private static void assertNone(String what, List<?> records) {
    assertThat(records.stream().limit(10)).as("%,d records are %s", records.size(), what).isEmpty();
  }
}
