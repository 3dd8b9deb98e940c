package dev.weir.forecast.shared;

import dev.weir.forecast.expert.Seeds;
import dev.weir.forecast.network.WindowTrainer;
import dev.weir.forecast.network.WindowTrainer.Window;
import dev.weir.forecast.shared.Publication.Kind;
import dev.weir.forecast.shared.TrainingEvent.ActiveModel;
import dev.weir.forecast.shared.TrainingEvent.SampledValue;
import dev.weir.model.ForecastModel;
import dev.weir.model.LocalClock;
import dev.weir.rnn.WeightAverage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Learns what the series of a job have in common. A candidate, which starts as a copy of the active
 * model, is trained on samples of most series; on those that are held out ({@link
 * BlockSampler#isHeldOut}) the active model and the candidate are compared. After each {@value
 * #ROUND} samples, a round, a candidate that is better becomes the active model; then the model
 * before goes on being compared, and is published again if it turns out to be better.
 *
 * <p>Samples are processed in the order of their time, then of the name of their series, once the
 * watermark says that none is missing. So models depend on the observations alone: not on the order
 * in which series arrive, the number of tasks, restarts, or how fast event time passes. Each sample
 * is compared on or trained on once, after its truth has arrived.
 *
 * <p>Candidates forecast with averaged weights ({@link WeightAverage}). A mini-batch is drawn from
 * a buffer of samples, since samples of one time are alike.
 *
 * <p>Not thread-safe. {@link #state} is all that needs to be saved.
 */
public final class SharedTrainer {

  /** Samples that are trained on from one decision to the next. */
  public static final int ROUND = 1024;

  /** Versions that the trainer keeps to go back to, as {@code weir model publish} does. */
  public static final int KEEP = 10;

  /** Bytes of blocks that may wait for their end; at more, those that end last are dropped. */
  public static final long MAX_WAITING_BYTES = 64 << 20;

  static final int BATCH = 32;
  static final int BUFFER = 512; // samples
  private static final int BUFFER_BYTES = 4 << 20;
  static final double LEARNING_RATE = 0.008; // of a candidate; half after each that failed
  private static final double MIN_LEARNING_RATE = 0.0005;
  private static final double AVERAGE = 0.99; // decay for each step

  private final SharedSettings settings;
  private final LocalClock clock; // of the calendar that models read
  private final TrainerState state;
  private WindowTrainer trainer; // null while there is no model that can be trained
  private float[] activeWeights;
  private float[] previousWeights;
  private boolean untouched; // nothing has been learned, nor is the state a saved one
  private int waitingValues;
  private long waitingBytes;
  private long late; // values dropped as event time had passed their block
  private long crowdedOut; // values dropped for want of room
  private boolean hasCompared; // on a held-out series, since this object was made

  /**
   * @param saved state of a trainer that this one continues; null for a new one
   */
  public SharedTrainer(SharedSettings settings, TrainerState saved) {
    this.settings = settings;
    this.clock = new LocalClock(settings.forecast().inputs().zone());
    this.untouched = saved == null || !saved.fits(settings);
    this.state =
        untouched
            ? new TrainerState(
                settings.forecast().seqLen(),
                settings.target().horizon(),
                settings.forecast().inputs().features())
            : saved;
    for (Block block : state.waiting.values()) {
      waitingValues += block.size;
      waitingBytes += block.bytes();
    }
    if (untouched && settings.target().initialModel() != null) {
      start(settings.target().initial());
    } else {
      attach();
    }
  }

  /** Whether a saved state was not usable, since window, horizon, features or model differ. */
  public boolean isNew() {
    return untouched;
  }

  /** All that needs to be saved; changes with each call. */
  public TrainerState state() {
    return state;
  }

  /**
   * Takes in a value of a block.
   *
   * @return false if it is dropped: event time has passed its block, or too much waits
   */
  public boolean add(SampledValue value) {
    if (value.blockEnd() <= state.learnedUpTo) {
      late++;
      return false;
    }
    Block.Key key = new Block.Key(value.blockEnd(), value.series(), value.blockLength());
    Block block = state.waiting.get(key);
    long before = 0;
    if (block == null) {
      block = new Block(settings.forecast().inputs().features());
      state.waiting.put(key, block);
    } else {
      before = block.bytes();
    }
    if (!block.add(value)) {
      crowdedOut++;
      return false;
    }
    waitingValues++;
    waitingBytes += block.bytes() - before;
    boolean isKept = true;
    while (waitingBytes > MAX_WAITING_BYTES) {
      isKept &= dropLast() != block;
    }
    return isKept;
  }

  /** Drops the block that would wait longest, so that those which end soon get all their values. */
  private Block dropLast() {
    Block last = state.waiting.pollLastEntry().getValue();
    waitingValues -= last.size;
    waitingBytes -= last.bytes();
    crowdedOut += last.size;
    return last;
  }

  /**
   * A model is active. The trainer's own publications come back this way and change nothing; any
   * other model is what the candidate starts from again.
   *
   * @return whether it is such another model
   */
  public boolean use(ActiveModel event) {
    ForecastModel model = event.model();
    if (event.restored() && !untouched && state.active != null) {
      return false; // the state knows better, since a publication may be on its way
    }
    int echo = state.echoes.indexOf(echo(model));
    if (echo >= 0) { // compaction may have removed those before it
      state.echoes.subList(0, echo + 1).clear();
      return false;
    }
    if (model.equals(state.active)) {
      return false;
    }
    state.echoes.clear();
    start(model);
    return true;
  }

  private static long echo(ForecastModel model) {
    return model.version() * 31 + model.hashCode();
  }

  /** The candidate starts from a model that somebody else has made. */
  private void start(ForecastModel model) {
    boolean sameInputs =
        state.active != null && state.active.rnn().inputSize() == model.rnn().inputSize();
    state.active = model;
    state.previous = null;
    state.rollback.clear();
    state.highestVersion = Math.max(state.highestVersion, model.version());
    if (!sameInputs) {
      state.buffer.clear();
      state.incoming.clear();
    }
    state.learningRate = LEARNING_RATE;
    attach();
    restart();
  }

  private void attach() {
    boolean isTrainable = state.active != null && WindowTrainer.problemWith(state.active) == null;
    trainer = isTrainable ? new WindowTrainer(state.active) : null;
    activeWeights = isTrainable ? WindowTrainer.weights(state.active) : null;
    previousWeights = state.previous == null ? null : WindowTrainer.weights(state.previous);
  }

  private void restart() {
    state.weights = trainer == null ? new float[0] : activeWeights.clone();
    state.average = state.weights.clone();
    state.compared = state.weights.clone();
    state.optimizer = new float[trainer == null ? 0 : trainer.optimizerLength()];
    state.steps = 0;
    state.inRound = 0;
    state.candidate.clear();
  }

  /**
   * Event time has reached {@code watermark}: processes the blocks that end until then. While there
   * is no model they wait.
   *
   * @return models to publish, in order
   */
  public List<Publication> advance(long watermark) {
    return advance(watermark, Double.POSITIVE_INFINITY);
  }

  /**
   * The same, but ends once the work has taken {@code nanos}, as {@link TrainingCost} estimates it:
   * then {@link #isBehind} and the next call goes on. What is learned does not depend on it.
   */
  public List<Publication> advance(long watermark, double nanos) {
    List<Publication> publications = new ArrayList<>();
    if (state.active != null && watermark >= state.learnedUpTo) { // saved, so that what is late is
      state.learnedUpTo = watermark == Long.MAX_VALUE ? watermark : watermark + 1; // late again
    }
    double spent = 0;
    while (isBehind() && spent < nanos) {
      Map.Entry<Block.Key, Block> first = state.waiting.pollFirstEntry();
      Block block = first.getValue();
      untouched = false;
      waitingValues -= block.size;
      waitingBytes -= block.bytes();
      if (trainer != null) {
        spent += Math.min(Block.MAX_WINDOWS, block.size) * TrainingCost.training(state.active);
        process(first.getKey(), block, publications);
      }
    }
    return publications;
  }

  /** Whether blocks wait whose end event time has reached. */
  public boolean isBehind() {
    return state.active != null
        && !state.waiting.isEmpty()
        && state.waiting.firstKey().end() <= state.learnedUpTo;
  }

  /** Whether blocks that are due take so much room that they should be processed first. */
  public boolean isCrowded() {
    return waitingBytes > MAX_WAITING_BYTES / 2 && isBehind();
  }

  private void process(Block.Key key, Block block, List<Publication> publications) {
    List<Window> windows =
        block.windows(
            settings.forecast().seqLen(),
            settings.target().horizon(),
            settings.forecast().inputs().features(),
            state.active.calendar(),
            clock);
    if (windows.isEmpty()) {
      return;
    }
    if (BlockSampler.isHeldOut(key.series())) {
      compare(windows);
      return;
    }
    int capacity = capacity();
    for (Window window : windows) {
      if (state.buffer.size() < capacity) {
        state.buffer.add(window);
        continue;
      }
      state.incoming.add(window);
      if (state.incoming.size() == BATCH) {
        train();
        if (state.inRound >= ROUND) {
          endRound(key.end(), publications);
        }
      }
    }
  }

  private int capacity() {
    int bytes =
        Double.BYTES * (settings.forecast().seqLen() + settings.target().horizon())
            + Float.BYTES * settings.forecast().seqLen() * (state.active.rnn().inputSize() - 1);
    return Math.max(BATCH, Math.min(BUFFER, BUFFER_BYTES / bytes));
  }

  private void compare(List<Window> windows) {
    hasCompared = true;
    double naive = trainer.naiveError(windows);
    double active = trainer.error(windows, activeWeights);
    state.candidate.add(active, trainer.error(windows, state.compared), naive);
    if (previousWeights != null) {
      state.rollback.add(trainer.error(windows, previousWeights), active, naive);
    }
  }

  private void train() {
    List<Window> batch = new ArrayList<>(BATCH);
    for (Window window : state.incoming) {
      int slot = (int) Long.remainderUnsigned(Seeds.number(state.draws++), state.buffer.size());
      batch.add(state.buffer.set(slot, window));
    }
    state.incoming.clear();
    trainer.step(batch, state.learningRate, state.weights, state.optimizer);
    state.steps++;
    double decay = Math.min(AVERAGE, (1.0 + state.steps) / (10.0 + state.steps)); // young: shorter
    WeightAverage.update(state.average, 0, state.weights, 0, state.weights.length, decay);
    state.windows += BATCH;
    state.inRound += BATCH;
  }

  private void endRound(long time, List<Publication> publications) {
    state.rounds++;
    state.inRound = 0;
    if (state.previous != null && state.rollback.isSecondWorse()) {
      publications.add(rollBack(time));
      return;
    }
    // small steps of a candidate are beyond chance sooner than what is wrong with the active model:
    // the model before must not be forgotten until that is known
    boolean isWatched = state.previous != null && state.rollback.seemsSecondWorse();
    if (state.candidate.isSecondBetter() && !isWatched) {
      publications.add(publish(time));
    } else if (state.candidate.isSecondWorse()) { // as one whose steps are too large for it
      state.learningRate = Math.max(MIN_LEARNING_RATE, state.learningRate / 2);
      restart();
      return;
    }
    state.candidate.discount();
    state.rollback.discount();
    state.compared = state.average.clone();
    for (float weight : state.compared) {
      if (!Float.isFinite(weight)) {
        restart();
        return;
      }
    }
  }

  private Publication publish(long time) {
    double error = state.candidate.second();
    double before = state.candidate.first();
    long version =
        1
            + Math.max(
                settings.newestVersion(), Math.max(state.highestVersion, state.active.version()));
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("trained_by", "weir job (learning.shared)");
    provenance.put("version_before", Long.toString(state.active.version()));
    provenance.put("until", Instant.ofEpochMilli(time).toString());
    provenance.put("rounds", Long.toString(state.rounds));
    provenance.put("windows", Long.toString(state.windows));
    provenance.put("held_out_rel_mae", String.format(Locale.ROOT, "%.4f", error));
    provenance.put("held_out_rel_mae_before", String.format(Locale.ROOT, "%.4f", before));
    ForecastModel model = trainer.model(state.compared, version, provenance);
    long versionBefore = state.active.version();
    state.previous = state.active;
    state.active = model;
    state.highestVersion = version;
    state.echoes.add(echo(model));
    state.kept.add(version);
    state.candidate.clear();
    state.rollback.clear();
    attach();
    return new Publication(Kind.LEARNED, model, time, versionBefore, error, before, retired());
  }

  /** Versions of the trainer's own beyond those that it keeps, the oldest. */
  private List<Long> retired() {
    List<Long> retired = new ArrayList<>();
    while (state.kept.size() > KEEP) {
      retired.add(state.kept.remove(0));
    }
    return retired;
  }

  private Publication rollBack(long time) {
    double error = state.rollback.first();
    double before = state.rollback.second();
    long versionBefore = state.active.version();
    ForecastModel model = state.previous;
    state.active = model;
    state.previous = null;
    state.rollback.clear();
    state.echoes.add(echo(model));
    attach();
    restart();
    return new Publication(Kind.ROLLED_BACK, model, time, versionBefore, error, before, List.of());
  }

  /** Whether nothing could be compared so far, as no series is held out. */
  public boolean isWithoutHeldOut() {
    return state.rounds >= 10 && state.kept.isEmpty() && !hasCompared;
  }

  /** Rounds so far. */
  public long rounds() {
    return state.rounds;
  }

  /** Samples trained on so far. */
  public long windows() {
    return state.windows;
  }

  /** Whether the model that is active can be trained; false without a model. */
  public boolean isTraining() {
    return trainer != null;
  }

  /** Error of the active model on held-out series, divided by that of repeating the last value. */
  public double activeError() {
    return state.candidate.first();
  }

  /** The same of the candidate; NaN, as the other, before the first sample. */
  public double candidateError() {
    return state.candidate.second();
  }

  /** Values that were dropped since this trainer was made. */
  public long dropped() {
    return late + crowdedOut;
  }

  /** Those that were dropped for want of room. */
  public long crowdedOut() {
    return crowdedOut;
  }

  /** Values that wait for the end of their block. */
  public int waitingValues() {
    return waitingValues;
  }
}
