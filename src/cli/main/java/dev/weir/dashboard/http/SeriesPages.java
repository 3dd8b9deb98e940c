package dev.weir.dashboard.http;

import dev.weir.dashboard.view.ClassHistory;
import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesHistory.ModeView;
import dev.weir.dashboard.view.SeriesHistory.Swap;
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.model.Mode;
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
      Map<Mode, ModeView> modes,
      List<Swap> swaps,
      ClassHistory.View classes,
      Long oldest,
      List<Limit> limits,
      String why) {}

  /** A threshold of the job file, as incidents name it. */
  private record Limit(double limit, String direction) {}

  private record Observations(long[] time, double[] value) {}

  static byte[] list(SeriesTable.Page page, int offset) {
    return PageJson.of(new SeriesList(page.total(), offset, page.groups(), page.items()));
  }

  /**
   * @param thresholds null for what is known already
   * @param why a sentence, or null
   */
  static byte[] history(View view, List<Threshold> thresholds, String why) {
    return PageJson.of(
        new History(
            view.series(),
            view.sequence(),
            new Observations(view.times(), view.values()),
            view.modes(),
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
}
