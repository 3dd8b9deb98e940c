package dev.weir.rnn;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;

/**
 * Chooses the kernel of this JVM: {@code vector} where it compiles vectors, else {@code plain}.
 * Both give the same bits, so that the choice never shows in a forecast.
 *
 * <p>{@code -Dweir.kernel=plain} or {@code vector} overrides the choice.
 */
public final class Kernels {

  /** Names of the kernels. */
  public static final List<String> KERNELS = List.of("plain", "vector");

  public static final String PROPERTY = "weir.kernel";
  public static final String VECTOR = "vector";

  private static final String MODULE = "jdk.incubator.vector";
  private static final boolean VECTOR_API = hasVectorApi();
  private static final boolean FAST_VECTORS = VECTOR_API && compilesVectors();

  private Kernels() {}

  /**
   * Whether the module jdk.incubator.vector is there ({@code --add-modules=jdk.incubator.vector}).
   * Classes named Vector… may be used only after this check: a JVM links a class when a statement
   * that needs it first runs, so that without the module they are never linked.
   */
  public static boolean vectorApi() {
    return VECTOR_API;
  }

  /**
   * Whether vectors are fast in this JVM: the module is there, the JVM compiles vectors to
   * instructions, and {@value #PROPERTY} has not chosen something else.
   *
   * @throws IllegalArgumentException if the system property names no kernel
   */
  public static boolean vectors() {
    String name = pinned();
    return FAST_VECTORS && (name == null || name.equals(VECTOR));
  }

  /** The kernel that the system property names, or null without it. */
  private static String pinned() {
    String name = System.getProperty(PROPERTY);
    if (name == null || name.isEmpty()) {
      return null;
    }
    if (!KERNELS.contains(name)) {
      throw unknown(name);
    }
    return name;
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException(
        "%s: expected plain or vector, got %s".formatted(PROPERTY, name));
  }

  /** Links a class; to look for the module would miss one that was loaded after the start. */
  private static boolean hasVectorApi() {
    try {
      return Objects.nonNull(FloatVector.class);
    } catch (NoClassDefFoundError absent) {
      return false;
    }
  }

  /**
   * Only HotSpot's second compiler makes instructions of vectors; without it each is an object, and
   * a window takes a millisecond. Reads the JVM's options, not its command line, since options also
   * come from files and from the environment.
   */
  private static boolean compilesVectors() {
    String mode = System.getProperty("java.vm.info", "");
    return System.getProperty("java.vm.name", "").contains("Server VM")
        && !mode.contains("interpreted")
        && !mode.contains("emulated-client") // the first compiler alone
        && option("TieredStopAtLevel", "4").equals("4")
        && !option("CompilationMode", "default").equals("quick-only")
        && !option("UseJVMCICompiler", "false").equals("true");
  }

  /** An option of this JVM, or {@code otherwise} if it has none of that name. */
  private static String option(String name, String otherwise) {
    if (ModuleLayer.boot().findModule("jdk.management").isEmpty()) {
      return otherwise; // a custom runtime without it
    }
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return jvm == null ? otherwise : jvm.getVMOption(name).getValue();
    } catch (IllegalArgumentException absent) {
      return otherwise;
    }
  }

  /**
   * @throws IllegalArgumentException if the system property names no kernel
   * @throws IllegalStateException if it names one that this JVM cannot run
   */
  static RecurrentKernel of(RnnConfig config) {
    if (!name().equals(VECTOR)) {
      return new ColumnKernel(config);
    }
    if (!VECTOR_API) {
      throw new IllegalStateException(
          "%s: expected a JVM with --add-modules=%s for vector, got one without it"
              .formatted(PROPERTY, MODULE));
    }
    return new VectorKernel(config);
  }

  /** The name of the kernel that {@link #of} creates. */
  static String name() {
    String name = pinned();
    return name == null ? (FAST_VECTORS ? VECTOR : "plain") : name;
  }
}
