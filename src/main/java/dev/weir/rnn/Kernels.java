package dev.weir.rnn;

import java.lang.management.ManagementFactory;

/**
 * Chooses a kernel for a shape, by what was fastest when measured. All kernels give the same bits,
 * so that a choice never shows in a forecast.
 *
 * <p>{@code -Dweir.kernel=scalar}, {@code plain} or {@code vector} takes one for all shapes.
 */
public final class Kernels {

  static final String PROPERTY = "weir.kernel";
  static final String VECTOR = "vector";

  private static final String MODULE = "jdk.incubator.vector";
  private static final boolean VECTOR_API = ModuleLayer.boot().findModule(MODULE).isPresent();
  private static final boolean FAST_VECTORS = VECTOR_API && compilesVectors();

  // the largest hidden_size for which scalar code is faster than the one that would else be taken
  private static final int SCALAR_BESIDE_VECTOR = 2;
  private static final int SCALAR_BESIDE_PLAIN = 6;
  private static final int SCALAR_BESIDE_PLAIN_GATED = 3; // LSTM and GRU: more rows, longer loops

  private Kernels() {}

  /**
   * Whether the module jdk.incubator.vector is there ({@code --add-modules=jdk.incubator.vector}).
   * Classes named Vector… may be mentioned only where this has been asked: a JVM links a class when
   * a statement that needs it first runs, so that without the module they are never looked at.
   */
  static boolean vectorApi() {
    return VECTOR_API;
  }

  /**
   * Whether vectors are the fast way in this JVM: the module is there, the JVM compiles vectors to
   * instructions, and {@value #PROPERTY} has not chosen something else.
   */
  public static boolean vectors() {
    String name = System.getProperty(PROPERTY);
    return FAST_VECTORS && (name == null || name.isEmpty() || name.equals(VECTOR));
  }

  /**
   * Only HotSpot's second compiler makes instructions of vectors; without it each is an object, and
   * a window takes a millisecond.
   */
  private static boolean compilesVectors() {
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      boolean tier = argument.startsWith("-XX:TieredStopAtLevel=") && !argument.endsWith("=4");
      if (tier || argument.equals("-Xint")) {
        return false;
      }
    }
    return System.getProperty("java.vm.name", "").contains("Server VM");
  }

  /**
   * @throws IllegalArgumentException if the system property names no kernel
   * @throws IllegalStateException if it names one that this JVM cannot run
   */
  static RecurrentKernel of(RnnConfig config) {
    String name = System.getProperty(PROPERTY);
    return create(name == null || name.isEmpty() ? fastest(config) : name, config);
  }

  private static String fastest(RnnConfig config) {
    int scalar = SCALAR_BESIDE_PLAIN;
    if (FAST_VECTORS) {
      scalar = SCALAR_BESIDE_VECTOR;
    } else if (config.cell().gates() > 1) {
      scalar = SCALAR_BESIDE_PLAIN_GATED;
    }
    if (config.hiddenSize() <= scalar) {
      return "scalar";
    }
    return FAST_VECTORS ? VECTOR : "plain";
  }

  static RecurrentKernel create(String name, RnnConfig config) {
    switch (name) {
      case "scalar":
        return new ScalarKernel(config);
      case "plain":
        return new ColumnKernel(config);
      case VECTOR:
        if (!VECTOR_API) {
          throw new IllegalStateException(
              "%s: expected a JVM with --add-modules=%s for vector, got one without it"
                  .formatted(PROPERTY, MODULE));
        }
        return new VectorKernel(config);
      default:
        throw new IllegalArgumentException(
            "%s: expected scalar, plain or vector, got %s".formatted(PROPERTY, name));
    }
  }
}
