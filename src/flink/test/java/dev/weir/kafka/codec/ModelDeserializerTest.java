package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.ChampionUpdate;
import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.ContestReport.Standing;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.ModelUpdate;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ModelDeserializerTest {

  private static final String FILE =
      "src/core/test/resources/models/sample-many-to-one.safetensors";

  /** What a job gets of one record. */
  private static List<ModelEvent> arrivals(byte[] key) throws Exception {
    ForecastModel model = ModelFiles.read(Path.of(FILE), ModelFiles.Defaults.NONE);
    return arrivals(key, ModelCodec.encode(model, Instant.EPOCH));
  }

  private static List<ModelEvent> arrivals(byte[] key, byte[] value) {
    ModelDeserializer deserializer = new ModelDeserializer(null);
    deserializer.open(null);
    List<ModelEvent> arrivals = new ArrayList<>();
    deserializer.deserialize(
        new ConsumerRecord<>("models", 0, 7, key, value),
        new Collector<>() {
          @Override
          public void collect(ModelEvent arrival) {
            arrivals.add(arrival);
          }

          @Override
          public void close() {
            // nothing to close
          }
        });
    return arrivals;
  }

  @Test
  void aCopyThatIsKeptToGoBackToIsNoNewModel() throws Exception {
    assertThat(arrivals(ModelCodec.copyKey("sample-many-to-one", 1))).isEmpty();
  }

  private static ContestReport report(Event event) {
    return new ContestReport(
        "plant.7",
        Mode.MANY_TO_MANY,
        event,
        1_234,
        "b",
        "a",
        20,
        List.of(
            new Standing("a", -1, 0, 0, 0, Double.NaN),
            new Standing("b", 4, 14, 20, 0.0625, 31.5)));
  }

  @Test
  void reportsOfACompetitionKeepEachFieldAndJobsReadTheChampion() throws Exception {
    for (Event event : Event.values()) {
      byte[] key = ContestCodec.key(report(event));
      byte[] value = ContestCodec.encode(report(event));
      boolean isChampion = event != Event.STANDINGS;
      assertThat(new String(key, StandardCharsets.UTF_8))
          .isEqualTo("plant.7@many-to-many" + (isChampion ? "" : "@standings"));
      assertThat(ContestCodec.decode(ContestCodec.Key.of(key), value)).isEqualTo(report(event));
      assertThat(new ModelCodec().record(value).getVersion()).isEqualTo(4);
      List<ModelEvent> arrivals = arrivals(key, value);
      assertThat(arrivals).hasSize(isChampion ? 1 : 0);
      if (isChampion) {
        ChampionUpdate update = (ChampionUpdate) arrivals.get(0);
        assertThat(update.job()).isEqualTo("plant.7");
        assertThat(update.mode()).isEqualTo(Mode.MANY_TO_MANY);
        assertThat(update.model()).isEqualTo("b");
      }
    }
  }

  @Test
  void malformedChampionIsADeadLetterAndOtherKeysAreNoReports() throws Exception {
    byte[] key = "job@many-to-one".getBytes(StandardCharsets.UTF_8);
    assertThat(arrivals(key, new byte[] {7}).get(0)).isInstanceOf(DeadLetter.class);
    for (String other :
        List.of("job", "job@3", "job@many", "job@many-to-one@x", "a@b@many-to-one@standings")) {
      assertThat(ContestCodec.Key.of(other.getBytes(StandardCharsets.UTF_8))).as(other).isNull();
    }
    assertThat(ContestCodec.Key.of(null)).isNull();
    ForecastModel model = ModelFiles.read(Path.of(FILE), ModelFiles.Defaults.NONE);
    byte[] value = ModelCodec.encode(model, Instant.EPOCH);
    assertThatThrownBy(() -> ContestCodec.decode(ContestCodec.Key.of(key), value))
        .hasMessageStartingWith("model: expected a report about models that compete, got [");
  }

  @Test
  void aModelIsTakenWhateverItsKeyElse() throws Exception {
    for (byte[] key : new byte[][] {null, {}, "pump-3.b_1".getBytes(StandardCharsets.UTF_8)}) {
      assertThat(arrivals(key)).hasSize(1).first().isInstanceOf(ModelUpdate.class);
    }
  }
}
