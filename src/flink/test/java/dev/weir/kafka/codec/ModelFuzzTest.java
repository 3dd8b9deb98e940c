package dev.weir.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.ModelEvent;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any bytes on the model topic. */
@Tag("fuzz")
class ModelFuzzTest {

  private static final long SEED = 20261126;

  private final ModelDeserializer deserializer = new ModelDeserializer(null);

  ModelFuzzTest() {
    deserializer.open(null);
  }

  private static byte[] sample(Cell cell, int layers, Mode mode) throws Exception {
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

  private Outcome open(byte[] bytes, SplittableRandom random) {
    List<ModelEvent> arrivals = new ArrayList<>(1);
    deserializer.deserialize(
        new ConsumerRecord<>("models", 0, 7, null, bytes), new ListCollector<>(arrivals));
    if (arrivals.size() != 1) {
      throw new AssertionError("expected one arrival for one record, got " + arrivals);
    }
    return arrivals.get(0) instanceof DeadLetter letter
        ? Outcome.refused(letter.message())
        : Outcome.taken(arrivals.get(0).hashCode());
  }

  @Test
  void anyBytesAreAModelOrADeadLetterAtSmallCost() throws Exception {
    Fuzzer fuzzer =
        new Fuzzer(
            SEED,
            List.of(
                sample(Cell.RNN_TANH, 1, Mode.MANY_TO_ONE),
                sample(Cell.LSTM, 2, Mode.MANY_TO_MANY),
                sample(Cell.GRU, 3, Mode.MANY_TO_ONE)),
            "weir.name",
            "_l99999",
            "_reverse",
            "[2147483647,2147483647]",
            "\"F64\"");
    fuzzer.run(this::open, 200_000, 40);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
  }

  @Test
  void invalidNameIsQuotedInPrintableText() throws Exception {
    byte[] bytes = sample(Cell.RNN_TANH, 1, Mode.MANY_TO_ONE);
    byte[] name = "\u001b[2J\r\n".getBytes(StandardCharsets.UTF_8); // as long as "demand"
    System.arraycopy(name, 0, bytes, 1, name.length);
    Outcome outcome = Fuzzer.give(this::open, bytes, 8 << 20, 40);
    assertThat(outcome.words())
        .startsWith("model: expected weights of .[2J.. version 3, got those of demand version 3");
  }
}
