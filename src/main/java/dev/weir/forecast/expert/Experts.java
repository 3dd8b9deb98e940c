package dev.weir.forecast.expert;

import dev.weir.rnn.Cell;
import java.util.List;

/** The built-in experts by name. */
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
          "birnn-many-to-many",
          "rnn-corrector",
          "gru-corrector");

  /** Those that are recurrent networks. */
  public static final List<String> NETWORKS =
      List.of("birnn", "birnn-many-to-many", "rnn-corrector", "gru-corrector");

  private Experts() {}

  /**
   * Makes several, in their order. Those that search for the same neighbours search once.
   *
   * @param window values that analogs compare
   * @param neighbours analogs averaged
   * @param reach values that analogs look back
   * @param training how networks learn
   * @throws IllegalArgumentException when there is none of a name
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
   * @throws IllegalArgumentException when there is none of this name
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
      case "birnn" -> new WindowedNetwork(name, false, Cell.RNN_TANH, 16, 24, 4, 512, training);
      case "birnn-many-to-many" ->
          new WindowedNetwork(name, true, Cell.RNN_TANH, 16, 24, 4, 512, training);
      case "rnn-corrector" -> new RecurrentCorrector(name, Cell.RNN_TANH, 8, 8, 4, training);
      case "gru-corrector" -> new RecurrentCorrector(name, Cell.GRU, 8, 16, 64, training);
      case "analogs" -> Analogs.near(window, neighbours, reach, distances);
      case "analogs-wide" -> Analogs.wide(window, neighbours, reach, distances);
      case "analogs-of-deviations" -> Analogs.ofDeviations(window, neighbours, reach);
      default ->
          throw new IllegalArgumentException(
              "expert: expected one of %s, got %s".formatted(NAMES, name));
    };
  }
}
