package dev.weir.forecast.shared;

import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Scaling;
import dev.weir.model.TestModel;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Similar series for tests: a wave of 12 hours with an overtone, each with a level, amplitude and
 * phase of its own, and some noise.
 */
public final class Fleet {

  public static final int SEQ_LEN = 12;
  public static final int HORIZON = 2;

  private static final long START = 1_600_000_000_000L;
  private static final long HOUR = 3_600_000;

  private Fleet() {}

  public static String name(int series) {
    return "s" + series;
  }

  public static long time(int index) {
    return START + index * HOUR;
  }

  /** The first values of a series. */
  public static double[] values(int series, int count) {
    SplittableRandom random = new SplittableRandom(1000 + series);
    double level = 10 + 90 * random.nextDouble();
    double amplitude = level * (0.2 + 0.3 * random.nextDouble());
    double phase = 2 * Math.PI * random.nextDouble();
    double noise = 0;
    double[] values = new double[count];
    for (int t = 0; t < count; t++) {
      double angle = 2 * Math.PI * t / 12 + phase;
      noise = 0.7 * noise + random.nextGaussian();
      double wave = Math.sin(angle) + 0.5 * Math.sin(2 * angle + 0.7);
      values[t] = level + amplitude * wave + 0.03 * level * noise;
    }
    return values;
  }

  /** A GRU with random weights, whose head is zero: it repeats the last value. */
  public static ForecastModel untrained(int hiddenSize) {
    RnnConfig rnn = new RnnConfig(Cell.GRU, 1, hiddenSize, 1, false, true);
    return TestModel.of(rnn, SEQ_LEN, HORIZON)
        .name("fleet")
        .scaling(Scaling.LAST)
        .weights(Initialization.recurrent(rnn, new TorchRandom(7)))
        .head(new float[HORIZON * hiddenSize], new float[HORIZON])
        .build();
  }

  /** What shared learning publishes of a fleet whose values arrive one hour after the other. */
  public static List<Publication> published(
      ForecastModel start, double budget, int series, int values) throws IOException {
    SharedSettings settings = settings(start, budget);
    double[][] all = new double[series][];
    for (int s = 0; s < series; s++) {
      all[s] = values(s, values);
    }
    SharedTrainer trainer = new SharedTrainer(settings, null);
    samples(settings, start, all, 0).forEach(trainer::add);
    return trainer.advance(time(values - 1) - 1);
  }

  /** One hour of the fleet. */
  public static List<Observation> hour(double[][] series, int index) {
    List<Observation> hour = new ArrayList<>();
    for (int s = 0; s < series.length; s++) {
      hour.add(new Observation(name(s), time(index), series[s][index], Observation.NO_FEATURES));
    }
    return hour;
  }

  public static SharedSettings settings(ForecastModel start, double budget) {
    byte[] initial = start == null ? null : ModelFiles.toBytes(start);
    return settings(0, new ModeSettings(Mode.MANY_TO_ONE, "fleet", HORIZON, initial, null), budget);
  }

  static SharedSettings settings(int features, ModeSettings target, double budget) {
    return new SharedSettings(
        TestSettings.of(SEQ_LEN, target).features(features).build(), target, budget, -1);
  }

  /** The values of all series that are sampled, of one time after the other. */
  public static List<TrainingEvent.SampledValue> samples(
      SharedSettings settings, ForecastModel model, double[][] series, int from) {
    BlockSampler sampler = settings.sampler();
    sampler.rate(settings.rate(model));
    Windows windows = new Windows(settings.forecast().seqLen(), 1, 0);
    WindowState[] states = new WindowState[series.length];
    List<TrainingEvent.SampledValue> samples = new ArrayList<>();
    for (int t = 0; t < series[0].length; t++) {
      for (int s = 0; s < series.length; s++) {
        states[s] = states[s] == null ? windows.newState() : states[s];
        Observation observation =
            new Observation(name(s), time(from + t), series[s][t], Observation.NO_FEATURES);
        windows.offer(states[s], observation, Windows.IN_ORDER);
        SequenceWindow window = windows.window(name(s), states[s]);
        TrainingEvent.SampledValue value = sampler.sample(window);
        if (value != null) {
          samples.add(value);
        }
      }
    }
    return samples;
  }
}
