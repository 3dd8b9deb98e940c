package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.OtherJvm;
import dev.weir.rnn.Kernels;
import java.lang.module.ModuleFinder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorModuleTest {

  private static final String COMPILED =
      "-XX:+UnlockExperimentalVMOptions -XX:+EnableVectorSupport";
  private static final String EXPORTED =
      "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED -Dweir.vector=true";

  /** Prints whether networks may use vectors. */
  static final class Asked {
    public static void main(String[] args) {
      VectorModule.load();
      System.out.println(Kernels.vectorApi());
    }
  }

  @Test
  void theModuleIsThereAfterItWasLoaded() throws Exception {
    assumeTrue(ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent());
    assertThat(asked(COMPILED + " " + EXPORTED)).containsExactly("true");
  }

  /** Where it is not asked for, and where the JVM keeps its classes to itself. */
  @ParameterizedTest
  @ValueSource(strings = {"", "-Dweir.vector=true"})
  void networksRunWithoutTheModule(String flags) throws Exception {
    assertThat(asked(flags)).containsExactly("false");
  }

  private static List<String> asked(String flags) throws Exception {
    return OtherJvm.lines(flags, Asked.class, VectorModule.class);
  }
}
