package dev.weir.classify;

import dev.weir.forecast.window.SeriesResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Result of one call of a {@link SeriesClassifier}. */
public final class ClassResult extends SeriesResult {

  /**
   * A label that was matched to its window.
   *
   * @param delay from the window's newest observation to the label's record, milliseconds; negative
   *     if unknown
   */
  public record Labelled(boolean isRight, double logLoss, long delay) {}

  final List<Labelled> labelled = new ArrayList<>();
  final Map<Long, String> labels = new HashMap<>(); // that came early, by time

  @Override
  public void clear() {
    super.clear();
    labelled.clear();
    labels.clear();
  }

  /** The label of exactly this time that came before its window; null for none. */
  public String label(long time) {
    return labels.get(time);
  }

  /** Labels that were matched to their windows. */
  public List<Labelled> labelled() {
    return labelled;
  }
}
