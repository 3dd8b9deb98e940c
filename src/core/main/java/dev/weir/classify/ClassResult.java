package dev.weir.classify;

import dev.weir.forecast.window.SeriesResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one call of a {@link SeriesClassifier} made of a series. */
public final class ClassResult extends SeriesResult {

  /**
   * A label has met its window.
   *
   * @param delay from the window's newest observation to the label's record, milliseconds; negative
   *     if not known
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

  /** The label of this very time that came before the window that it is of; null for none. */
  public String label(long time) {
    return labels.get(time);
  }

  /** Labels that have met their window. */
  public List<Labelled> labelled() {
    return labelled;
  }
}
