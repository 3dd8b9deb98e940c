package dev.weir.cli;

import dev.weir.forecast.Observation;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialisation;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What the pipelines are fed with: observations by a seed, and the network of the measurement. */
final class BenchLoad {

  static final String MODEL = "bench";
  private static final int HIDDEN_SIZE = 16;
  private static final int NUM_LAYERS = 2;

  private static final long FIRST_TIME = 1_577_836_800_000L; // 2020-01-01
  private static final long SPACING_MILLIS = 1000;
  private static final int DAY = 24;
  private static final String HOT = "series-hottest";

  private final String[] names;
  private final SplittableRandom random;
  private long round;
  private int next;
  private final double hotKey;
  private long hot; // records of the hot series so far

  /**
   * @param series how many there are; they take turns
   * @param hotKey share of the records that a further series has; 0: there is none such
   */
  BenchLoad(int series, long seed, double hotKey) {
    this.hotKey = hotKey;
    random = new SplittableRandom(seed);
    names = new String[series];
    for (int i = 0; i < series; i++) {
      names[i] = "series-%07d".formatted(i);
    }
  }

  /** The next observation: a daily rhythm with noise, a second after the last of its series. */
  Observation next() {
    return isHotDue()
        ? nextHot(FIRST_TIME + hot * SPACING_MILLIS)
        : nextInTurn(FIRST_TIME + round * SPACING_MILLIS);
  }

  /** The same with a time of the caller's. */
  Observation next(long time) {
    return isHotDue() ? nextHot(time) : nextInTurn(time);
  }

  private boolean isHotDue() {
    return hotKey > 0 && random.nextDouble() < hotKey;
  }

  private Observation nextHot(long time) {
    double value = 100 + 10 * Math.sin(2 * Math.PI * (hot % DAY) / DAY) + 4 * random.nextDouble();
    hot++;
    return new Observation(HOT, time, value);
  }

  private Observation nextInTurn(long time) {
    double level = 100 + next % 7 + 10 * Math.sin(2 * Math.PI * (round % DAY) / DAY);
    Observation observation =
        new Observation(names[next], time, level + 4 * random.nextDouble() - 2);
    next++;
    if (next == names.length) {
      next = 0;
      round++;
    }
    return observation;
  }

  /** Sends so many to a topic, as fast as it goes. */
  void fill(String bootstrapServers, String topic, long count) throws IOException {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "acks", "1",
            "linger.ms", "20",
            "batch.size", "262144",
            "buffer.memory", "67108864");
    try (ObservationProducer producer = new ObservationProducer(config, topic)) {
      for (long i = 0; i < count; i++) {
        producer.send(next());
      }
      producer.flush();
    }
  }

  /** Two layers of 16 units that read five values; weights by the seed. */
  static void writeModel(Path file, Mode mode, long seed) throws IOException {
    TorchGenerator generator = new TorchGenerator(seed);
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, HIDDEN_SIZE, NUM_LAYERS, false, true);
    float[] weights = Initialisation.recurrent(config, generator);
    int rows = mode == Mode.MANY_TO_ONE ? BenchPipeline.horizon(mode) : 1;
    float[] headWeight = new float[rows * HIDDEN_SIZE];
    float[] headBias = new float[rows];
    Initialisation.linear(HIDDEN_SIZE, headWeight, headBias, generator);
    ModelFiles.write(
        new ForecastModel(
            MODEL,
            1,
            mode,
            config,
            BenchPipeline.SEQ_LEN,
            BenchPipeline.horizon(mode),
            Readout.LAST_STEP,
            Scaling.WINDOW,
            weights,
            new ForecastModel.Head(headWeight, headBias),
            List.of(),
            Map.of()),
        file);
  }
}
