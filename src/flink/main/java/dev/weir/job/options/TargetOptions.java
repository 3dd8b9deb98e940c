package dev.weir.job.options;

import dev.weir.forecast.joint.Targets;
import dev.weir.kafka.mapping.FieldPath;
import dev.weir.model.ForecastModel;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.spec.ForecastSpec.WantedTotal;
import java.util.List;
import java.util.Objects;

/** The options of a job file that say what is forecast of several targets together. */
public final class TargetOptions {

  private static final String TOTALS = "totals[].";

  private static final int MAX_TOTALS = 100;

  private static final String CHANGE = "its intervals are learned again";

  public static final Option<String> NAME =
      Option.text(TOTALS + "name", null, "What the total is called: as targets are.")
          .change(CHANGE);
  public static final Option<List<String>> OF =
      Option.list(
              TOTALS + "of",
              "a target, or a list of them such as [load, -wind]",
              null,
              Targets.MAX,
              "Targets that are added up; one with - in front of its name is subtracted.",
              text -> text)
          .change(CHANGE);
  public static final Option<Integer> STEPS =
      Option.integer(
              TOTALS + "steps",
              0,
              0,
              ForecastModel.MAX_HORIZON,
              "The sum of so many steps, from the next one on; 0: each step by itself.")
          .change(CHANGE);

  static final List<Option<?>> ALL =
      Option.declaredIn(TargetOptions.class, new Option.Need(ForecastOptions.TARGETS, null));

  private TargetOptions() {}

  /** Whether the job has several targets. */
  public static boolean areSeveral(JobFile file) {
    return !file.get(ForecastOptions.TARGETS).isEmpty();
  }

  /** The totals, of which the specification of the forecast knows whether they make sense. */
  public static List<WantedTotal> totals(JobFile file) {
    return file.entries(
        NAME,
        MAX_TOTALS,
        i -> {
          String name = file.require(NAME.at(i));
          List<String> of = file.require(OF.at(i));
          return name == null || of == null
              ? null
              : new WantedTotal(name, of, file.get(STEPS.at(i)));
        });
  }

  /** Fields with the targets' names; a name that is no field's is a problem. */
  static List<FieldPath> fields(JobFile file) {
    return file.get(ForecastOptions.TARGETS).stream()
        .map(
            target -> {
              try {
                return FieldPath.parse(target);
              } catch (IllegalArgumentException e) {
                file.problem(
                    ForecastOptions.TARGETS,
                    "expected %s, or observations.values as well, got %s"
                        .formatted(FieldPath.EXPECTED, target));
                return null;
              }
            })
        .filter(Objects::nonNull)
        .toList();
  }
}
