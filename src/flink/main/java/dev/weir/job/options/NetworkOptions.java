package dev.weir.job.options;

import dev.weir.option.Numbers;
import dev.weir.option.Option;

/** The options of a job file that say what is learned of all series together. */
public final class NetworkOptions {

  public static final Option<Boolean> SHARED =
      Option.flag(
              "learning.shared.enabled",
              false,
              "Whether what the series have in common is learned: a copy of the base model is"
                  + " trained on samples of all series, and published when it is better;"
                  + " learning.shared: on for short, and on where learning.shared.budget is given.")
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

  private NetworkOptions() {}

  private static Percent percent(String text) {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1).trim() : "";
    double percent = Numbers.option(number);
    if (!(percent >= 1 && percent <= 1_000)) {
      throw new IllegalArgumentException(text);
    }
    return new Percent(percent);
  }

  /** Whether base models are learned from all series. */
  public static boolean isShared(JobFile file) {
    return file.has(SHARED) ? file.get(SHARED) : file.has(BUDGET);
  }
}
