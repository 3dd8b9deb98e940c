package dev.weir.forecast.expert;

import dev.weir.rnn.Adam;
import dev.weir.rnn.Optimizer;
import dev.weir.rnn.Sgd;
import java.io.Serializable;

/**
 * How the experts that are recurrent networks learn. Where a number is {@link #OWN}, each of them
 * has its own.
 *
 * @param every they learn at every so many values
 * @param start values that a series has before they begin; each needs a few in any case
 * @param steps updates at each learning, twice as many while a series is young
 * @param replay values that a window drawn from the past may reach back
 * @param method what turns gradients into weights
 * @param learningRate of all of them
 * @param lossSteps what {@code birnn} is trained on
 * @param bidirectional whether {@code birnn} and {@code birnn-many-to-many} run both ways
 * @param tuning whether each series tunes a copy of the base model, see there
 */
public record NetworkTraining(
    int every,
    int start,
    int steps,
    int replay,
    Method method,
    double learningRate,
    LossSteps lossSteps,
    boolean bidirectional,
    Tuning tuning)
    implements Serializable {

  /** In place of a number: each network's own. */
  public static final int OWN = 0;

  private static final int MAX_REPLAY = 4096;
  private static final int MAX_STEPS = 16;

  /** What a job uses unless told otherwise. */
  public static final NetworkTraining DEFAULT =
      new NetworkTraining(1, 0, 1, OWN, Method.ADAM, OWN, LossSteps.AFTER_WINDOW, true, Tuning.OFF);

  /** An optimizer, with as much state as it keeps for each weight. */
  public enum Method {
    /** Two averages for each weight. */
    ADAM,
    /** Plain steps, nothing kept. */
    SGD
  }

  /** Which values a network that reads a window is trained to foresee. */
  public enum LossSteps {
    /** Those that follow the window: what a forecast is asked for. */
    AFTER_WINDOW,
    /**
     * At each step of the window those that follow the step. Honest in one direction only: at step
     * j a backward half has read the value of step j + 1, and learns to copy it.
     */
    ALL_STEPS;

    /** Why a network must not be trained on these, in one line; null when it may. */
    public String problemWith(boolean bidirectional) {
      return this == ALL_STEPS && bidirectional
          ? "expected after-window for a bidirectional network, got all-steps: at step j its"
              + " backward half has read the value of step j + 1, so it would learn to copy it"
          : null;
    }
  }

  /** Whether a series has a copy of the base model of its own, and what a new model does to it. */
  public enum Tuning {
    /** The series has no copy. */
    OFF,
    /** A new base model replaces the copy, which begins again from it. */
    REPLACE,
    /** The copy stays when the new base model has its shape, and is replaced when not. */
    KEEP
  }

  public NetworkTraining {
    check(every >= 1 && every <= 1_000, "every", "1 to 1000", every);
    check(start >= 0 && start <= 1_000_000, "start", "0 to 1000000", start);
    check(steps >= 1 && steps <= MAX_STEPS, "steps", "1 to " + MAX_STEPS, steps);
    check(replay >= 0 && replay <= MAX_REPLAY, "replay", "at most " + MAX_REPLAY, replay);
    check(
        learningRate >= 0 && learningRate <= 1,
        "learning rate",
        "at most 1, and above 0",
        learningRate);
    String problem = lossSteps.problemWith(bidirectional);
    if (problem != null) {
      throw new IllegalArgumentException("loss-steps: " + problem);
    }
  }

  private static void check(boolean holds, String what, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException("%s: expected %s, got %s".formatted(what, expected, got));
    }
  }

  public NetworkTraining withEvery(int values) {
    return new NetworkTraining(
        values, start, steps, replay, method, learningRate, lossSteps, bidirectional, tuning);
  }

  public NetworkTraining withStart(int values) {
    return new NetworkTraining(
        every, values, steps, replay, method, learningRate, lossSteps, bidirectional, tuning);
  }

  public NetworkTraining withSteps(int updates) {
    return new NetworkTraining(
        every, start, updates, replay, method, learningRate, lossSteps, bidirectional, tuning);
  }

  public NetworkTraining withReplay(int values) {
    return new NetworkTraining(
        every, start, steps, values, method, learningRate, lossSteps, bidirectional, tuning);
  }

  /**
   * @param rate or {@link #OWN}
   */
  public NetworkTraining withMethod(Method other, double rate) {
    return new NetworkTraining(
        every, start, steps, replay, other, rate, lossSteps, bidirectional, tuning);
  }

  /**
   * @throws IllegalArgumentException when these targets lie within what the network has read
   */
  public NetworkTraining withLossSteps(LossSteps wanted, boolean bothWays) {
    return new NetworkTraining(
        every, start, steps, replay, method, learningRate, wanted, bothWays, tuning);
  }

  public NetworkTraining withTuning(Tuning wanted) {
    return new NetworkTraining(
        every, start, steps, replay, method, learningRate, lossSteps, bidirectional, wanted);
  }

  /**
   * What decides how much is kept of a series and what it means: two of the same layout can go on
   * from each other's memories.
   */
  public NetworkTraining layout() {
    return new NetworkTraining(1, 0, 1, replay, method, OWN, lossSteps, bidirectional, Tuning.OFF);
  }

  /** Saved states contain the hash of the layout's text, so no word in it may change. */
  @Override
  public String toString() {
    return ("NetworkTraining[every=%s, start=%s, steps=%s, replay=%s, method=%s, learningRate=%s,"
            + " targets=%s, bidirectional=%s, tuning=%s]")
        .formatted(
            every, start, steps, replay, method, learningRate, lossSteps, bidirectional, tuning);
  }

  /** Whether a series learns at this value, its {@code age} being the number of values so far. */
  public boolean isDue(long t, long age) {
    return age >= start && t % every == 0;
  }

  int replayOr(int own) {
    return replay == OWN ? own : replay;
  }

  /** With the norm of the gradient limited to 1. */
  Optimizer optimizer(double adamRate, double sgdRate) {
    return switch (method) {
      case ADAM ->
          new Adam(
              learningRate == OWN ? adamRate : learningRate,
              Adam.BETA1,
              Adam.BETA2,
              Adam.EPSILON,
              0,
              1);
      case SGD -> new Sgd(learningRate == OWN ? sgdRate : learningRate, 1);
    };
  }
}
