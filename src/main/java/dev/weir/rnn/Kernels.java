package dev.weir.rnn;

/** Says what this JVM can do, so that a kernel is chosen in one place. */
final class Kernels {

  private static final boolean VECTOR_API =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  private Kernels() {}

  /**
   * Whether the module jdk.incubator.vector is there ({@code --add-modules=jdk.incubator.vector}).
   * Classes named Vector… may be mentioned only where this has been asked: a JVM links a class when
   * a statement that needs it first runs, so that without the module they are never looked at.
   */
  static boolean vectorApi() {
    return VECTOR_API;
  }
}
