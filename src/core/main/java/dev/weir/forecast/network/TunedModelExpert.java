package dev.weir.forecast.network;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertState;
import dev.weir.forecast.expert.FloatSlice;
import dev.weir.forecast.expert.ForecastParts;
import dev.weir.forecast.expert.ForecastParts.Kind;
import dev.weir.forecast.expert.History;
import dev.weir.forecast.expert.NetworkTraining;
import dev.weir.forecast.expert.NetworkTraining.Tuning;
import dev.weir.forecast.expert.Seeds;
import dev.weir.forecast.expert.WeightUpdater;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.TunedCopy;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.model.ForecastModel;
import dev.weir.rnn.Loss;
import java.util.Arrays;
import java.util.Objects;

/**
 * A series' own copy of the base model, tuned to it while it comes in: an expert beside the model
 * as it came, {@link BaseModelExpert}, so that a copy that went wrong costs its share and no more.
 *
 * <p>Tuning a model on one series alone soon makes it worse than it came, so this is done with
 * care. It begins after {@value #START} values; takes one small step for each ({@value #ADAM_RATE}
 * at most, gradient limited to a norm of 1) on the newest window whose targets are known and some
 * drawn from the last {@value #REACH}; and before each, every weight goes back by {@value #PULL} of
 * its way from the base model's. It learns on the scale on which the network forecasts, and
 * forecasts with averaged weights.
 *
 * <p>The copy is part of the series' state as {@link TunedCopy}, tagged with the model that it grew
 * from: 4 floats for each of its weights, nothing before it begins. When another base model is
 * active, whatever its version, a copy of the old one is replaced by one of the new, or goes on if
 * {@link Tuning#KEEP} says so and both have the same shape; it is then drawn to the new one.
 *
 * <p>While there is no copy it says what the base model says: for a young series, for a model of
 * more than {@value #MAX_WEIGHTS} weights or with covariates, and while there is no model. A
 * learner that goes through the past again teaches it nothing twice.
 */
public final class TunedModelExpert implements Expert {

  /** Its name among the experts. */
  public static final String NAME = "base-model-tuned";

  /** Larger models are not tuned: a copy takes 16 bytes of a series' state for each weight. */
  public static final int MAX_WEIGHTS = 1 << 15;

  static final int START = 200;
  private static final int REACH = 512;
  private static final int BATCH = 8;
  private static final double ADAM_RATE = 3e-4;
  private static final double SGD_RATE = 5e-3;
  private static final float PULL = 3e-4f;
  private static final float DELTA = 0.5f;
  private static final double MAX_TARGET = 8; // where the window gives the scale

  private final BaseModelExpert base;
  private final NetworkTraining training;
  private final int seqLen;
  private final int reach;
  private final WeightUpdater updates;

  // told for each value
  private NetworkForecaster told;
  private SequenceWindow window;
  private LearnerState series;
  private long newest;

  // of the current model, made when it changes
  private ForecastModel active;
  private ForecastModel model; // the same; null when it can't be tuned
  private int modelTag;
  private int shapeTag;
  private int count; // of weights
  private float[] start; // (count), the model's own
  private TrainableModel learner;
  private TrainableModel speaker;
  private final FloatSlice weights = new FloatSlice();
  private double[] values; // (seq_len)
  private float[] inputs; // (batch, seq_len)
  private float[] input; // (1, seq_len)
  private float[] targets; // (batch, horizon)
  private boolean[] usable; // (batch, horizon)
  private float[] dAnswers; // (batch, horizon)
  private float[] gradient; // (count)

  /**
   * @param base asked before this one for each value
   * @param seqLen values in the job's windows
   */
  public TunedModelExpert(BaseModelExpert base, int seqLen, NetworkTraining training) {
    this.base = base;
    this.seqLen = seqLen;
    this.training = training;
    this.reach = training.replay() == NetworkTraining.OWN ? REACH : training.replay();
    this.updates =
        new WeightUpdater(
            training.withMethod(training.method(), NetworkTraining.OWN),
            slower(training.learningRate(), ADAM_RATE),
            slower(training.learningRate(), SGD_RATE));
  }

  private static double slower(double rate, double own) {
    return rate == NetworkTraining.OWN ? own : Math.min(rate, own);
  }

  /** Bytes of a copy of this model; 0 when it is too large to be tuned. */
  public int bytes(ForecastModel of) {
    int weights = TrainableModel.count(of);
    return weights > MAX_WEIGHTS ? 0 : Float.BYTES * updates.floats(weights);
  }

  /**
   * What the next value is learned with.
   *
   * @param forecaster null while there is no model
   * @param window ends with the newest value
   * @param newest index of that value in the series' history
   * @param series whose copy it is
   */
  public void use(
      NetworkForecaster forecaster, SequenceWindow window, long newest, LearnerState series) {
    if (forecaster != null && forecaster.model() != active) {
      prepare(forecaster.model());
    }
    told = forecaster;
    this.window = window;
    this.newest = newest;
    this.series = series;
  }

  private void prepare(ForecastModel active) {
    this.active = active;
    boolean tunable =
        active.rnn().inputSize() == 1 // the past is kept without covariates
            && active.seqLen() == seqLen
            && TrainableModel.count(active) <= MAX_WEIGHTS;
    modelTag = active.hashCode();
    model = tunable ? active : null;
    if (!tunable) {
      return;
    }
    shapeTag =
        Objects.hash(
            active.mode().label(),
            active.rnn().cell().name(),
            active.rnn().hiddenSize(),
            active.rnn().numLayers(),
            active.rnn().bidirectional(),
            active.rnn().bias(),
            active.horizon(),
            active.readout().label(),
            active.scaling().rule().label(),
            active.scaling().centers().get(0),
            active.scaling().scales().get(0),
            active.head() == null);
    learner = TrainableModel.of(active);
    speaker = TrainableModel.of(active);
    count = learner.count();
    start = TrainableModel.weights(active);
    gradient = new float[count];
    int answers = BATCH * learner.answers();
    values = new double[seqLen];
    inputs = new float[BATCH * seqLen];
    input = new float[seqLen];
    targets = new float[answers];
    usable = new boolean[answers];
    dAnswers = new float[answers];
  }

  @Override
  public long skippedUpdates() {
    return updates.skipped();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int replay() {
    return reach + seqLen;
  }

  @Override
  public void observe(History history, ExpertState state) {
    if (told == null || history.t() != newest) { // no model, or the learner is in the past
      return;
    }
    TunedCopy copy = series.tuned();
    if (copy != null && !belongs(copy)) {
      copy = null;
      series.tuned(null);
    }
    if (model == null || history.age() < START || !training.isDue(history.t(), history.age())) {
      return;
    }
    long last = history.t() - model.horizon(); // origin of the newest window with known targets
    long first = Math.max(history.oldest() + seqLen - 1, last - reach + 1);
    if (last < first) {
      return;
    }
    if (copy == null) {
      copy = begin();
    }
    if (history.t() <= copy.learned) { // a second look at the newest value
      return;
    }
    copy.learned = history.t();
    for (int step = 0; step < training.steps(); step++) {
      draw(history, first, last, training.steps() * history.t() + step);
      learn(copy.floats);
    }
  }

  private boolean belongs(TunedCopy copy) {
    if (model != null && copy.floats.length != updates.floats(count)) {
      return false; // of other settings, or a coincidence of tags
    }
    return copy.model() == modelTag
        || training.tuning() == Tuning.KEEP && model != null && copy.shape() == shapeTag;
  }

  private TunedCopy begin() {
    float[] floats = new float[updates.floats(count)];
    updates.reset(start, weights.at(floats, 0), count);
    TunedCopy copy = new TunedCopy(model.version(), modelTag, shapeTag, Long.MIN_VALUE, floats);
    series.tuned(copy);
    return copy;
  }

  /** A batch of the newest window and of others before it. */
  private void draw(History history, long first, long last, long number) {
    int horizon = model.horizon();
    for (int k = 0; k < BATCH; k++) {
      long drawn = Seeds.number(history.seed() + number * BATCH + k);
      long origin = k == 0 ? last : last - Long.remainderUnsigned(drawn, last - first + 1);
      for (int i = 0; i < seqLen; i++) {
        values[i] = history.at(origin - seqLen + 1 + i);
      }
      boolean limited = model.scaling().readsWindow();
      double center = model.scaling().center(0, values, 0, seqLen);
      double scale = model.scaling().scale(0, values, 0, seqLen);
      double most = limited ? MAX_TARGET : Float.MAX_VALUE;
      for (int i = 0; i < seqLen; i++) {
        inputs[k * seqLen + i] = (float) ((values[i] - center) / scale);
      }
      // from a flat window nothing can be learned of what comes after
      boolean known = !limited || isMoving() && history.isUsable(scale);
      for (int i = 0; i < horizon; i++) {
        double target = (history.at(origin + 1 + i) - center) / scale;
        targets[k * horizon + i] = (float) Math.max(-most, Math.min(most, target));
        usable[k * horizon + i] = known;
      }
    }
  }

  private boolean isMoving() {
    for (int i = 1; i < seqLen; i++) {
      if (values[i] != values[0]) {
        return true;
      }
    }
    return false;
  }

  private void learn(float[] floats) {
    for (int i = 0; i < count; i++) {
      floats[i] -= PULL * (floats[i] - start[i]);
    }
    learner.load(floats, 0);
    float[] answers = learner.forward(inputs, BATCH);
    double loss = Loss.pseudoHuber(DELTA, answers, targets, usable, targets.length, dAnswers);
    Arrays.fill(gradient, 0f);
    learner.backward(dAnswers, gradient);
    updates.step(loss, gradient, weights.at(floats, 0), count);
  }

  @Override
  public void forecast(History history, ExpertState state, double[] out) {
    TunedCopy copy = told == null || history.t() != newest ? null : series.tuned();
    if (copy == null
        || model == null
        || model.horizon() != out.length
        || !window.isFull()
        || !answer(copy.floats, out)) {
      base.repeat(out);
      return;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = history.clamp(out[i]);
    }
  }

  private boolean answer(float[] floats, double[] out) {
    for (int i = 0; i < seqLen; i++) {
      values[i] = window.value(i);
    }
    double center = model.scaling().center(0, values, 0, seqLen);
    double scale = model.scaling().scale(0, values, 0, seqLen);
    for (int i = 0; i < seqLen; i++) {
      input[i] = (float) ((values[i] - center) / scale);
    }
    speaker.load(floats, count); // the average lies behind the weights
    float[] answers = speaker.forward(input, 1);
    boolean finite = true;
    for (int i = 0; i < out.length; i++) {
      out[i] = center + scale * answers[i];
      finite &= Double.isFinite(out[i]);
    }
    return finite;
  }

  @Override
  public void explain(History history, ExpertState state, ForecastParts parts) {
    parts.addRest(parts.made() == history.newest() ? Kind.RECENT : Kind.NETWORKS);
  }
}
