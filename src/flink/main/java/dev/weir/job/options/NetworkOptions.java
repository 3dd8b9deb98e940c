package dev.weir.job.options;

import dev.weir.forecast.expert.NetworkTraining;
import dev.weir.forecast.expert.NetworkTraining.LossSteps;
import dev.weir.forecast.expert.NetworkTraining.Method;
import dev.weir.forecast.expert.NetworkTraining.Tuning;
import dev.weir.model.Calendar;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Numbers;
import dev.weir.option.Option;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The options of a job file that say how networks learn with each series. */
public final class NetworkOptions {

  private static final NetworkTraining DEFAULT = NetworkTraining.DEFAULT;

  public static final Option<Integer> EVERY =
      Option.integer(
              "learning.every",
              DEFAULT.every(),
              1,
              1_000,
              "Networks learn at every so many observations of a series; the other experts at each.")
          .unit("observations");
  public static final Option<Integer> START =
      Option.integer(
              "learning.start",
              DEFAULT.start(),
              0,
              1_000_000,
              "Observations of a series before networks begin to learn; each needs a few in any case,"
                  + " a copy of the base model 200.")
          .unit("observations");
  public static final Option<Integer> STEPS =
      Option.integer(
              "learning.steps",
              DEFAULT.steps(),
              1,
              16,
              "Updates of a network's weights each time that it learns; twice as many while a series is"
                  + " young.")
          .unit("updates");
  public static final Option<Integer> REPLAY =
      Option.integer(
              "learning.replay",
              null,
              1,
              4_096,
              "Observations that windows drawn from the past reach back; by default 512.")
          .unit("observations")
          .change(Option.LEARNS_AGAIN);
  public static final Option<Method> OPTIMIZER =
      Option.choice(
              "learning.optimizer",
              Method.class,
              DEFAULT.method(),
              "How gradients become weights; sgd keeps nothing for each weight, adam two numbers.")
          .change(Option.LEARNS_AGAIN);
  public static final Option<Double> RATE =
      new Option<>(
          "learning.rate",
          Option.Type.NUMBER,
          "a number above 0, at most 1",
          null,
          "Learning rate of the networks; by default 0.002 for birnn and birnn-many-to-many, with"
              + " sgd 0.05; never more than 0.0003, with sgd 0.005, for a copy of the base model.",
          NetworkOptions::rate);
  public static final Option<LossSteps> LOSS_STEPS =
      Option.choice(
              "learning.loss-steps",
              LossSteps.class,
              DEFAULT.lossSteps(),
              "What birnn is trained to foresee: the values after its window, or at each step of it"
                  + " those after that step, for one direction only.")
          .change(Option.LEARNS_AGAIN);
  public static final Option<Boolean> BIDIRECTIONAL =
      Option.flag(
              "learning.bidirectional",
              DEFAULT.bidirectional(),
              "Whether birnn and birnn-many-to-many read their window both ways.")
          .change(Option.LEARNS_AGAIN);
  public static final Option<Boolean> TUNED =
      Option.flag(
              "learning.tuned",
              false,
              "Whether each series tunes a copy of the base model, an expert beside the model as it"
                  + " came; 16 bytes for each of the model's weights, at most 32768 of them.")
          .change("each series begins or loses its copy");
  public static final Option<Tuning> ON_NEW_MODEL =
      Option.choice(
              "learning.on-new-model",
              List.of(Tuning.REPLACE, Tuning.KEEP),
              value -> value.name().toLowerCase(Locale.ROOT),
              Tuning.REPLACE,
              "What a new base model does to the copies of the old one: it replaces them, or they go on"
                  + " if it has the same shape.")
          .needs(TUNED, true);

  public static final Option<Boolean> SHARED =
      Option.flag(
              "learning.shared.enabled",
              false,
              "Whether what the series have in common is learned: a copy of the base model is trained on"
                  + " samples of all series, and published when it is better; learning.shared: on for"
                  + " short, and on where learning.shared.budget is given.")
          .change(
              "on: begins with the active model; off: what the trainer knows is lost, and "
                  + Option.UNCLAIMED);
  public static final Option<Percent> BUDGET =
      new Option<>(
          "learning.shared.budget",
          Option.Type.VALUE,
          "a percentage such as 10 %, from 1 % to 1000 %",
          new Percent(10),
          "CPU time of shared learning, about, as a share of that of the rest of the job.",
          NetworkOptions::percent);

  /** A share in percent. */
  public record Percent(double value) {

    /** As a job file has it. */
    @Override
    public String toString() {
      String text = Double.toString(value);
      return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + " %";
    }
  }

  private static final List<String> WINDOWED = List.of("birnn", "birnn-many-to-many");

  private NetworkOptions() {}

  private static Percent percent(String text) {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1).trim() : "";
    double percent = Numbers.option(number);
    if (!(percent >= 1 && percent <= 1_000)) {
      throw new IllegalArgumentException(text);
    }
    return new Percent(percent);
  }

  private static double rate(String text) {
    double rate = Numbers.option(text);
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException(text);
    }
    return rate;
  }

  /** Whether base models are learned from all series. */
  public static boolean isShared(JobFile file) {
    return file.has(SHARED) ? file.get(SHARED) : file.has(BUDGET);
  }

  /** All of them together; what does not go together becomes a problem of the file. */
  public static NetworkTraining read(JobFile file) {
    LossSteps lossSteps = file.get(LOSS_STEPS);
    boolean bidirectional = file.get(BIDIRECTIONAL);
    String problem = lossSteps.problemWith(bidirectional);
    if (problem != null) {
      file.problem(LOSS_STEPS, problem + "; or take learning.bidirectional: false");
      lossSteps = LossSteps.AFTER_WINDOW;
    }
    boolean tuned = file.get(TUNED);
    int features = file.get(ForecastOptions.FEATURES);
    if (tuned && features > 0) {
      file.problem(
          TUNED,
          "expected false with window.features (%d), since the past is kept without them, got true"
              .formatted(features));
    }
    List<Calendar> calendar = file.get(ForecastOptions.CALENDAR);
    if (tuned && !calendar.isEmpty()) {
      file.problem(
          TUNED,
          "expected false with window.calendar (%s), since the past is kept without it, got true"
              .formatted(Calendar.labels(calendar)));
    }
    List<String> experts = file.get(ForecastOptions.EXPERTS);
    if (experts == null || Collections.disjoint(experts, WINDOWED)) {
      for (Option<?> option : List.of(LOSS_STEPS, BIDIRECTIONAL)) {
        if (file.has(option)) {
          file.problem(
              option, "expected one of %s among the experts as well, got none".formatted(WINDOWED));
        }
      }
    }
    Integer replay = file.get(REPLAY);
    Double rate = file.get(RATE);
    return new NetworkTraining(
        file.get(EVERY),
        file.get(START),
        file.get(STEPS),
        replay == null ? NetworkTraining.OWN : replay,
        file.get(OPTIMIZER),
        rate == null ? NetworkTraining.OWN : rate,
        lossSteps,
        bidirectional,
        tuned ? file.get(ON_NEW_MODEL) : Tuning.OFF);
  }
}
