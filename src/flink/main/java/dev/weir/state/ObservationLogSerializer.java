package dev.weir.state;

import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.ObservationLogFormat;

/** Serializes the newest observations of a series, as {@link ObservationLogFormat} defines. */
public final class ObservationLogSerializer extends StateSerializer<ObservationLog> {

  private static final long serialVersionUID = 1L;

  public static final ObservationLogSerializer INSTANCE = new ObservationLogSerializer();

  private ObservationLogSerializer() {
    super(
        ObservationLogFormat.VERSION,
        ObservationLogFormat::write,
        ObservationLogFormat::read,
        ObservationLog::new);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ObservationLog> {}
}
