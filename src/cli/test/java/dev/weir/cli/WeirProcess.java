package dev.weir.cli;

import dev.weir.Patience;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * One {@code weir} command in a process of its own, through the project's launcher, with standard
 * output and standard error apart. The launcher runs what this build made and builds nothing.
 */
public final class WeirProcess implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(20);

  /** Without the second compiler (C2): what tests run is too short for it. Results are equal. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static int count;

  private final Process process;
  private final String command;
  private final Path out;
  private final Path err;

  private WeirProcess(Process process, String command, Path out, Path err) {
    this.process = process;
    this.command = command;
    this.out = out;
    this.err = err;
  }

  /** Starts a line, of which each {@code %s} is the next value: {@link InProcess#words}. */
  public static WeirProcess start(String line, Object... values) throws IOException {
    return start(Map.of(), line, values);
  }

  /** With more variables in its environment. */
  public static WeirProcess start(Map<String, String> environment, String line, Object... values)
      throws IOException {
    String[] args = InProcess.words(line, values);
    Path logs = Files.createDirectories(target().resolve("cli"));
    String name = ProcessHandle.current().pid() + "-" + ++count + "-" + args[0];
    List<String> command = new ArrayList<>(List.of(Path.of("weir").toAbsolutePath().toString()));
    command.addAll(List.of(args));
    Path out = logs.resolve(name + ".out");
    Path err = logs.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    useThisBuild(builder.environment());
    builder.environment().putAll(environment);
    if (!args[0].equals("lab")) {
      builder
          .environment()
          .merge("WEIR_JAVA_OPTS", QUICK_START, (asked, quick) -> quick + " " + asked);
    }
    return new WeirProcess(builder.start(), String.join(" ", command), out, err);
  }

  /** Makes the launcher run what this build made, on this JVM. */
  public static void useThisBuild(Map<String, String> environment) {
    environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    environment.put("WEIR_NO_BUILD", "1");
    environment.put("WEIR_BUILD_DIR", target().getFileName().toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
  }

  private static Path target() {
    return Path.of(System.getProperty("job.jar")).toAbsolutePath().getParent();
  }

  /** Starts the command and waits for its end. */
  public static WeirProcess run(String line, Object... values) throws IOException {
    return run(Map.of(), line, values);
  }

  /** With more variables in its environment. */
  public static WeirProcess run(Map<String, String> environment, String line, Object... values)
      throws IOException {
    try (WeirProcess weir = start(environment, line, values)) {
      weir.exitCode(Patience.LIMIT);
      return weir;
    }
  }

  public int exitCode(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("expected an end within " + limit + ", still running: " + this);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + this, e);
    }
  }

  public int exitCode() {
    return exitCode(Duration.ZERO);
  }

  /** Ends it as Ctrl-C does, and waits; by SIGTERM where this build runs without SIGINT. */
  int interrupt(Duration limit) throws IOException {
    long ignored =
        Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElseThrow();
    String signal = (ignored & 1L << 1) == 0 ? "-INT" : "-TERM"; // SIGINT is the second signal
    new ProcessBuilder("kill", signal, Long.toString(pid())).inheritIO().start();
    return exitCode(limit);
  }

  /** Ends it as kill -9 does, and waits. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Bytes of a JVM's heap and classes after a collection. */
  public static long heap(long pid) throws IOException {
    jcmd(pid, "GC.run");
    Matcher used = Pattern.compile("total \\d+K, used (\\d+)K").matcher(jcmd(pid, "GC.heap_info"));
    long bytes = 0;
    while (used.find()) {
      bytes += Long.parseLong(used.group(1)) << 10;
    }
    if (bytes == 0) {
      throw new AssertionError("heap of " + pid + ": expected generations, got none");
    }
    return bytes;
  }

  private static String jcmd(long pid, String command) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process = new ProcessBuilder(jcmd, Long.toString(pid), command).start();
    return new String(process.getInputStream().readAllBytes());
  }

  public String out() {
    return text(out);
  }

  public String err() {
    return text(err);
  }

  /** Waits for a line on standard error; fails at once when the process ends without it. */
  public Matcher awaitErr(Pattern pattern, Duration limit) {
    return await(err, pattern, limit);
  }

  /** As {@link #awaitErr}, on standard output. */
  void awaitOut(Pattern pattern, Duration limit) {
    await(out, pattern, limit);
  }

  private Matcher await(Path file, Pattern pattern, Duration limit) {
    Awaitility.await(command + " prints " + pattern)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> pattern.matcher(text(file)).find() || !process.isAlive());
    Matcher matcher = pattern.matcher(text(file));
    if (!matcher.find()) {
      throw new AssertionError("expected a line with " + pattern + ", it ended: " + this);
    }
    return matcher;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return command
        + (process.isAlive() ? "" : "\nexit code " + process.exitValue())
        + "\n--- out\n"
        + out()
        + "\n--- err\n"
        + err();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
