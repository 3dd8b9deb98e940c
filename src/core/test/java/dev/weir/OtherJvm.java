package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import dev.weir.rnn.Rnn;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A JVM with flags of its own, with Weir's classes, what reads models' headers, and those of the
 * tests.
 */
public final class OtherJvm {

  private OtherJvm() {}

  /**
   * What a program prints.
   *
   * @param flags with spaces between them
   * @param more classes of other places that the program needs
   */
  public static List<String> lines(String flags, Class<?> program, Class<?>... more)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (!flags.isEmpty()) {
      command.addAll(List.of(flags.split(" ")));
    }
    command.addAll(List.of("-cp", classPath(program, more), program.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit code of %s (%s)", command, printed).isZero();
    return printed.lines().toList();
  }

  private static String classPath(Class<?> program, Class<?>... more) throws Exception {
    Set<String> places = new LinkedHashSet<>();
    List<Class<?>> types = new ArrayList<>(List.of(Rnn.class, JsonFactory.class, program));
    types.addAll(List.of(more));
    for (Class<?> type : types) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }
}
