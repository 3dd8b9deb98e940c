package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.local.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the JVM itself writes before and between our lines, on each JDK that this machine has. */
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
      assertThat(produce.err()).contains("1 observations sent").doesNotContain("WARNING");
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
}
