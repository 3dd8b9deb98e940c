package dev.weir.forecast.expert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Stream;

/** The experts by name: the built-in ones, and those that an {@link ExpertFactory} makes. */
public final class Experts {

  /** What {@link #create} is given. */
  private record Sizes(int window, int neighbours, int reach, Distances distances) {}

  private static final Map<String, Function<Sizes, Expert>> BUILT_IN = new LinkedHashMap<>();

  static {
    BUILT_IN.put("naive", of -> new Naive());
    BUILT_IN.put("weekly-naive", of -> new WeeklyNaive());
    BUILT_IN.put("rls-ar", of -> new RlsAr());
    BUILT_IN.put("seasonal-profile", of -> new SeasonalProfile());
    BUILT_IN.put("log-rls", of -> new LogRls());
    BUILT_IN.put("median-25", of -> new RunningMedian(25));
    BUILT_IN.put("trend", of -> new Trend());
    BUILT_IN.put("analogs", of -> Analogs.near(of.window, of.neighbours, of.reach, of.distances));
    BUILT_IN.put(
        "analogs-wide", of -> Analogs.wide(of.window, of.neighbours, of.reach, of.distances));
    BUILT_IN.put(
        "analogs-of-deviations", of -> Analogs.ofDeviations(of.window, of.neighbours, of.reach));
  }

  /** All names, cheap ones first. */
  public static final List<String> NAMES = List.copyOf(BUILT_IN.keySet());

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
   * @throws IllegalArgumentException if no expert has a given name
   */
  public static List<Expert> create(List<String> names, int window, int neighbours, int reach) {
    int near = names.indexOf("analogs");
    boolean shared = near >= 0 && names.indexOf("analogs-wide") > near;
    Sizes sizes = new Sizes(window, neighbours, reach, new Distances(shared));
    return names.stream()
        .map(name -> BUILT_IN.containsKey(name) ? BUILT_IN.get(name).apply(sizes) : own(name))
        .toList();
  }

  /** Makes one, as {@link #create(List, int, int, int)}. */
  public static Expert create(String name, int window, int neighbours, int reach) {
    return create(List.of(name), window, neighbours, reach).get(0);
  }

  /** Those that learn from covariates. */
  public static List<Expert> ofCovariates(Covariates.Count covariates) {
    List<Expert> all = new ArrayList<>(CovariateRegression.all(covariates));
    all.add(new CovariateAr(covariates));
    return all;
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
