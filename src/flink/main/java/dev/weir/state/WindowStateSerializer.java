package dev.weir.state;

import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.WindowStateFormat;

/** Serializes the window of a series, as {@link WindowStateFormat} defines. */
public final class WindowStateSerializer extends StateSerializer<WindowState> {

  private static final long serialVersionUID = 1L;

  public static final WindowStateSerializer INSTANCE = new WindowStateSerializer();

  private WindowStateSerializer() {
    super(
        WindowStateFormat.VERSION,
        WindowStateFormat::write,
        WindowStateFormat::read,
        WindowState::new);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<WindowState> {}
}
