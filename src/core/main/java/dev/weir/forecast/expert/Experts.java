package dev.weir.forecast.expert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The experts by name: the built-in ones, and those that an {@link ExpertFactory} makes. */
public final class Experts {

  /** All names, cheap ones first. */
  public static final List<String> NAMES =
      List.of(
          "naive",
          "weekly-naive",
          "rls-ar",
          "seasonal-profile",
          "log-rls",
          "median-7",
          "median-25",
          "seasonal-median",
          "analogs",
          "analogs-wide",
          "analogs-of-deviations",
          "birnn",
          "birnn-many-to-many");

  /** Those that are recurrent networks. */
  public static final List<String> NETWORKS = List.of("birnn", "birnn-many-to-many");

  /** Loaded when first asked for, by the loader of this class: a job's own. */
  private static final class Own {
    static final Map<String, ExpertFactory> BY_NAME = new LinkedHashMap<>();

    static {
      ServiceLoader.load(ExpertFactory.class, Experts.class.getClassLoader())
          .forEach(factory -> BY_NAME.putIfAbsent(factory.name(), factory));
    }
  }

  private Experts() {}

  /** The built-in names, then those of others; a built-in one can't be replaced. */
  public static List<String> all() {
    return Stream.concat(NAMES.stream(), Own.BY_NAME.keySet().stream()).distinct().toList();
  }

  /**
   * Makes several, in their order. Those that search for the same neighbours search once.
   *
   * @param window values that analogs compare
   * @param neighbours analogs averaged
   * @param reach values that analogs look back
   * @param training how networks learn
   * @throws IllegalArgumentException if no expert has a given name
   */
  public static List<Expert> create(
      List<String> names, int window, int neighbours, int reach, NetworkTraining training) {
    int near = names.indexOf("analogs");
    boolean shared = near >= 0 && names.indexOf("analogs-wide") > near;
    Distances distances = new Distances(shared);
    return names.stream()
        .map(name -> create(name, window, neighbours, reach, training, distances))
        .toList();
  }

  /**
   * Makes one.
   *
   * @param window values that analogs compare
   * @param neighbours analogs averaged
   * @param reach values that analogs look back
   * @param training how networks learn
   * @throws IllegalArgumentException if no expert has this name
   */
  public static Expert create(
      String name, int window, int neighbours, int reach, NetworkTraining training) {
    return create(name, window, neighbours, reach, training, new Distances(false));
  }

  private static Expert create(
      String name,
      int window,
      int neighbours,
      int reach,
      NetworkTraining training,
      Distances distances) {
    return switch (name) {
      case "naive" -> new Naive();
      case "weekly-naive" -> new WeeklyNaive();
      case "rls-ar" -> new RlsAr();
      case "seasonal-profile" -> new SeasonalProfile();
      case "log-rls" -> new LogRls();
      case "median-7" -> new RunningMedian(7);
      case "median-25" -> new RunningMedian(25);
      case "seasonal-median" -> new SeasonalMedian();
      // batch 8 forecasts no better in up to twice the time; reach 1024 is .005 better at 24 steps
      case "birnn" -> new WindowedNetwork(name, false, 24, 4, 512, training);
      case "birnn-many-to-many" -> new WindowedNetwork(name, true, 24, 4, 512, training);
      case "analogs" -> Analogs.near(window, neighbours, reach, distances);
      case "analogs-wide" -> Analogs.wide(window, neighbours, reach, distances);
      case "analogs-of-deviations" -> Analogs.ofDeviations(window, neighbours, reach);
      default -> own(name);
    };
  }

  /** Those that learn from covariates. */
  public static List<Expert> ofCovariates(Covariates.Count covariates) {
    return List.of(
        new CovariateRegression(covariates, false),
        new CovariateRegression(covariates, true),
        new CovariateAr(covariates));
  }

  /** Those that learn a second, longer season. */
  public static List<Expert> ofSecondSeason(int season) {
    return List.of(new FourierProfile(season));
  }

  private static Expert own(String name) {
    ExpertFactory factory = Own.BY_NAME.get(name);
    if (factory == null) {
      throw new IllegalArgumentException(
          "expert: expected one of %s, got %s".formatted(all(), name));
    }
    Expert expert = factory.create();
    if (!expert.name().equals(name)) { // shares and errors are reported under it
      throw new IllegalArgumentException(
          "expert: expected the name of its factory, %s, got %s (%s)"
              .formatted(name, expert.name(), factory.getClass().getName()));
    }
    return expert;
  }
}
