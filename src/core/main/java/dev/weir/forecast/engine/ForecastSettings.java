package dev.weir.forecast.engine;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.candidate.CandidateKinds;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.InitialState;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Model;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;

/**
 * What the forecast operator is configured with. Goes to the tasks with the job graph.
 *
 * @param seqLen values in a window
 * @param stride observations from one window to the next
 * @param state with what a network that forecasts alone begins a window
 * @param outOfOrderness how long a series waits for an earlier observation; zero: not at all
 * @param sampling how often a series is observed, and what becomes of what is missing
 * @param inputs what is read in addition to the values
 * @param limits how much is kept of the series
 * @param modes the forecasts to make of each window, at most one for each mode; none where a job
 *     only classifies
 */
public record ForecastSettings(
    int seqLen,
    int stride,
    InitialState state,
    Duration outOfOrderness,
    Sampling sampling,
    Inputs inputs,
    StateLimits limits,
    List<ModeSettings> modes)
    implements Serializable {

  public ForecastSettings {
    modes = List.copyOf(modes);
    if (modes.stream().map(ModeSettings::mode).distinct().count() < modes.size()) {
      throw new IllegalArgumentException("modes: expected each mode once, got " + modes);
    }
  }

  /**
   * What is read in addition to the values.
   *
   * @param features covariates of each observation
   * @param ahead covariates known ahead that come with each observation
   * @param calendar what base models read of each observation's time
   * @param zone of the local time that the calendar reads
   */
  public record Inputs(int features, int ahead, List<Calendar> calendar, ZoneId zone)
      implements Serializable {

    public Inputs {
      calendar = List.copyOf(calendar);
    }
  }

  /** The same of one forecast, of series that come in order, by count, and are all kept. */
  public ForecastSettings inOrder(ModeSettings mode) {
    return inOrder(mode, inputs);
  }

  /**
   * As {@link #inOrder(ModeSettings)}, with other inputs. Of each value a many-to-many network
   * reads a window of its own, which follows no other.
   */
  public ForecastSettings inOrder(ModeSettings mode, Inputs others) {
    boolean goesOn = mode.learning() == null && mode.mode() == Mode.MANY_TO_ONE;
    return new ForecastSettings(
        seqLen,
        1,
        goesOn ? state : InitialState.FRESH,
        Duration.ZERO,
        Sampling.BY_COUNT,
        others,
        StateLimits.NONE,
        List.of(mode));
  }

  /** The same with another sampling. */
  public ForecastSettings withSampling(Sampling other) {
    return new ForecastSettings(
        seqLen, stride, state, outOfOrderness, other, inputs, limits, modes);
  }

  /**
   * One forecast to make of each window.
   *
   * @param mode which outputs of the network become the forecast
   * @param model name of the model that makes it, or takes part in it; null when none does
   * @param horizon values in the forecast
   * @param initialModel the model to start with until the model topic brings one, as safetensors
   *     bytes; null if absent
   * @param learning how each series is learned; null: the model alone makes the forecast
   * @param bounds where forecasts and intervals lie
   */
  public record ModeSettings(
      Mode mode, String model, int horizon, byte[] initialModel, Learning learning, Bounds bounds)
      implements Serializable {

    /** Without bounds. */
    public ModeSettings(
        Mode mode, String model, int horizon, byte[] initialModel, Learning learning) {
      this(mode, model, horizon, initialModel, learning, Bounds.NONE);
    }

    public ModeSettings {
      if (model == null && learning == null) {
        throw new IllegalArgumentException(
            mode.label() + ": expected a model, learning or both, got neither");
      }
    }

    /** The same, learned in another way; null: not learned. */
    public ModeSettings withLearning(Learning other) {
      return new ModeSettings(mode, model, horizon, initialModel, other, bounds);
    }

    /** The same within bounds. */
    public ModeSettings withBounds(Bounds other) {
      return new ModeSettings(mode, model, horizon, initialModel, learning, other);
    }

    /** The model to start with; null if absent. */
    public ForecastModel initial() {
      try {
        return initialModel == null
            ? null
            : ModelFiles.fromBytes(initialModel, ModelFiles.Defaults.NONE, "initial model");
      } catch (ModelFormatException e) {
        throw new IllegalStateException("a model that was just written must be readable", e);
      }
    }

    /** Which alarms are reported; null: none. */
    AlarmRules alarms() {
      return learning == null ? null : learning.alarms();
    }

    /** Whether its model may be one that reads windows, and so covariates known ahead. */
    private boolean mayReadWindows() {
      return model != null && (learning == null || !learning.learner().isAlone());
    }

    @Override
    public String toString() {
      return mode.label() + " by " + model;
    }
  }

  /**
   * How each series is learned.
   *
   * @param learner experts, mixture and intervals
   * @param season observations in a season, or {@link LearnerSettings#AUTO}
   * @param scoresEvery a score after so many observations of a series; 0: none
   * @param alarms which alarms are reported; null: none
   * @param explanation how forecasts are explained; null: not at all
   */
  public record Learning(
      LearnerSettings learner,
      int season,
      int scoresEvery,
      AlarmRules alarms,
      ExplanationSettings explanation)
      implements Serializable {

    /** Without explanations. */
    public Learning(LearnerSettings learner, int season, int scoresEvery, AlarmRules alarms) {
      this(learner, season, scoresEvery, alarms, null);
    }

    /** Without alarms. */
    public Learning(LearnerSettings learner, int season, int scoresEvery) {
      this(learner, season, scoresEvery, (AlarmRules) null);
    }

    /**
     * With the same alarms for all series.
     *
     * @param incidents null for none
     */
    public Learning(
        LearnerSettings learner, int season, int scoresEvery, IncidentSettings incidents) {
      this(learner, season, scoresEvery, incidents == null ? null : AlarmRules.of(incidents));
    }
  }

  /** Which alarms are reported, by the first mode that has some; null: none. */
  public AlarmRules alarms() {
    return modes.stream()
        .map(ModeSettings::alarms)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Whether networks begin a window with what the last one left. */
  public boolean carries() {
    return state == InitialState.CARRY;
  }

  /** Covariates known ahead that an observation may have; -1 for any if nothing is forecast. */
  public int covariatesAhead() {
    return modes.isEmpty() ? -1 : inputs.ahead;
  }

  /** Numbers known ahead for each step: covariates, then what outside models forecast. */
  public int columnsAhead() {
    return inputs.ahead + outsideColumns();
  }

  /** Columns that the outside models have among the numbers known ahead. */
  public int outsideColumns() {
    return modes.stream()
        .filter(mode -> mode.learning() != null)
        .map(mode -> mode.learning().learner())
        .mapToInt(learner -> learner.outside().count())
        .findFirst()
        .orElse(0);
  }

  /** Numbers known ahead of an observation, at most: for each step of the longest forecast. */
  public int ahead() {
    return columnsAhead() * modes.stream().mapToInt(ModeSettings::horizon).max().orElse(0);
  }

  /** Covariates known ahead that are kept with a window, since a model may read them. */
  public int columnsKept() {
    boolean isRead = outsideColumns() == 0 && modes.stream().anyMatch(ModeSettings::mayReadWindows);
    return isRead ? inputs.ahead : 0;
  }

  /** Why the model can't make the forecasts of this mode, in one line; null when it can. */
  public String problemWith(Model model, ModeSettings mode) {
    String problem =
        model instanceof ForecastModel forecaster
            ? problem(forecaster, mode)
            : "kind: expected a network that forecasts, got one that classifies";
    return problem == null
        ? null
        : "%s (model %s version %d)".formatted(problem, model.name(), model.version());
  }

  private String problem(ForecastModel model, ModeSettings mode) {
    LearnerSettings learner = mode.learning() == null ? null : mode.learning().learner();
    String carrying = carries() ? problemWithCarrying(model) : null;
    if (carrying != null) {
      return carrying;
    }
    if (model.combines()) {
      return learner == null || !learner.combines()
          ? "kind: expected a network that reads windows, got one that combines forecasts"
          : CandidateKinds.problemWith(model.candidates());
    }
    if (learner != null && learner.isAlone()) {
      return "kind: expected a network that combines forecasts, as the job began with, got one that"
          + " reads windows";
    }
    int ahead = model.ahead().inputs(mode.horizon());
    int inputSize = 1 + inputs.features + Calendar.inputs(inputs.calendar) + ahead;
    if (model.mode() != mode.mode()) {
      return mismatch("mode", mode.mode().label(), model.mode().label());
    }
    if (model.seqLen() != seqLen) {
      return mismatch("seq_len", seqLen, model.seqLen());
    }
    if (model.horizon() != mode.horizon()) {
      return mismatch("horizon", mode.horizon(), model.horizon());
    }
    if (!model.calendar().equals(inputs.calendar)) {
      return "calendar: expected [%s], got [%s]"
          .formatted(Calendar.labels(inputs.calendar), Calendar.labels(model.calendar()));
    }
    if (model.ahead().count() > 0 && outsideColumns() > 0) {
      return "ahead: expected a model that reads no covariates known ahead, since there are outside"
          + " models, got one that does";
    }
    if (model.ahead().count() > 0 && model.ahead().count() != inputs.ahead) {
      return mismatch("ahead", inputs.ahead, model.ahead().count());
    }
    if (model.rnn().inputSize() != inputSize) {
      String what =
          "input_size (1 + features%s%s)"
              .formatted(
                  inputs.calendar.isEmpty() ? "" : " + 2 for each of the calendar",
                  ahead == 0 ? "" : " + horizon for each of ahead");
      return mismatch(what, inputSize, model.rnn().inputSize());
    }
    return null;
  }

  /** Why a network can't begin a window with what the last one left; null if it can. */
  private static String problemWithCarrying(ForecastModel model) {
    if (!model.candidates().isEmpty()) {
      return "kind: expected a network that reads windows with window.state: carry, got another";
    }
    if (model.rnn().bidirectional()) {
      return "bidirectional: expected a network of one direction with window.state: carry, since"
          + " the other one begins at a window's end, got both";
    }
    if (model.scaling().readsWindow()) {
      return "scaling: expected none or fixed with window.state: carry, since what is carried has"
          + " one scale, got "
          + model.scaling().rule().label();
    }
    return null;
  }

  private static String mismatch(String what, Object expected, Object got) {
    return "%s: expected %s, got %s".formatted(what, expected, got);
  }
}
