package dev.weir.comparison;

import java.util.Locale;

/** Which of our kernels a JVM is started for. */
enum Kernel {
  /** What a shape gets where the Vector API is there. */
  VECTOR,
  /** What a shape gets where it is not. */
  PLAIN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
