package dev.weir.spec;

import dev.weir.forecast.Bounds;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.engine.CovariateRule;
import dev.weir.forecast.engine.ExplanationSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.forecast.window.InitialState;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import dev.weir.option.AnomalyOptions;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import dev.weir.option.Seasons;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The specification of a forecast. The job file, SQL, the command line and the library set the
 * given options; all others have the default that their option declares. {@link #settings} checks
 * all of them together. Not thread-safe.
 */
public final class ForecastSpec extends Spec {

  /** The options that describe a model's file; the file overrides them. */
  private static final List<Option<?>> OF_FILE =
      List.of(ForecastOptions.SCALING, ForecastOptions.READOUT, ForecastOptions.CELL);

  private static final String UNLEARNED =
      "expected false without a forecast that learns each series, got true";

  /** A horizon for which each learner has its usual size. */
  private static final int USUAL_HORIZON = 100;

  /**
   * @param model name; null for no model
   * @param initial null if it comes later
   */
  private record Part(Mode mode, String model, ForecastModel initial) {}

  private final List<Part> parts = new ArrayList<>();
  private HolidaySettings holidays;
  private AlarmRules alarms;
  private ExplanationSettings names = ExplanationSettings.NUMBERED;

  /** With each option's default. */
  public ForecastSpec(Front front) {
    super(front);
  }

  /** A copy. */
  public ForecastSpec(ForecastSpec other) {
    super(other);
    parts.addAll(other.parts);
    holidays = other.holidays;
    alarms = other.alarms;
    names = other.names;
  }

  /** Holidays of the mixture; null for none. */
  public void holidays(HolidaySettings of) {
    holidays = of;
  }

  /** Alarms of the first forecast that learns; null for none. */
  public void alarms(AlarmRules of) {
    alarms = of;
  }

  /** Names of the covariates in explanations. */
  public void names(ExplanationSettings of) {
    names = of;
  }

  private boolean learns() {
    return get(ForecastOptions.LEARNING);
  }

  private <T> T get(Mode mode, Option<T> option) {
    return get(front.in(mode, option));
  }

  /** Values in the forecast of a mode. */
  public int horizon(Mode mode) {
    boolean asWindow = mode == Mode.MANY_TO_MANY && !has(front.in(mode, ForecastOptions.HORIZON));
    return asWindow ? get(ForecastOptions.SEQ_LEN) : get(mode, ForecastOptions.HORIZON);
  }

  /**
   * Adds a forecast.
   *
   * @param model name of the model that takes part; null for none
   * @param initial the model to start with; null if it comes later
   */
  public void add(Mode mode, String model, ForecastModel initial) {
    parts.add(new Part(mode, model, initial));
  }

  /** Takes the model's sizes where none are given, as far as it has its own. */
  public void takeSizes(ForecastModel model) {
    if (!model.combines() && !has(ForecastOptions.SEQ_LEN)) {
      set(ForecastOptions.SEQ_LEN, model.seqLen());
    }
    if (!model.combines() && !has(ForecastOptions.HORIZON)) {
      set(ForecastOptions.HORIZON, model.horizon());
    }
    if (!has(ForecastOptions.CALENDAR)) {
      set(ForecastOptions.CALENDAR, model.calendar());
    }
  }

  /**
   * Reads a model with the options that describe its file.
   *
   * @param seqLen values in a window if the file has none; null: required in the file
   * @return null beside a problem
   */
  public ForecastModel read(Mode mode, String name, byte[] file, String where, Integer seqLen) {
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            name,
            mode,
            seqLen,
            get(mode, ForecastOptions.READOUT),
            get(mode, ForecastOptions.SCALING),
            get(mode, ForecastOptions.CELL),
            get(ForecastOptions.CALENDAR));
    try {
      ForecastModel model = ModelFiles.fromBytes(file, defaults, where);
      for (ModelFiles.Contradiction other : defaults.contradictions(model)) {
        for (Option<?> option : OF_FILE) {
          if (other.key().equals("weir." + option.name())) {
            problem(mode, option, other.toString());
          }
        }
      }
      return model;
    } catch (ModelFormatException e) {
      problem(mode, ForecastOptions.FILE, e.getMessage());
      return null;
    }
  }

  /**
   * The settings, after all checks.
   *
   * @throws RuntimeException of the front, if there is a problem
   */
  public ForecastSettings settings() {
    checkNeeds();
    checkTimes();
    checkState();
    Sampling sampling = sampling();
    StateLimits limits = limits(sampling);
    SeasonCounts seasons = seasons();
    Covariates.Count covariates = covariates();
    List<ModeSettings> modes = modes(seasons, covariates);
    front.stop();
    ForecastSettings settings =
        new ForecastSettings(
            get(ForecastOptions.SEQ_LEN),
            get(ForecastOptions.STRIDE),
            get(ForecastOptions.STATE),
            get(ForecastOptions.OUT_OF_ORDERNESS),
            sampling,
            new ForecastSettings.Inputs(
                get(ForecastOptions.FEATURES),
                get(ForecastOptions.FEATURES_AHEAD),
                get(ForecastOptions.CALENDAR),
                get(ForecastOptions.TIME_ZONE)),
            limits,
            modes);
    checkModels(settings);
    front.stop();
    return settings;
  }

  private List<ModeSettings> modes(SeasonCounts seasons, Covariates.Count covariates) {
    Bounds bounds = bounds();
    OutsideModels outside = outside(covariates);
    AlarmRules unused = alarms;
    List<ModeSettings> modes = new ArrayList<>();
    for (Part part : parts) {
      Learning learning = learning(part, seasons, covariates, outside, unused);
      unused = learning == null ? unused : null;
      String model = part.model == null && learning == null ? "" : part.model; // a problem is noted
      byte[] initial = part.initial == null ? null : ModelFiles.toBytes(part.initial);
      modes.add(new ModeSettings(part.mode, model, horizon(part.mode), initial, learning, bounds));
    }
    boolean isLearned = modes.stream().anyMatch(mode -> mode.learning() != null);
    if (!isLearned && alarms != null) {
      front.problem(AnomalyOptions.ENABLED, UNLEARNED);
    }
    boolean isSpaced = get(ForecastOptions.SEQ_LEN) > 1 || has(ForecastOptions.INTERVAL);
    if (alarms != null && alarms.needsSpacing() && !isSpaced) {
      front.problem(
          AnomalyOptions.BUDGET,
          "expected %s or %s above 1 with a budget in time, got neither"
              .formatted(
                  front.name(ForecastOptions.INTERVAL), front.name(ForecastOptions.SEQ_LEN)));
    }
    if (!isLearned && get(ForecastOptions.EXPLAIN)) {
      front.problem(ForecastOptions.EXPLAIN, UNLEARNED);
    }
    return modes;
  }

  /** Null for a model that forecasts alone, and beside a problem. */
  private Learning learning(
      Part part,
      SeasonCounts seasons,
      Covariates.Count covariates,
      OutsideModels outside,
      AlarmRules rules) {
    int horizon = horizon(part.mode);
    int seqLen = get(ForecastOptions.SEQ_LEN);
    boolean isAlone = !learns() && part.initial != null; // then the file has its horizon
    if (part.mode == Mode.MANY_TO_MANY && horizon != seqLen && !isAlone) {
      problem(
          part.mode,
          ForecastOptions.HORIZON,
          "expected %s (%d), since each step answers for one value, got %d"
              .formatted(front.name(ForecastOptions.SEQ_LEN), seqLen, horizon));
    }
    if (!learns() && part.model == null) {
      Option<?> option = front.modelsArrive() ? ForecastOptions.MODEL : ForecastOptions.FILE;
      problem(part.mode, option, "expected a model where nothing is learned, got none");
    }
    checkFile(part);
    LearnerSettings learner = learner(part, horizon, seasons, covariates, outside);
    if (learner == null) {
      return null;
    }
    return new Learning(
        learner,
        seasons.first(),
        get(ForecastOptions.SCORES_EVERY),
        rules,
        get(ForecastOptions.EXPLAIN) ? names : null);
  }

  /** Options that describe a file need a file. */
  private void checkFile(Part part) {
    Option<?> file = front.in(part.mode, ForecastOptions.FILE);
    Option<?> name = front.in(part.mode, ForecastOptions.MODEL);
    if (front.modelsArrive() && part.model == null && has(file)) {
      front.problem(file, "expected %s as well, got none".formatted(front.name(name)));
    }
    if (front.modelsArrive() ? has(file) : part.model != null) {
      return;
    }
    List<Option<?>> options = new ArrayList<>(OF_FILE);
    if (!front.modelsArrive()) {
      options.addAll(List.of(ForecastOptions.MODEL, ForecastOptions.CALENDAR));
    }
    for (Option<?> option : options) {
      if (has(front.in(part.mode, option))) {
        problem(part.mode, option, "expected %s as well, got none".formatted(front.name(file)));
      }
    }
  }

  private LearnerSettings learner(
      Part part,
      int horizon,
      SeasonCounts seasons,
      Covariates.Count covariates,
      OutsideModels outside) {
    LearnerSettings usual = learner(part, Math.min(horizon, USUAL_HORIZON));
    if (usual == null) {
      return null;
    }
    if (horizon > usual.maxHorizon()) {
      problem(
          part.mode,
          ForecastOptions.HORIZON,
          "expected at most %d for a learner of this size, got %d"
              .formatted(usual.maxHorizon(), horizon));
      return null;
    }
    LearnerSettings learner = learner(part, horizon);
    for (ForecastOptions.OfLearner<?> of : ForecastOptions.OF_LEARNER) {
      learner = changed(learner, of);
    }
    return !learns()
        ? learner
        : learner
            .withCovariates(covariates)
            .withSecondSeason(seasons.second())
            .withHolidays(holidays)
            .withOutside(outside);
  }

  private <T> LearnerSettings changed(LearnerSettings learner, ForecastOptions.OfLearner<T> of) {
    return of.change().apply(learner, get(of.option()));
  }

  /** The models outside, with columns after those of the covariates. */
  private OutsideModels outside(Covariates.Count covariates) {
    List<String> names = get(ForecastOptions.OUTSIDE);
    boolean hasSome = !names.isEmpty();
    String problem = null;
    if (hasSome && !learns()) {
      problem = "expected none without a mixture that learns, got " + names;
    } else if (new HashSet<>(names).size() < names.size()) {
      problem = "expected each name once, got " + names;
    } else if (hasSome && covariates.ahead() < get(ForecastOptions.FEATURES_AHEAD)) {
      problem = "expected learning.covariates: true, since covariates come with it, got false";
    }
    if (problem != null) {
      front.problem(ForecastOptions.OUTSIDE, problem);
      return OutsideModels.NONE;
    }
    return new OutsideModels(names);
  }

  private LearnerSettings learner(Part part, int horizon) {
    if (learns()) {
      return switch (get(ForecastOptions.SIZE)) {
        case SMALL -> LearnerSettings.small(horizon);
        case DEFAULT -> LearnerSettings.defaults(horizon);
      };
    }
    return part.initial == null ? null : LearnerSettings.following(part.initial, horizon);
  }

  /** Reports holidays and zones that nothing reads. */
  private void checkTimes() {
    if (parts.isEmpty()) {
      return;
    }
    Option<?> holiday = firstOf("holidays");
    String problem = HolidayOptions.problemWith(get(ForecastOptions.INTERVAL));
    if (holiday != null && problem != null) {
      front.problem(ForecastOptions.INTERVAL, problem);
    }
    if (holiday != null && !learns()) {
      front.problem(holiday, "expected none without a mixture that learns, got some");
    }
    boolean isUnread =
        !front.modelsArrive()
            && parts.stream().anyMatch(part -> part.model != null && part.initial == null);
    boolean hasCalendar = isUnread || !get(ForecastOptions.CALENDAR).isEmpty();
    if (has(ForecastOptions.TIME_ZONE) && !hasCalendar && holiday == null) {
      front.problem(
          ForecastOptions.TIME_ZONE,
          "expected holidays or %s as well, got neither"
              .formatted(front.name(ForecastOptions.CALENDAR)));
    }
  }

  /** A carried state needs windows without gaps between them. */
  private void checkState() {
    if (get(ForecastOptions.STATE) == InitialState.FRESH) {
      return;
    }
    int stride = get(ForecastOptions.STRIDE);
    int seqLen = get(ForecastOptions.SEQ_LEN);
    if (learns() || parts.isEmpty()) {
      front.problem(
          ForecastOptions.STATE,
          "expected fresh without a network that forecasts alone (%s: off), got carry"
              .formatted(front.name(ForecastOptions.LEARNING)));
      return;
    }
    boolean isMany = parts.stream().anyMatch(part -> part.mode == Mode.MANY_TO_MANY);
    if (stride != seqLen && (isMany || stride != 1)) {
      front.problem(
          ForecastOptions.STRIDE,
          (isMany ? "expected %s (%d) for many-to-many with" : "expected 1 or %s (%d) with")
              .concat(" %s: carry, got %d")
              .formatted(
                  front.name(ForecastOptions.SEQ_LEN),
                  seqLen,
                  front.name(ForecastOptions.STATE),
                  stride));
    }
  }

  private Sampling sampling() {
    Duration interval = get(ForecastOptions.INTERVAL);
    if (interval == null) {
      return Sampling.BY_COUNT;
    }
    Gap gap = get(ForecastOptions.GAP);
    if (has(ForecastOptions.MAX_FILL) && gap != Gap.CARRY && gap != Gap.LINEAR) {
      front.problem(
          ForecastOptions.MAX_FILL,
          "expected %s carry or linear as well, since nothing else fills, got %s"
              .formatted(front.name(ForecastOptions.GAP), Option.text(gap)));
    }
    return new Sampling(interval, gap, get(ForecastOptions.MAX_FILL));
  }

  private StateLimits limits(Sampling sampling) {
    if (!sampling.isByCount()) {
      checkTtl(ForecastOptions.INTERVAL);
    }
    checkTtl(ForecastOptions.OUT_OF_ORDERNESS);
    return limits();
  }

  private Bounds bounds() {
    Double min = get(BoundsOptions.MIN);
    Double max = get(BoundsOptions.MAX);
    boolean integer = get(BoundsOptions.INTEGER);
    if (min != null && max != null && !(min < max)) {
      front.problem(
          BoundsOptions.MIN,
          "expected less than %s (%s), got %s".formatted(front.name(BoundsOptions.MAX), max, min));
      return Bounds.NONE;
    }
    for (Option<Double> option : List.of(BoundsOptions.MIN, BoundsOptions.MAX)) {
      Double bound = get(option);
      if (integer && bound != null && bound != Math.rint(bound)) {
        front.problem(
            option,
            "expected a whole number with %s, got %s"
                .formatted(front.name(BoundsOptions.INTEGER), bound));
        return Bounds.NONE;
      }
    }
    return Bounds.of(min, max, integer);
  }

  private SeasonCounts seasons() {
    Seasons seasons = get(ForecastOptions.SEASON);
    try {
      SeasonCounts counts =
          seasons.in(get(ForecastOptions.INTERVAL), front.name(ForecastOptions.INTERVAL));
      if (learns() || !counts.areTwo()) {
        return counts;
      }
      front.problem(
          ForecastOptions.SEASON, "expected one season where learning is off, got " + seasons);
    } catch (IllegalArgumentException e) {
      front.problem(ForecastOptions.SEASON, e.getMessage());
    }
    return SeasonCounts.AUTO;
  }

  /** The covariates that the mixture learns from. */
  private Covariates.Count covariates() {
    int observed = get(ForecastOptions.FEATURES);
    int ahead = get(ForecastOptions.FEATURES_AHEAD);
    if (!learns() || !get(ForecastOptions.COVARIATES) || parts.isEmpty()) {
      return Covariates.Count.NONE;
    }
    boolean hasModel = parts.stream().anyMatch(part -> part.model != null);
    boolean isAsked = has(ForecastOptions.COVARIATES) || !hasModel; // else the model may read them
    if (observed + ahead > CovariateRule.MAX && (isAsked || ahead > 0)) {
      front.problem(
          ahead > 0 ? ForecastOptions.FEATURES_AHEAD : ForecastOptions.FEATURES,
          "expected at most %d covariates, got %d by %s and %d by %s"
              .formatted(
                  CovariateRule.MAX,
                  observed,
                  front.name(ForecastOptions.FEATURES),
                  ahead,
                  front.name(ForecastOptions.FEATURES_AHEAD)));
    }
    return CovariateRule.learned(observed, ahead);
  }

  private void checkModels(ForecastSettings settings) {
    int ahead = settings.inputs().ahead();
    boolean isRead = learns() && get(ForecastOptions.COVARIATES);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      ForecastModel model = part.initial;
      isRead |=
          model == null || front.modelsArrive()
              ? part.model != null && settings.columnsKept() > 0
              : model.ahead().count() > 0;
      if (model == null) {
        continue;
      }
      String problem = settings.problemWith(model, settings.modes().get(i));
      if (problem != null) {
        problem(part.mode, ForecastOptions.FILE, problem);
      }
    }
    if (ahead > 0 && !isRead) {
      front.problem(
          ForecastOptions.FEATURES_AHEAD,
          "expected 0 where nothing is learned from them and no model reads them, got " + ahead);
    }
  }

  private void problem(Mode mode, Option<?> option, String message) {
    front.problem(front.in(mode, option), message);
  }
}
