package dev.weir.forecast.shared;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.network.WindowTrainer;
import dev.weir.forecast.network.WindowTrainer.Window;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * All that a {@link SharedTrainer} knows: models, weights in training, samples and counters.
 * Mutable; only its trainer changes it.
 */
public final class TrainerState {

  /** A damaged length must not exhaust the heap: four times what the largest model needs. */
  private static final int MAX_BYTES = 1 << 26;

  private static final int MAX_NUMBERS = MAX_BYTES / Double.BYTES;

  private static final Window NO_WINDOW = new Window(new double[0], new float[0]);
  private static final Block.Key NO_KEY = new Block.Key(0, "", 0);

  int seqLen;
  int horizon;
  int features;

  /** Blocks whose end event time has not reached, in the order in which they are learned from. */
  final TreeMap<Block.Key, Block> waiting = new TreeMap<>();

  long learnedUpTo = Long.MIN_VALUE; // blocks that end here or before have been processed

  ForecastModel active; // null until there is a model
  ForecastModel previous; // active before, while it is compared; null for none
  final List<Long> echoes = new ArrayList<>(); // of publications that the topic has not brought yet
  final List<Long> kept = new ArrayList<>(); // versions that the trainer published, with copies
  long highestVersion = -1; // of the model so far

  double learningRate;
  float[] weights = {}; // of the candidate
  float[] average = {}; // of its weights
  float[] compared = {}; // average at the end of the last round: what a publication contains
  float[] optimizer = {};

  final ErrorComparison candidate = new ErrorComparison(); // active model, candidate
  final ErrorComparison rollback = new ErrorComparison(); // previous model, active model

  final List<Window> buffer = new ArrayList<>(); // samples to draw from
  final List<Window> incoming = new ArrayList<>(); // the newest, fewer than a mini-batch

  long rounds;
  long windows; // trained on
  long steps; // of the optimizer, since the candidate began
  long draws; // from the buffer
  long inRound; // windows trained on in this round

  TrainerState(int seqLen, int horizon, int features) {
    this.seqLen = seqLen;
    this.horizon = horizon;
    this.features = features;
  }

  /** One without sizes, for a reader of {@link #fields}. */
  public TrainerState() {
    this(0, 0, 0);
  }

  /** Declares the fields; fails if what was read is no such state. */
  public TrainerState fields(StateFields fields) throws IOException {
    seqLen = fields.size("seq_len", seqLen, ForecastModel.MAX_SEQ_LEN);
    horizon = fields.size("horizon", horizon, ForecastModel.MAX_HORIZON);
    features = fields.size("features", features, 1_000);
    learnedUpTo = fields.number("learned up to", learnedUpTo);
    highestVersion = fields.number("highest version", highestVersion);
    rounds = fields.number("rounds", rounds);
    windows = fields.number("windows", windows);
    steps = fields.number("steps", steps);
    draws = fields.number("draws", draws);
    inRound = fields.number("windows in this round", inRound);
    active = model("active model", active, fields);
    previous = model("previous model", previous, fields);
    fields.list("echoes", echoes, MAX_NUMBERS, 0L, (one, each) -> each.number("version", one));
    fields.list("kept", kept, MAX_NUMBERS, 0L, (one, each) -> each.number("version", one));
    learningRate = fields.number("learning rate", learningRate);
    weights = fields.array("weights", weights, MAX_NUMBERS);
    average = fields.array("average", average, MAX_NUMBERS);
    compared = fields.array("compared", compared, MAX_NUMBERS);
    optimizer = fields.array("optimizer", optimizer, MAX_NUMBERS);
    fields.numbers("errors of the candidate", candidate.sums);
    fields.numbers("errors of the previous model", rollback.sums);
    fields.list("samples", buffer, SharedTrainer.BUFFER, NO_WINDOW, TrainerState::window);
    fields.list("newest samples", incoming, SharedTrainer.BATCH, NO_WINDOW, TrainerState::window);
    List<Block.Key> blocks = new ArrayList<>(waiting.keySet());
    int most = (int) (SharedTrainer.MAX_WAITING_BYTES / Block.OVERHEAD);
    fields.list("blocks", blocks, most, NO_KEY, this::block);
    if (fields.reads() && active != null && WindowTrainer.problemWith(active) == null) {
      checkWeights(new WindowTrainer(active).count());
    }
    return this;
  }

  private void checkWeights(int count) throws IOException {
    if (weights.length != count
        || average.length != count
        || compared.length != count
        || optimizer.length != 2 * count + 1) {
      throw new IOException(
          "candidate: expected %d weights, got %d".formatted(count, weights.length));
    }
  }

  private static ForecastModel model(String name, ForecastModel model, StateFields fields)
      throws IOException {
    byte[] bytes = fields.bytes(name, model == null ? null : ModelFiles.toBytes(model), MAX_BYTES);
    return bytes == null ? null : ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, name);
  }

  private static Window window(Window window, StateFields fields) throws IOException {
    return new Window(
        fields.array("values", window.values(), MAX_NUMBERS),
        fields.array("inputs", window.rows(), MAX_NUMBERS));
  }

  private Block.Key block(Block.Key from, StateFields fields) throws IOException {
    Block.Key key =
        new Block.Key(
            fields.number("end", from.end()),
            fields.text("series", from.series(), 1 << 16),
            fields.number("length", from.length()));
    if (key.series() == null) {
      throw new IOException("block: expected the name of a series, got none");
    }
    waiting.computeIfAbsent(key, each -> new Block(features)).fields(features, fields);
    return key;
  }

  /** Whether a trainer with these settings can go on from here. */
  boolean fits(SharedSettings settings) {
    return seqLen == settings.forecast().seqLen()
        && horizon == settings.target().horizon()
        && features == settings.forecast().inputs().features()
        && (active == null || active.name().equals(settings.target().model()));
  }
}
