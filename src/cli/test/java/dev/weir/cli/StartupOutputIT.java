package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.local.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a process writes besides our lines: warnings of each JDK of this machine, colours and
 * changing lines.
 */
@Tag("slow")
class StartupOutputIT {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Path INSTALLED = Path.of("/usr/lib/jvm"); // Debian's and Temurin's place

  static Stream<Path> jdks() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      return Stream.of(Path.of(System.getProperty("java.home")));
    }
    try (Stream<Path> found = Files.list(INSTALLED)) {
      return found
          .filter(home -> Files.isExecutable(home.resolve("bin/javac")))
          .map(StartupOutputIT::real)
          .distinct()
          .toList()
          .stream();
    }
  }

  private static Path real(Path home) {
    try {
      return home.toRealPath();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Broker, cluster and clients in one process: native codecs, unmapped files, all of it. */
  @ParameterizedTest
  @MethodSource("jdks")
  void aDemoPrintsNoWarningOfItsJvm(Path jdk) throws Exception {
    try (WeirProcess demo =
        WeirProcess.start(
            Map.of("JAVA_HOME", jdk.toString()), "demo --no-browser --port 0 --duration 1s")) {
      assertThat(demo.exitCode(Duration.ofMinutes(4))).as("%s", demo).isZero();
      assertThat(demo.err()).startsWith("weir demo: starting").doesNotContain("WARNING");
    }
  }

  /** Zstandard loads a native library. */
  @ParameterizedTest
  @MethodSource("jdks")
  void aNativeCodecPrintsNoWarningOfItsJvm(Path jdk, @TempDir Path dir) throws Exception {
    Path csv =
        Files.write(
            dir.resolve("a.csv"), List.of("series_id,timestamp,value", "a,2026-01-01T00:00:00Z,1"));
    Path properties = Files.writeString(dir.resolve("zstd"), "compression.type=zstd\n");
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), 0)) {
      WeirProcess produce =
          WeirProcess.run(
              Map.of("JAVA_HOME", jdk.toString()),
              "produce --input %s --bootstrap-servers %s --kafka-properties %s",
              csv,
              broker.bootstrapServers(),
              properties);
      assertThat(produce.exitCode()).as("%s", produce).isZero();
      assertThat(produce.err()).contains("1 observation sent").doesNotContain("WARNING");
    }
  }

  /** Networks use the Vector API; a JVM that resolves its module at the start warns of that. */
  @ParameterizedTest
  @MethodSource("jdks")
  void aCommandThatRunsNetworksPrintsNoWarning(Path jdk, @TempDir Path dir) throws Exception {
    Path csv = dir.resolve("sine.csv");
    List<String> lines = new ArrayList<>(List.of("series_id,timestamp,value"));
    for (int i = 0; i < 60; i++) {
      lines.add("a,%s,%.3f".formatted(START.plusSeconds(3600 * i), Math.sin(i / 3.0)));
    }
    Files.write(csv, lines);
    for (String arguments :
        List.of(
            "forecast --input %s", "evaluate --input %s", "train --out x --input no-such.csv")) {
      WeirProcess command =
          WeirProcess.run(Map.of("JAVA_HOME", jdk.toString()), arguments.formatted(csv));
      assertThat(command.err()).as("%s", command).doesNotContain("WARNING", "Vector API");
    }
  }

  private static final String ESCAPE = "\033[";

  private static void needUtilLinux() throws Exception {
    Process version = new ProcessBuilder("script", "--version").redirectErrorStream(true).start();
    String out = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(out.contains("util-linux"), "no terminal can be made here");
  }

  /** What a person would see, standard output and standard error in one. */
  private static String onTerminal(Map<String, String> environment, String command)
      throws Exception {
    needUtilLinux();
    String weir = Path.of("weir").toAbsolutePath() + " " + command;
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qec", weir, "/dev/null").redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    WeirProcess.useThisBuild(builder.environment());
    builder.environment().remove("NO_COLOR");
    builder.environment().put("TERM", "xterm");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return out;
  }

  @Test
  void anErrorIsColouredOnATerminalUnlessThatIsRefused() throws Exception {
    assertThat(onTerminal(Map.of(), "model inspect none")).contains(ESCAPE, "expected a file");
    assertThat(onTerminal(Map.of("NO_COLOR", "1"), "model inspect none"))
        .contains("expected a file")
        .doesNotContain(ESCAPE);
    assertThat(onTerminal(Map.of("TERM", "dumb"), "model inspect none")).doesNotContain(ESCAPE);
    // a file is no terminal, though standard output is one
    Path file = Files.createTempFile("weir-err", ".txt");
    onTerminal(Map.of(), "model inspect none 2>" + file);
    assertThat(Files.readString(file)).contains("expected a file").doesNotContain(ESCAPE);
    Files.delete(file);
  }

  @Test
  void trainingShowsABarOnATerminalAndPlainLinesElsewhere() throws Exception {
    String train =
        "train --input src/cli/main/resources/sample/vega_seattle_tmax.csv --epochs 2 --out ";
    Path out = Files.createTempDirectory("weir-train").resolve("m.safetensors");
    String seen = onTerminal(Map.of(), train + out);
    assertThat(seen).contains("\r" + ESCAPE + "K[", "#", "validation error 0.");
    WeirProcess plain = WeirProcess.run(train + out + " --force");
    assertThat(plain.exitCode()).as("%s", plain).isZero();
    assertThat(plain.err()).contains("validation error 0.").doesNotContain("\r", ESCAPE);
  }
}
