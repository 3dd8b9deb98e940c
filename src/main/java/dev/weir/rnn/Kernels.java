package dev.weir.rnn;

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;

/**
 * Chooses a kernel for a shape, by what was fastest when measured, and compiles it ahead. All
 * kernels give the same bits, so that a choice never shows in a forecast.
 *
 * <p>{@code -Dweir.kernel=scalar}, {@code plain} or {@code vector} takes one for all shapes.
 */
final class Kernels {

  static final String PROPERTY = "weir.kernel";

  private static final String MODULE = "jdk.incubator.vector";
  private static final boolean VECTOR_API = ModuleLayer.boot().findModule(MODULE).isPresent();
  private static final boolean FAST_VECTORS = VECTOR_API && compilesVectors();

  // the largest hidden_size for which scalar code is faster than the one that would else be taken
  private static final int SCALAR_BESIDE_VECTOR = 2;
  private static final int SCALAR_BESIDE_PLAIN = 6;
  private static final int SCALAR_BESIDE_PLAIN_GATED = 3; // LSTM and GRU: more rows, longer loops

  private static final long NANOS = 1_000_000L;
  private static final long WARM_UP_OF_A_SHAPE = 500 * NANOS;
  private static final int WARM_UP_CALLS = 20_000; // beyond what the compiler waits for
  private static final Set<Object> WARM = new HashSet<>();
  private static long warmUpLeft = 1_400 * NANOS; // for all shapes of this JVM

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
    return FAST_VECTORS ? "vector" : "plain";
  }

  static RecurrentKernel create(String name, RnnConfig config) {
    switch (name) {
      case "scalar":
        return new ScalarKernel(config);
      case "plain":
        return new ColumnKernel(config);
      case "vector":
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

  /**
   * Runs a shape until the JVM has compiled it, so that no record waits for that; for half a second
   * at most, once in a JVM, and for all shapes together less than a second and a half.
   */
  static synchronized void warmUp(RnnConfig config, int seqLen) {
    if (warmUpLeft <= 0 || !WARM.add(config)) {
      return;
    }
    long start = System.nanoTime();
    long limit = Math.min(WARM_UP_OF_A_SHAPE, warmUpLeft);
    RecurrentKernel kernel = of(config);
    kernel.load(new float[config.parameterCount()]);
    float[] input = new float[seqLen * config.inputSize()];
    RnnOutput result = new RnnOutput();
    result.reshape(config, 1, seqLen, true);
    for (int call = 0; call < WARM_UP_CALLS && System.nanoTime() - start < limit; call++) {
      kernel.forward(input, 1, seqLen, true, null, null, result.out(), result.hN(), result.cN());
    }
    warmUpLeft -= System.nanoTime() - start;
  }
}
