package dev.weir.cli.evaluate;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.Evaluation.Trial;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.series.OutsideFile;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.Score;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Inputs;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.SeasonCounts;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.forecast.window.StateLimits;
import dev.weir.job.JobSettings;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.spec.ForecastSpec;
import dev.weir.spec.Front;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which forecast is evaluated, and beside which methods.
 *
 * @param settings of the operator, with one mode
 * @param others whose experts are also scored alone; where nothing is learned they only say how far
 *     naive methods forecast
 * @param note what of the job is left out of account, in one line; null for nothing
 * @param outside what outside models forecast; null for nothing
 */
public record EvaluationPlan(
    ForecastSettings settings, LearnerSettings others, String note, OutsideFile outside) {

  private EvaluationPlan(ForecastSettings settings, LearnerSettings others, String note) {
    this(settings, others, note, null);
  }

  /**
   * A model's forecasts, alone or as a part of the mixture; or what any job does without a model.
   *
   * @param model null for none
   * @param learns whether a mixture takes part
   * @param horizon null for the model's, or the default
   * @param seqLen null for the model's, or the default
   * @param ahead covariates known ahead that come with the values of a model; a mixture learns from
   *     them
   */
  static EvaluationPlan of(
      ForecastModel model, boolean learns, Integer horizon, Integer seqLen, int ahead) {
    ForecastSpec spec = new ForecastSpec(new CommandLine());
    spec.set(ForecastOptions.HORIZON, horizon);
    spec.set(ForecastOptions.SEQ_LEN, seqLen);
    if (model != null) {
      spec.takeSizes(model);
      spec.set(ForecastOptions.LEARNING, learns);
      spec.set(ForecastOptions.FEATURES, model.features());
      spec.set(ForecastOptions.FEATURES_AHEAD, ahead);
      spec.set(ForecastOptions.COVARIATES, ahead > 0);
    }
    Mode mode = model == null ? Mode.MANY_TO_ONE : model.mode();
    spec.add(mode, model == null ? null : model.name(), model);
    ForecastSettings settings = spec.settings();
    Learning learning = settings.modes().get(0).learning();
    LearnerSettings others = learning == null ? naive(spec.horizon(mode)) : learning.learner();
    return new EvaluationPlan(settings, others, null);
  }

  /** What any job does without a model. */
  public static EvaluationPlan of(Integer horizon, Integer seqLen) {
    return of(null, true, horizon, seqLen, 0);
  }

  /** Calls options as the commands do and throws the first problem. */
  private static final class CommandLine implements Front {

    @Override
    public String name(Option<?> option) {
      return option == ForecastOptions.FILE ? "--model" : "--" + option.name();
    }

    @Override
    public boolean knows(Option<?> option) {
      return option != ForecastOptions.SIZE;
    }

    @Override
    public void problem(Option<?> option, String message) {
      throw new UsageException(name(option) + ": " + message);
    }
  }

  private static LearnerSettings naive(int horizon) {
    return LearnerSettings.small(horizon).withExperts(List.of("naive"));
  }

  /**
   * A forecast of a job.
   *
   * @param mode of the wanted forecast; null for the job's first
   * @param horizon null for the job's
   * @param seqLen null for the job's
   * @param more options in place of the job's, by key
   */
  static EvaluationPlan of(
      Path job, Mode mode, Integer horizon, Integer seqLen, Map<String, String> more)
      throws IOException {
    Map<String, String> overrides = new LinkedHashMap<>(more);
    if (seqLen != null) {
      overrides.put(ForecastOptions.SEQ_LEN.key(), seqLen.toString());
    }
    ForecastSettings read = JobSettings.read(job, overrides).forecast();
    ModeSettings settings = mode(read, mode, job);
    if (horizon == null || horizon == settings.horizon()) {
      return of(read, settings);
    }
    if (settings.mode() == Mode.MANY_TO_MANY) { // the option of the other would add that to the job
      throw new UsageException(
          "--horizon: expected %d, as many values as a window has, since %s is many-to-many, got %d; --seq-len changes both"
              .formatted(settings.horizon(), job, horizon));
    }
    overrides.put("forecast.many-to-one.horizon", horizon.toString());
    ForecastSettings changed = JobSettings.read(job, overrides).forecast();
    return of(changed, mode(changed, settings.mode(), job));
  }

  private static ModeSettings mode(ForecastSettings read, Mode mode, Path job) {
    for (ModeSettings settings : read.modes()) {
      if (mode == null || settings.mode() == mode) {
        return settings;
      }
    }
    throw new UsageException(
        "--mode: expected one of the job's, got %s (%s)".formatted(mode.label(), job));
  }

  private static EvaluationPlan of(ForecastSettings read, ModeSettings mode) {
    Learning learning = mode.learning();
    Learning silent =
        learning == null ? null : new Learning(learning.learner(), learning.season(), 0);
    LearnerSettings others = learning == null ? naive(mode.horizon()) : learning.learner();
    ModeSettings alone = mode.withLearning(silent);
    return new EvaluationPlan(read.inOrder(alone), others, note(read));
  }

  /** All that was learned is asked for. */
  private static String note(ForecastSettings read) {
    return read.limits().equals(StateLimits.NONE)
        ? null
        : "state of the job left out of account: all series are kept";
  }

  /** The same with holidays, where a mixture learns, and a calendar in their zone. */
  EvaluationPlan withHolidays(HolidaySettings holidays) {
    return withZone(holidays.zone()).with(others.withHolidays(holidays));
  }

  /** The same with a calendar of another zone. */
  EvaluationPlan withZone(ZoneId zone) {
    Inputs of = settings.inputs();
    return with(new Inputs(of.features(), of.ahead(), of.calendar(), zone));
  }

  /** The same with covariates, where a mixture learns. */
  EvaluationPlan withCovariates(Covariates.Count count) {
    Inputs of = settings.inputs();
    return with(new Inputs(count.observed(), count.ahead(), of.calendar(), of.zone()))
        .with(others.withCovariates(count));
  }

  private EvaluationPlan with(Inputs inputs) {
    return new EvaluationPlan(settings.inOrder(mode(), inputs), others, note, outside);
  }

  private EvaluationPlan with(LearnerSettings learner) {
    ModeSettings other = mode().withLearning(new Learning(learner, season(), 0));
    return new EvaluationPlan(settings.inOrder(other), learner, note, outside);
  }

  /** The same with outside models, where a mixture learns. */
  EvaluationPlan withOutside(OutsideFile file, OutsideModels models) {
    EvaluationPlan with = with(others.withOutside(models));
    return new EvaluationPlan(with.settings, with.others, note, file);
  }

  /** The same without outside models; null when there are none. */
  EvaluationPlan withoutOutside() {
    return learns() && others.outside().count() > 0 ? withOutside(null, OutsideModels.NONE) : null;
  }

  /** What outside models had said of the steps after each value of a series; null without any. */
  OutsideForecasts outside(Grid grid) {
    return learns() && others.outside().count() > 0 ? new OutsideForecasts(this, grid) : null;
  }

  EvaluationPlan withBounds(Bounds bounds) {
    return new EvaluationPlan(settings.inOrder(mode().withBounds(bounds)), others, note, outside);
  }

  /** Covariates known ahead that come with the values. */
  int featuresAhead() {
    return settings.inputs().ahead();
  }

  public boolean learns() {
    return mode().learning() != null;
  }

  /** Of the intervals; none where nothing is learned. */
  public List<Double> levels() {
    return learns() ? others.levels() : List.of();
  }

  /** The same with other intervals, where a mixture learns. */
  public EvaluationPlan withLevels(List<Double> levels) {
    return new EvaluationPlan(settings, others.withLevels(levels), note, outside);
  }

  /** Observations in a season, or {@link LearnerSettings#AUTO}, and in a second one. */
  public SeasonCounts seasons() {
    return new SeasonCounts(season(), learns() ? others.secondSeason() : LearnerSettings.NONE);
  }

  private int season() {
    return learns() ? mode().learning().season() : LearnerSettings.NONE;
  }

  /**
   * The same with another second season, which only a mixture learns.
   *
   * @param second {@link LearnerSettings#NONE} for none
   */
  public EvaluationPlan withSecondSeason(int second) {
    UsageException.check(
        second == LearnerSettings.NONE || learns() && !others.isAlone(),
        "--season",
        "one, since nothing is learned",
        "two");
    return new EvaluationPlan(settings, others.withSecondSeason(second), note, outside);
  }

  private ModeSettings mode() {
    return settings.modes().get(0);
  }

  /**
   * @param incidents which are reported beside the forecasts, and may change these after a break;
   *     null for none, as where nothing is learned
   */
  public ForecastSettings withSeason(int season, IncidentSettings incidents) {
    return learns()
        ? settings.inOrder(mode().withLearning(new Learning(others, season, 0, incidents)))
        : settings;
  }

  /** The forecast without its model. */
  private ModeSettings withoutModel(Learning learning) {
    ModeSettings same = mode();
    return new ModeSettings(same.mode(), null, same.horizon(), null, learning, same.bounds());
  }

  /** The same without networks, as experts and as what combines them; null when there are none. */
  public EvaluationPlan withoutNetworks() {
    if (!learns() || others.isAlone()) {
      return null;
    }
    if (mode().model() == null && !others.combines()) {
      return null;
    }
    LearnerSettings learner = others.withoutNetwork();
    ModeSettings without = withoutModel(new Learning(learner, season(), 0));
    return new EvaluationPlan(settings.inOrder(without), learner, note, outside);
  }

  /** The two naive methods and each expert alone. */
  Map<String, SeriesScore> scoresOfOthers(Trial trial, int learned) {
    boolean hasExperts = !others.experts().isEmpty();
    LearnerSettings learner = hasExperts ? others : others.withExperts(List.of("naive"));
    learner = learner.withHolidays(null); // no method alone is corrected, and values have no times
    learner = learner.withOutside(OutsideModels.NONE);
    Map<String, SeriesScore> all =
        new LinkedHashMap<>(new Evaluation(learner).evaluateOthers(trial, learned));
    if (!learns() || !hasExperts) {
      all.keySet().removeIf(method -> method.startsWith(Score.Method.EXPERT));
    }
    Map<String, SeriesScore> named = new LinkedHashMap<>();
    all.forEach((method, score) -> named.putIfAbsent(plainName(method), score));
    return named;
  }

  private static String plainName(String method) {
    String name = method.replaceFirst("^expert:", "");
    return name.equals("rls-ar") ? "rls" : name;
  }
}
