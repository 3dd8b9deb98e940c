package dev.weir.core;

import dev.weir.option.AnomalyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.spec.Front;
import dev.weir.spec.Spec;
import java.util.List;
import java.util.Map;

/** Names options by the methods of the builders, and throws the first problem. */
final class Methods implements Front {

  static final Methods FRONT = new Methods();

  /** Methods whose names differ from those of options. */
  private static final Map<String, String> NAMES =
      Map.of(
          "seq-len",
          "window",
          "max-fill",
          "maxFill",
          "max-classes",
          "maxClasses",
          "features-ahead",
          "featuresAhead",
          ForecastOptions.OUTSIDE.name(),
          "outside",
          ForecastOptions.COVARIATES.name(),
          "learnCovariates",
          ForecastOptions.FILE.name(),
          "model",
          ForecastOptions.TIME_ZONE.name(),
          "zone",
          AnomalyOptions.ENABLED.name(),
          "alarms");

  private Methods() {}

  /** Sets an option to a value in its range, or to one of its labels. */
  static void set(Spec spec, Option<?> option, Object value) {
    String what = FRONT.name(option);
    String text = Checks.given(what, value).toString();
    try {
      spec.parse(option, value instanceof List<?> ? text.substring(1, text.length() - 1) : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + ": " + e.getMessage());
    }
  }

  @Override
  public String name(Option<?> option) {
    return NAMES.getOrDefault(option.name(), option.name());
  }

  @Override
  public void problem(Option<?> option, String message) {
    throw new IllegalArgumentException(name(option) + ": " + message);
  }
}
