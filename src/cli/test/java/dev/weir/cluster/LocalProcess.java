package dev.weir.cluster;

import static org.awaitility.Awaitility.await;

import dev.weir.Patience;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One process of its own, mostly a JVM, which a test may stop the hard way. Standard output and
 * error go to one file. The process ends with {@code close}, or with this JVM; it leaks if this JVM
 * is itself killed with SIGKILL.
 */
final class LocalProcess implements AutoCloseable {
  private static final Duration END = Patience.LIMIT;
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "end-of-local-processes"));
  }

  private final String name;
  private final Process process;
  private final Path log;

  private LocalProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts {@code java jvmFlags -cp classpath mainClass args} in the project's folder; {@code log}
   * is overwritten.
   */
  static LocalProcess java(
      String name,
      Path log,
      List<String> jvmFlags,
      List<Path> classpath,
      String mainClass,
      List<String> args,
      Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmFlags);
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classpath.stream().map(Path::toString).toList()));
    command.add(mainClass);
    command.addAll(args);
    return start(name, log, command, Path.of(""), environment);
  }

  /** Starts any command in a folder; {@code log} is overwritten. */
  static LocalProcess start(
      String name, Path log, List<String> command, Path folder, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.directory(folder.toAbsolutePath().toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    // Flags meant for this JVM, such as a coverage agent, are not meant for its children.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    RUNNING.add(process);
    process.onExit().thenRun(() -> RUNNING.remove(process));
    return new LocalProcess(name, process, log);
  }

  /** A folder for the files of processes, without what an earlier run left there. */
  static Path emptyFolder(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return Files.createDirectories(folder);
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: no flush, no goodbye. Returns once the process is gone. */
  void kill() {
    process.destroyForcibly();
    exitCode(END);
  }

  /** SIGSTOP: alive for the system, silent for its peers, as in a very long garbage collection. */
  void pause() {
    signal("STOP");
  }

  void resume() {
    signal("CONT");
  }

  /** Waits for the process to end by itself. */
  int exitCode(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "%s (pid %d): expected to end within %s, still running%n%s"
                .formatted(name, pid(), limit, tail()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " was to end", e);
    }
  }

  /**
   * Waits for a line that contains {@code pattern}; fails at once when the process ends without it.
   */
  Matcher awaitOutput(Pattern pattern, Duration limit) {
    try {
      await()
          .atMost(limit)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> pattern.matcher(output()).find() || !isAlive());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%s: expected a line with %s in %s, got none%n%s"
              .formatted(name, pattern, limit, tail()));
    }
    Matcher matcher = pattern.matcher(output());
    if (!matcher.find()) {
      throw new AssertionError(
          "%s: expected a line with %s, got exit code %d%n%s"
              .formatted(name, pattern, process.exitValue(), tail()));
    }
    return matcher;
  }

  String output() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines of the output, for a message. */
  String tail() {
    List<String> lines = output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()))
        + "\n("
        + log
        + ")";
  }

  @Override
  public void close() {
    if (isAlive()) {
      resume(); // a stopped process would not see the SIGTERM
      process.destroy();
      try {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          kill();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0 && isAlive()) {
        throw new IllegalStateException("kill -" + signal + " " + pid() + ": exit code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending " + signal + " to " + name, e);
    }
  }
}
