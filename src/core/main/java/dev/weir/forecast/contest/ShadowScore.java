package dev.weir.forecast.contest;

import dev.weir.forecast.StateFields;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.List;

/**
 * What one series says of the networks in one period.
 *
 * @param mode which of the series' forecasts
 * @param epoch of the champion and the versions: a later one is larger
 * @param champion place of the champion among the models
 * @param versions by model
 * @param period its number since 1970
 * @param gains by model: how much better than the champion, the difference of both errors over
 *     their sum, times {@link #ONE}; {@link #NONE} of a model that is not there. Whole numbers, so
 *     that a sum does not depend on the order
 */
public record ShadowScore(
    Mode mode, long epoch, int champion, long[] versions, long period, long[] gains) {

  /** A gain of 1: the champion's error is infinitely larger. */
  public static final long ONE = 1L << 36;

  /** In place of the gain of a model that is not there. */
  public static final long NONE = Long.MIN_VALUE;

  private static final List<Mode> MODES = List.of(Mode.values());

  /** A blank one, which a reader passes. */
  public static final ShadowScore BLANK = new ShadowScore(null, 0, 0, new long[0], 0, new long[0]);

  /** Declares the fields. */
  public ShadowScore fields(StateFields fields) throws IOException {
    int models = fields.size("models", versions.length, ContestSettings.MAX_MODELS);
    ShadowScore score =
        new ShadowScore(
            fields.choice("mode", mode, MODES),
            fields.number("epoch", epoch),
            fields.number("champion", champion),
            fields.reads() ? new long[models] : versions,
            fields.number("period", period),
            fields.reads() ? new long[models] : gains);
    fields.numbers("versions", score.versions);
    fields.numbers("gains", score.gains);
    return score;
  }
}
