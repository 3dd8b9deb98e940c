package dev.weir.job.options;

import dev.weir.forecast.contest.ContestSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.model.Mode;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The options of a job file that say how several models of one forecast compete. */
public final class ContestOptions {

  /** In place of the one name that other fronts take. */
  static final Option<List<String>> MODELS =
      Option.list(
              ForecastOptions.MODEL.key(),
              ForecastOptions.MODEL.expected()
                  + ", or a list of at most %d of them".formatted(ContestSettings.MAX_MODELS),
              null,
              ContestSettings.MAX_MODELS,
              ForecastOptions.MODEL.description()
                  + " Several compete, such as [a, b]; the first one starts as the champion.",
              ForecastOptions.MODEL.parser())
          .change(
              ForecastOptions.MODEL.change() + "; one in place of several: " + Option.UNCLAIMED);

  /** Who promotes a model. */
  public enum Rule {
    MANUAL,
    AUTO
  }

  public static final Option<Rule> RULE =
      Option.choice(
          "promotion.rule",
          Rule.class,
          Rule.MANUAL,
          "auto: a challenger that is better becomes the champion; manual: only weir model promote"
              + " makes it that. promote for short.");
  public static final Option<Double> CONFIDENCE =
      Option.number(
          "promotion.confidence",
          0.5,
          0.9999,
          0.95,
          "That a promoted challenger is better; it holds however long models compete.");
  public static final Option<Integer> MIN_SERIES =
      Option.integer(
              "promotion.min-series",
              1,
              1,
              Integer.MAX_VALUE,
              "A period counts if so many series were scored in it.")
          .unit("series");
  public static final Option<Integer> MIN_DAYS =
      Option.integer(
              "promotion.min-days",
              14,
              1,
              10_000,
              "Days of event time that must have counted before a promotion.")
          .unit("days");
  public static final Option<Duration> PERIOD =
      Option.duration(
          "promotion.period",
          Duration.ofDays(1),
          Duration.ofMillis(1),
          "Event time whose errors are joined to one difference, since values near each other are"
              + " alike; a forecast must fit into it.");

  private static final List<Option<?>> ALL =
      List.of(RULE, CONFIDENCE, MIN_SERIES, MIN_DAYS, PERIOD);

  private ContestOptions() {}

  /** The models of a mode; null for none. */
  public static List<String> models(JobFile file, Mode mode) {
    return file.get(file.in(mode, MODELS));
  }

  /** The settings with models that compete where there are several. */
  public static ForecastSettings read(JobFile file, String job, ForecastSettings forecast) {
    List<ModeSettings> targets = new ArrayList<>();
    boolean competes = false;
    for (ModeSettings target : forecast.modes()) {
      List<String> models = models(file, target.mode());
      if (models == null || models.size() < 2) {
        targets.add(target);
        continue;
      }
      competes = true;
      ModeSettings with = target.withContest(settings(file, job, models));
      targets.add(with);
      check(file, forecast, with);
    }
    for (Option<?> option : ALL) {
      if (!competes && file.has(option)) {
        file.problem(
            option, "expected several models as well, such as model: [a, b], got one or none");
      }
    }
    return forecast.withModes(targets);
  }

  private static ContestSettings settings(JobFile file, String job, List<String> models) {
    return new ContestSettings(
        job,
        models,
        file.get(RULE) == Rule.AUTO,
        file.get(CONFIDENCE),
        file.get(MIN_SERIES),
        file.get(MIN_DAYS),
        file.get(PERIOD));
  }

  private static void check(JobFile file, ForecastSettings forecast, ModeSettings target) {
    Option<?> models = file.in(target.mode(), MODELS);
    String problem =
        target.initialModel() == null ? null : forecast.problemWith(target.initial(), target);
    if (problem != null) {
      file.problem(models, problem);
    }
    if (forecast.carries()) {
      file.problem(models, "expected one model with window.state: carry, got several");
    }
    if (TargetOptions.areSeveral(file)) {
      file.problem(models, "expected one model with targets, got several");
    }
    if (NetworkOptions.isShared(file)) {
      file.problem(models, "expected one model with learning.shared, got several");
    }
    long reach = target.horizon() * forecast.sampling().interval();
    if (reach > file.get(PERIOD).toMillis()) {
      file.problem(
          PERIOD,
          "expected at least horizon times window.interval (%s), got %s"
              .formatted(Duration.ofMillis(reach), file.get(PERIOD)));
    }
  }
}
