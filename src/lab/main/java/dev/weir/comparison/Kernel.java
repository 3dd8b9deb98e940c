package dev.weir.comparison;

import java.util.List;
import java.util.Locale;

/** Which of our kernels a JVM is started for. */
enum Kernel {
  /** What a shape gets where the Vector API is there. */
  VECTOR("--add-modules=jdk.incubator.vector"),
  /** What a shape gets where it is not. */
  PLAIN;

  private final List<String> jvmArguments;

  Kernel(String... jvmArguments) {
    this.jvmArguments = List.of(jvmArguments);
  }

  List<String> jvmArguments() {
    return jvmArguments;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
