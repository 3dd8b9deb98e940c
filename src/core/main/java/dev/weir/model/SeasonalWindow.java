package dev.weir.model;

import java.util.List;

/**
 * Sizes of a network that reads a window and, for each value of it, what was a season and a week
 * before, and nothing else. Its linear head answers, for each step ahead, with weights (as logits)
 * of the {@link #CANDIDATES} and with what is added to their mean.
 *
 * <p>Many-to-one: the network reads the window, and the head, {@code ANSWERS * horizon} rows, its
 * last hidden states. Many-to-many: the network reads the window and one step more for each value
 * to forecast, with what is known of it, and the head, {@code ANSWERS} rows, the output at each of
 * these; so it forecasts as far ahead as it is asked.
 */
public final class SeasonalWindow {

  /**
   * What a forecast is the weighted mean of: the newest value, those of a season and a week before,
   * and these with the change of level since then.
   */
  public static final List<String> CANDIDATES =
      List.of("naive", "season-ago", "week-ago", "season-ago-shifted", "week-ago-shifted");

  /** What the network reads at each step. */
  public static final int INPUTS = 14;

  /** Rows of the head for each step ahead. */
  public static final int ANSWERS = CANDIDATES.size() + 1;

  private SeasonalWindow() {}
}
