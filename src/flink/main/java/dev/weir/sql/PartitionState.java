package dev.weir.sql;

import dev.weir.forecast.window.WindowState;

/**
 * What is kept of a partition besides what was learned of it. Mutable; one per partition, in its
 * keyed state.
 */
public final class PartitionState {

  /** The partition's key as a name: a timer does not tell the key. */
  final String name;

  WindowState window;
  Long expiry; // null for no timer

  PartitionState(String name, WindowState window, Long expiry) {
    this.name = name;
    this.window = window;
    this.expiry = expiry;
  }
}
