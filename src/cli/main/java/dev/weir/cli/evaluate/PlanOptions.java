package dev.weir.cli.evaluate;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.grid.Grid;
import dev.weir.cli.grid.SamplingOptions;
import dev.weir.cli.series.OutsideFile;
import dev.weir.cli.series.SeriesColumns;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.expert.Covariates;
import dev.weir.forecast.holiday.HolidaySettings;
import dev.weir.forecast.stage.OutsideModels;
import dev.weir.holiday.HolidayRegions;
import dev.weir.job.JobSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which forecasts a command makes of files: a job's, or those of a few options. */
public final class PlanOptions {

  @Option(
      names = "--job",
      paramLabel = "JOB.yaml",
      description = "Forecast as this job does (default: as any job does that has no model).")
  private Path job;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      descriptionKey = "forecast.mode",
      description = "Which of the job's forecasts, where it has both; by default ${default}.")
  private Mode mode;

  @Option(
      names = "--horizon",
      descriptionKey = "forecast.horizon",
      description = "${declared}; by default the job's, or ${default}.")
  private Integer horizon;

  @Option(
      names = "--seq-len",
      descriptionKey = "window.seq-len",
      description = "${declared}; by default the job's, or ${default}.")
  private Integer seqLen;

  @Option(
      names = "--model",
      paramLabel = "FILE|builtin:NAME",
      description = "A model to forecast with, safetensors; without --job.")
  private String model;

  @Option(
      names = "--learning",
      description =
          "${COMPLETION-CANDIDATES}; off: the model alone forecasts, as it was trained; with"
              + " --model.")
  private Learning learning;

  @Option(
      names = "--holidays",
      split = ",",
      paramLabel = "DE-BE,...",
      description =
          "Countries or their parts whose public holidays the mixture knows ahead; in place of the"
              + " job's regions.")
  private List<String> holidays;

  @Option(
      names = "--time-zone",
      paramLabel = "ZONE",
      descriptionKey = "window.time-zone",
      description = "${declared}; by default the job's, or ${default}.")
  private ZoneId zone;

  @Option(
      names = "--bounds-min",
      paramLabel = "X",
      descriptionKey = "bounds.min",
      description = "${declared}")
  private Double min;

  @Option(
      names = "--bounds-max",
      paramLabel = "X",
      descriptionKey = "bounds.max",
      description = "${declared}")
  private Double max;

  @Option(
      names = "--bounds-integer",
      arity = "0..1",
      fallbackValue = "true",
      descriptionKey = "bounds.integer",
      description = "${declared}")
  private boolean integer;

  @Option(
      names = "--outside",
      paramLabel = "CSV",
      description =
          "What outside models forecast: columns timestamp, made (when the forecast was made; it"
              + " counts from then on), series_id unless there is one series, and one for each"
              + " model. A job says which models count; without one, all do.")
  private Path outside;

  @Mixin private SamplingOptions sampling;

  private OutsideFile outsideFile; // once the plan is made

  /** Whether series are learned. */
  enum Learning {
    on,
    off
  }

  public Path job() {
    return job;
  }

  /** Brings series to their grids; standard error says what is missing. */
  public Map<String, Grid> grids(String command, Map<String, List<Observation>> series)
      throws IOException {
    checkSeries(series.keySet());
    return sampling.grids(
        command, series, job == null ? null : JobSettings.read(job, ofJob()).forecast().sampling());
  }

  /** Whether a job or an option says how values are sampled. */
  public boolean areSampled() {
    return job != null || sampling.given() != null;
  }

  /** Fails if values have no times, but an option is about them. */
  void checkTimes(boolean isWide) {
    UsageException.check(
        !isWide || sampling.given() == null, sampling.given(), "none with --layout wide", "one");
  }

  /**
   * The plan, which learns from the columns' covariates and has a model read those that it reads;
   * with a job, from those that it does.
   *
   * @param command that says on standard error what of the job is left out of account
   */
  EvaluationPlan plan(String command, SeriesColumns columns) throws IOException {
    int ahead = columns.ahead().size();
    EvaluationPlan plan = noted(command, anyPlan(horizon, ahead));
    if (job != null) {
      UsageException.check(
          ahead == plan.featuresAhead(),
          "--columns ahead",
          "%d, as window.features-ahead of the job says".formatted(plan.featuresAhead()),
          ahead);
      return plan;
    }
    int observed = model == null ? columns.features().size() : plan.settings().inputs().features();
    boolean isLearned = learning != Learning.off && (model == null || ahead > 0);
    UsageException.check(
        !isLearned || observed + ahead <= ForecastOptions.MAX_LEARNED_COVARIATES,
        "--columns",
        "at most %d features and ahead".formatted(ForecastOptions.MAX_LEARNED_COVARIATES),
        observed + ahead);
    return model == null && observed + ahead > 0
        ? plan.withCovariates(new Covariates.Count(observed, ahead))
        : plan;
  }

  /**
   * The plan of series without covariates.
   *
   * @param steps the horizon, unless an option or the job says another; null for the default
   */
  public EvaluationPlan planOfValues(String command, Integer steps) throws IOException {
    EvaluationPlan plan =
        noted(command, anyPlan(horizon == null && job == null ? steps : horizon, 0));
    int ahead = plan.featuresAhead();
    UsageException.check(
        ahead == 0, "--job", "one without window.features-ahead, which is not read here", ahead);
    return plan;
  }

  private static EvaluationPlan noted(String command, EvaluationPlan plan) {
    if (plan.note() != null) {
      System.err.println(command + ": " + plan.note());
    }
    return plan;
  }

  private EvaluationPlan anyPlan(Integer steps, int ahead) throws IOException {
    boolean learns = learning != Learning.off;
    UsageException.check(job == null || model == null, "--model", "none with --job", model);
    UsageException.check(
        job == null || learning == null, "--learning", "none with --job", learning);
    UsageException.check(learns || model != null, "--learning", "a --model with off", "none");
    if (job != null) {
      UsageException.check(!hasBounds(), "--bounds", "none with --job, which has its own", "one");
      return withOutside(EvaluationPlan.of(job, mode, steps, seqLen, ofJob()));
    }
    ForecastModel read = model == null ? null : reading(ahead);
    EvaluationPlan plan = EvaluationPlan.of(read, learns, steps, seqLen, ahead);
    plan = hasBounds() ? plan.withBounds(bounds()) : plan;
    return withOutside(holidays == null && zone == null ? plan : withCalendar(plan));
  }

  private EvaluationPlan withOutside(EvaluationPlan plan) throws IOException {
    if (outside == null) {
      return plan;
    }
    UsageException.checkFile("--outside", "a CSV file", outside);
    OutsideModels ofJob = plan.others().outside();
    UsageException.check(
        plan.learns() && !plan.others().isAlone(),
        "--outside",
        "none without a mixture that learns",
        outside);
    UsageException.check(
        job == null || plan.featuresAhead() == plan.others().covariates().ahead(),
        "--outside",
        "learning.covariates: true, since covariates come with it",
        "false");
    outsideFile = OutsideFile.read(outside);
    List<String> known = outsideFile.models();
    UsageException.check(!known.isEmpty(), "--outside", "forecasts of a model", null);
    UsageException.check(
        ofJob.names().isEmpty() || ofJob.names().stream().anyMatch(known::contains),
        "--outside",
        "forecasts of " + ofJob.names() + ", as the job says",
        "some of " + known);
    try {
      EvaluationPlan with =
          plan.withOutside(outsideFile, ofJob.count() > 0 ? ofJob : new OutsideModels(known));
      ForecastSettings.ModeSettings mode = with.settings().modes().get(0);
      String problem =
          mode.initial() == null ? null : with.settings().problemWith(mode.initial(), mode);
      UsageException.check(problem == null, "--outside", "a model that allows it", problem);
      return with;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--outside: " + e.getMessage());
    }
  }

  private void checkSeries(Set<String> names) {
    if (outsideFile == null) {
      return;
    }
    UsageException.check(
        outsideFile.isNamed() || names.size() == 1,
        "--outside",
        "a column series_id, since --input has %,d series".formatted(names.size()),
        null);
    UsageException.check(
        !outsideFile.isNamed() || outsideFile.series().stream().anyMatch(names::contains),
        "--outside",
        "forecasts of a series of --input, such as " + Printable.line(names.iterator().next()),
        "of " + Printable.line(outsideFile.series().iterator().next()));
  }

  private Map<String, String> ofJob() {
    Map<String, String> options = new LinkedHashMap<>(sampling.ofJob());
    if (holidays != null) {
      options.put(HolidayOptions.REGIONS.key(), String.join(",", holidays));
    }
    if (zone != null) {
      options.put(ForecastOptions.TIME_ZONE.key(), zone.getId());
    }
    return options;
  }

  private EvaluationPlan withCalendar(EvaluationPlan plan) {
    ZoneId local = zone == null ? ForecastOptions.TIME_ZONE.defaultValue() : zone;
    if (holidays == null) {
      UsageException.check(
          !plan.settings().inputs().calendar().isEmpty(),
          "--time-zone",
          "--holidays or a model that reads a calendar as well",
          "neither");
      return plan.withZone(local);
    }
    UsageException.check(
        plan.learns() && learning != Learning.off,
        "--holidays",
        "none without a mixture that learns",
        String.join(",", holidays));
    return UsageException.parsed(
        "--holidays: ",
        () -> plan.withHolidays(new HolidaySettings(local, HolidayRegions.days(holidays))));
  }

  private boolean hasBounds() {
    return min != null || max != null || integer;
  }

  private Bounds bounds() {
    return UsageException.parsed("--bounds-", () -> Bounds.of(min, max, integer));
  }

  /** The model; alone, it is all that could read what is known ahead. */
  private ForecastModel reading(int ahead) throws IOException {
    ForecastModel read = read(model);
    UsageException.check(
        learning != Learning.off || ahead == 0 || read.ahead().count() > 0,
        "--columns ahead",
        "none with --learning off and a model that reads none",
        ahead);
    return read;
  }

  private ForecastModel read(String location) throws IOException {
    ModelFiles.Defaults defaults = new ModelFiles.Defaults("model", mode, seqLen, null, null, null);
    try {
      UsageException.check(
          BuiltInModels.isOne(location) || Files.isRegularFile(Path.of(location)),
          "--model",
          "a model file",
          location);
      ForecastModel model =
          BuiltInModels.isOne(location)
              ? ModelFiles.fromBytes(BuiltInModels.bytes(location), defaults, location)
              : ModelFiles.read(Path.of(location), defaults);
      for (ModelFiles.Contradiction other : defaults.contradictions(model)) {
        String option = other.key().substring("weir.".length()).replace('_', '-');
        boolean free = model.combines() && option.equals("seq-len"); // of any window
        UsageException.check(
            free, "--" + option, other.inFile() + ", as the model says", other.given());
      }
      return model;
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      throw new UsageException("--model: " + e.getMessage());
    }
  }
}
