package dev.weir.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * Loads the JDK's Vector API after the JVM has started. With {@code --add-modules} the JVM prints a
 * warning about incubator modules that no flag prevents.
 *
 * <p>The JVM must have been started with {@code -XX:+UnlockExperimentalVMOptions
 * -XX:+EnableVectorSupport}, which {@code --add-modules} implies, and with {@code
 * --add-exports=java.base/jdk.internal.module=ALL-UNNAMED}. The launcher passes these flags
 * together with the property {@value #PROPERTY} where the runtime has the module.
 */
final class VectorModule {

  static final String PROPERTY = "weir.vector";

  private VectorModule() {}

  /**
   * Loads the module if the launcher asks for it. Call it before a class of a network is used:
   * those look for the module once. If it cannot be loaded, networks run without it, with the same
   * results.
   */
  static void load() {
    if (!Boolean.getBoolean(PROPERTY)) {
      return;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, "jdk.incubator.vector");
    } catch (ReflectiveOperationException e) {
      Throwable cause = e instanceof InvocationTargetException ? e.getCause() : e;
      System.err.println("weir: runs networks without the JDK's Vector API: " + cause);
    }
  }
}
