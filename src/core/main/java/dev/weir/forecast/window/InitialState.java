package dev.weir.forecast.window;

/** The hidden state, {@code h_0} and {@code c_0}, with which a network begins a window. */
public enum InitialState {
  /** Zeros: each window is read on its own. */
  FRESH,
  /** The final state of the series' last window: {@code h_n} and {@code c_n}. */
  CARRY
}
