package dev.weir.forecast;

import dev.weir.model.Mode;
import java.util.List;

/**
 * How networks that compete do, and whether another one is the champion from now on.
 *
 * @param job name of the job
 * @param mode which forecast of the job
 * @param event what is reported
 * @param time event time up to which it is known, milliseconds since 1970
 * @param champion the model whose forecasts are issued from now on
 * @param before the champion so far, which the others are compared with; the same if none is
 *     promoted
 * @param enough evidence from which a challenger is promoted
 * @param standings by model
 */
public record ContestReport(
    String job,
    Mode mode,
    Event event,
    long time,
    String champion,
    String before,
    double enough,
    List<Standing> standings)
    implements Output {

  /** What is reported. */
  public enum Event {
    /** Standings after a period; the champion stays. */
    STANDINGS,
    /** A challenger becomes the champion, and the champion a challenger. */
    PROMOTED,
    /** The champion before this one is the champion again. */
    ROLLED_BACK
  }

  /**
   * One model.
   *
   * @param version -1 while it is not there
   * @param days of event time that counted
   * @param series scored in the newest period that counted
   * @param gain by how much its error is smaller than the champion's, as a share of that
   * @param evidence that it is better; NaN of the champion
   */
  public record Standing(
      String model, long version, long days, long series, double gain, double evidence) {}
}
