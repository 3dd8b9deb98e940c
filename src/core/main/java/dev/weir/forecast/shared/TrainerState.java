package dev.weir.forecast.shared;

import dev.weir.forecast.network.WindowTrainer.Window;
import dev.weir.model.ForecastModel;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * All that a {@link SharedTrainer} knows: models, weights in training, samples and counters. Bytes:
 * {@link TrainerStateFormat}. Mutable; only its trainer changes it.
 */
public final class TrainerState {

  final int seqLen;
  final int horizon;
  final int features;

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

  /** Whether a trainer with these settings can go on from here. */
  boolean fits(SharedSettings settings) {
    return seqLen == settings.forecast().seqLen()
        && horizon == settings.target().horizon()
        && features == settings.forecast().inputs().features()
        && (active == null || active.name().equals(settings.target().model()));
  }
}
