package dev.weir.dashboard.http;

import dev.weir.dashboard.view.ClassHistory;
import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesHistory.Issued;
import dev.weir.dashboard.view.SeriesHistory.ModeView;
import dev.weir.dashboard.view.SeriesHistory.Swap;
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.forecast.alarm.threshold.Threshold;
import dev.weir.model.Mode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The list of series and one series' history, as JSON. Null is what is not known. */
final class SeriesPages {

  private SeriesPages() {}

  private record SeriesList(
      int total, int offset, List<SeriesTable.Group> groups, List<SeriesRow.Item> items) {}

  private record History(
      String series,
      long sequence,
      Observations observations,
      Map<Mode, ModeHistory> modes,
      List<Swap> swaps,
      ClassHistory.View classes,
      Long oldest,
      List<Limit> limits,
      String why) {}

  /** A threshold of the job file, as incidents name it. */
  private record Limit(double limit, String direction) {}

  private record Observations(long[] time, double[] value) {}

  private record ModeHistory(
      double level, double wideLevel, List<IssuedForecast> forecasts, Score score) {}

  private record IssuedForecast(
      long origin,
      Long issued,
      String model,
      Long version,
      Forecast.Status status,
      long[] time,
      double[] value,
      double[] lower,
      double[] upper,
      double[] wideLower,
      double[] wideUpper,
      Parts explanation) {}

  /** What the first value of a forecast consists of. */
  private record Parts(String[] name, double[] amount) {}

  static byte[] list(SeriesTable.Page page, int offset) {
    return PageJson.of(new SeriesList(page.total(), offset, page.groups(), page.items()));
  }

  /**
   * @param thresholds null for what is known already
   * @param why a sentence, or null
   */
  static byte[] history(View view, List<Threshold> thresholds, String why) {
    Map<Mode, ModeHistory> modes = new EnumMap<>(Mode.class);
    view.modes().forEach((mode, of) -> modes.put(mode, mode(of)));
    return PageJson.of(
        new History(
            view.series(),
            view.sequence(),
            new Observations(view.times(), view.values()),
            modes,
            view.swaps(),
            view.classes(),
            SeriesHistory.timeOrNull(view.oldest()),
            thresholds == null
                ? null
                : thresholds.stream()
                    .map(one -> new Limit(one.limit(), one.above() ? "above" : "below"))
                    .toList(),
            why));
  }

  private static ModeHistory mode(ModeView mode) {
    return new ModeHistory(
        mode.level(),
        mode.wideLevel(),
        mode.forecasts().stream().map(SeriesPages::issued).toList(),
        mode.score());
  }

  private static IssuedForecast issued(Issued issued) {
    return new IssuedForecast(
        issued.origin,
        SeriesHistory.timeOrNull(issued.issued),
        SeriesHistory.modelOrNull(issued.model),
        SeriesHistory.versionOrNull(issued.version),
        issued.status,
        issued.times,
        issued.values,
        issued.lower,
        issued.upper,
        issued.wideLower,
        issued.wideUpper,
        issued.partNames() == null ? null : new Parts(issued.partNames(), issued.partAmounts));
  }
}
