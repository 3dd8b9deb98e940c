package dev.weir.comparison;

/** Which of our kernels a JVM is started for. */
enum Kernel {
  /** What a shape gets where the Vector API is there. */
  vector,
  /** What a shape gets where it is not. */
  plain
}
