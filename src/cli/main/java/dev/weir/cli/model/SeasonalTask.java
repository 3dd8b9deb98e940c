package dev.weir.cli.model;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.network.SeasonalInputs;
import dev.weir.forecast.network.TrainableSeasonalNetwork;
import dev.weir.model.AheadInputs;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.model.SeasonalWindow;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Trains a network that reads windows, and what was a season and a week before. */
final class SeasonalTask implements TrainingTask<SeasonalSamples> {

  private static final int YOUNG = 400;
  private static final double OF_YOUNG = 0.45; // share of values that become samples
  private static final double OF_OLDER = 0.25;
  private static final int FIRST_SCORED = 30;
  private static final double NO_SEASON = 0.1;
  private static final double FLIPPED = 0.3;
  private static final double DROPPED = 0.1; // of the network's outputs
  private static final double SMOOTH = 0.1; // relative errors below are squared
  private static final int SCORED = 256; // at once

  private final Mode mode;
  private final RnnConfig rnn;
  private final int seqLen;
  private final TrainableSeasonalNetwork shape; // is asked for sizes, and computes nothing

  /**
   * @param seqLen values in a window
   */
  public SeasonalTask(
      Mode mode, int seqLen, Cell cell, int hiddenSize, int layers, boolean bidirectional) {
    this.mode = mode;
    this.seqLen = seqLen;
    this.rnn = new RnnConfig(cell, SeasonalWindow.INPUTS, hiddenSize, layers, bidirectional, true);
    this.shape = network();
  }

  private TrainableSeasonalNetwork network() {
    return new TrainableSeasonalNetwork(mode, rnn, seqLen, BaseTrainer.LONGEST);
  }

  @Override
  public int parameterCount() {
    return shape.count();
  }

  @Override
  public float[] initial(long seed) {
    return shape.initial(seed);
  }

  @Override
  public void decay(float[] weights, float factor) {
    shape.decay(weights, factor);
  }

  /** Steps ahead that the network is trained with at once: all, if its head has all. */
  private int steps(int horizon) {
    return mode == Mode.MANY_TO_ONE ? BaseTrainer.LONGEST : horizon;
  }

  @Override
  public SeasonalSamples samples(TrainingSeries series, int horizon, long seed) {
    int ahead = steps(horizon);
    SplittableRandom random = new SplittableRandom(seed);
    LearnerSettings settings = LearnerSettings.network(ahead);
    SeasonalInputs inputs = new SeasonalInputs(mode, seqLen, ahead);
    Learner learner = new Learner(settings, List.of(new Reader(inputs, seqLen)));
    boolean fits = 3 * series.season() <= series.values().length;
    int season = !fits || random.nextDouble() < NO_SEASON ? LearnerSettings.NONE : series.season();
    LearnerState state = learner.newSeries(series.family(), season);
    double[] values = series.values();
    SeasonalSamples samples = new SeasonalSamples(inputs.input().length, ahead);
    double[] naive = new double[ahead];
    double[] seasonal = new double[ahead];
    for (int t = 0; t < values.length - 1; t++) {
      learner.observe(state, t, values[t]);
      if (random.nextDouble() < (t < YOUNG ? OF_YOUNG : OF_OLDER) && inputs.scale() > 0) {
        samples.add(inputs, values, t);
      }
      if (t >= FIRST_SCORED) {
        for (int i = 1; i <= ahead && t + i < values.length; i++) {
          naive[i - 1] += Math.abs(values[t + i] - values[t]);
          seasonal[i - 1] += Math.abs(values[t + i] - values[t] - inputs.candidate(i, 1));
        }
      }
    }
    double[] better = new double[ahead];
    for (int i = 1; i <= ahead; i++) {
      int count = Math.max(1, values.length - FIRST_SCORED - i);
      better[i - 1] = Math.min(naive[i - 1], seasonal[i - 1]) / count;
    }
    samples.relativeTo(better);
    return samples;
  }

  @Override
  public int count(SeasonalSamples samples) {
    return samples.count();
  }

  @Override
  public Shard<SeasonalSamples> shard() {
    return new Part();
  }

  @Override
  public ForecastModel model(
      String name, long version, float[] weights, Map<String, String> provenance) {
    return new ForecastModel(
        name,
        version,
        mode,
        rnn,
        seqLen,
        BaseTrainer.LONGEST,
        Readout.FINAL_HIDDEN,
        Scaling.NONE,
        Arrays.copyOf(weights, rnn.parameterCount()),
        shape.head(weights),
        List.of(),
        AheadInputs.NONE,
        SeasonalWindow.CANDIDATES,
        provenance);
  }

  /** What training must have in common with a saved state to go on from it. */
  @Override
  public String toString() {
    return "%s %d %s".formatted(mode.label(), seqLen, rnn);
  }

  private record Reader(SeasonalInputs inputs, int seqLen) implements Expert {
    @Override
    public String name() {
      return "inputs";
    }

    @Override
    public int replay() {
      return seqLen;
    }

    @Override
    public void forecast(History history, ExpertState state, double[] out) {
      inputs.fill(history);
      Arrays.fill(out, history.newest());
    }
  }

  /** One part of a batch. */
  private final class Part implements Shard<SeasonalSamples> {

    private final TrainableSeasonalNetwork network = network();
    private final float[] gradient = new float[shape.count()];

    @Override
    public float[] gradient() {
      return gradient;
    }

    @Override
    public synchronized double learn(
        float[] weights,
        List<SeasonalSamples> samples,
        long[] order,
        int from,
        int end,
        int all,
        SplittableRandom random) {
      int horizon = samples.get(0).horizon(); // that of the round
      SeasonalSamples.Batch batch = batch(end - from, horizon);
      for (int i = from; i < end; i++) {
        samples.get((int) (order[i] >> 32)).copy((int) order[i], batch, i - from);
        if (random.nextDouble() < FLIPPED) {
          batch.flip(i - from);
        }
      }
      float[] keep = Shard.kept(network.outputs(batch.size, horizon), DROPPED, random);
      Arrays.fill(gradient, 0);
      network.load(weights);
      float[] results =
          network.forward(batch.inputs, batch.size, horizon, batch.candidates, batch.units, keep);
      float[] dResults = new float[batch.targets.length];
      double loss = loss(batch, results, dResults, all * horizon);
      network.backward(dResults, gradient);
      return loss;
    }

    private SeasonalSamples.Batch batch(int size, int horizon) {
      int steps = SeasonalInputs.steps(mode, seqLen, horizon);
      return new SeasonalSamples.Batch(size, steps, horizon, mode == Mode.MANY_TO_MANY);
    }

    @Override
    public synchronized double[] score(float[] weights, SeasonalSamples samples) {
      network.load(weights);
      int horizon = samples.horizon();
      double loss = 0;
      for (int from = 0; from < samples.count(); from += SCORED) {
        SeasonalSamples.Batch batch = batch(Math.min(SCORED, samples.count() - from), horizon);
        for (int i = 0; i < batch.size; i++) {
          samples.copy(from + i, batch, i);
        }
        float[] results =
            network.forward(batch.inputs, batch.size, horizon, batch.candidates, batch.units, null);
        loss += loss(batch, results, new float[results.length], 1);
      }
      return new double[] {loss, (double) samples.count() * horizon};
    }

    /** Relative absolute errors, smooth near 0. */
    private static double loss(
        SeasonalSamples.Batch batch, float[] results, float[] dResults, int all) {
      double loss = 0;
      for (int i = 0; i < batch.targets.length; i++) {
        double weight = batch.weights[i];
        double error = weight * (results[i] - batch.targets[i]);
        double size = Math.sqrt(error * error + SMOOTH * SMOOTH);
        loss += (size - SMOOTH) / all;
        dResults[i] = (float) (weight * error / size / all);
      }
      return loss;
    }
  }
}
