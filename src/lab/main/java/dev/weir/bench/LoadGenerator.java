package dev.weir.bench;

import dev.weir.forecast.Observation;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.connector.ObservationProducer;
import dev.weir.model.AheadInputs;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The input of the pipelines, the same in each run: observations, and a network's weights. */
final class LoadGenerator {

  private static final int SEED = 1;
  private static final int HIDDEN_SIZE = 16;
  private static final int NUM_LAYERS = 2;
  private static final long FIRST_TIME = 1_577_836_800_000L; // 2020-01-01
  private static final long SPACING_MILLIS = 1000;
  private static final int DAY = 24;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final String[] names; // the last one is the hot series
  private final double hotKey;
  private final double[] shares; // cumulative, of the series; null if they take turns
  private final int[] counts; // records so far, by series; null if they take turns
  private long round;
  private int turn;
  private long hot; // records of the hot series so far

  /**
   * @param series that take turns
   * @param hotKey share of the records that one more series has; 0 for none
   * @param zipf exponent of the shares by rank; null: the series take turns
   */
  LoadGenerator(int series, double hotKey, Double zipf) {
    this.hotKey = hotKey;
    this.shares = zipf == null ? null : zipf(series, zipf);
    this.counts = zipf == null ? null : new int[series];
    names = new String[series + 1];
    for (int i = 0; i < series; i++) {
      names[i] = "series-%07d".formatted(i);
    }
    names[series] = "series-hottest";
  }

  private static double[] zipf(int series, double exponent) {
    double[] shares = new double[series];
    double sum = 0;
    for (int i = 0; i < series; i++) {
      sum += Math.pow(i + 1, -exponent);
      shares[i] = sum;
    }
    return shares;
  }

  private int drawn() {
    double at = random.nextDouble() * shares[shares.length - 1];
    int found = Arrays.binarySearch(shares, at);
    return found >= 0 ? found : -found - 1;
  }

  /** The next observation: a daily season with noise, a second after the last of its series. */
  Observation next() {
    return next(0);
  }

  /** The next observation, at {@code time} unless that is 0. */
  Observation next(long time) {
    boolean isHot = hotKey > 0 && random.nextDouble() < hotKey;
    int series = isHot ? names.length - 1 : shares == null ? turn : drawn();
    long step = isHot ? hot++ : shares == null ? round : counts[series]++;
    if (!isHot && shares == null && ++turn == names.length - 1) {
      turn = 0;
      round++;
    }
    double season = 10 * Math.sin(2 * Math.PI * (step % DAY) / DAY);
    return new Observation(
        names[series],
        time == 0 ? FIRST_TIME + step * SPACING_MILLIS : time,
        100 + series % 7 + season + 4 * random.nextDouble() - 2);
  }

  /** Sends {@code count} observations as fast as Kafka takes them. */
  void fill(String bootstrapServers, String topic, long count) throws IOException {
    KafkaClients clients =
        KafkaClients.of(
            bootstrapServers,
            Map.of(
                "acks", "1",
                "linger.ms", "20",
                "batch.size", "262144",
                "buffer.memory", "67108864"));
    try (ObservationProducer producer = new ObservationProducer(clients, topic)) {
      for (long i = 0; i < count; i++) {
        producer.send(next());
      }
      producer.flush();
    }
  }

  /** Writes a network with random weights. */
  static void writeNetwork(Path file, Mode mode) throws IOException {
    TorchRandom generator = new TorchRandom(SEED);
    RnnConfig config = new RnnConfig(Cell.RNN_TANH, 1, HIDDEN_SIZE, NUM_LAYERS, false, true);
    float[] weights = Initialization.recurrent(config, generator);
    int rows = mode == Mode.MANY_TO_ONE ? BenchPipeline.horizon(mode) : 1;
    ForecastModel.Head head =
        new ForecastModel.Head(new float[rows * HIDDEN_SIZE], new float[rows]);
    Initialization.linear(HIDDEN_SIZE, head.weight(), head.bias(), generator);
    ModelFiles.write(
        new ForecastModel(
            "bench",
            1,
            mode,
            config,
            BenchPipeline.SEQ_LEN,
            BenchPipeline.horizon(mode),
            Readout.LAST_STEP,
            Scaling.WINDOW,
            weights,
            head,
            List.of(),
            AheadInputs.NONE,
            List.of(),
            Map.of()),
        file);
  }
}
