package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process opens and leaves on a machine that it shares with others. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TemporaryFolderIT {

  private static final Duration WAIT = Duration.ofSeconds(90);

  /** Where another user has run Flink: files here, since root may write to each folder. */
  @TempDir private Path shared;

  @Test
  void aDemoLeavesNothingWhenInterruptedBesideAnotherUsersFolders() throws Exception {
    for (String name : List.of("flink-web-upload", "flink-web-ui")) {
      Files.createFile(shared.resolve(name));
    }
    try (WeirProcess demo =
        WeirProcess.start(
            Map.of("WEIR_JAVA_OPTS", "-Djava.io.tmpdir=" + shared),
            "demo",
            "--no-browser",
            "--port",
            "0")) {
      demo.awaitErr(Pattern.compile("first forecast after"), WAIT);
      assertThat(ListeningSockets.of(demo.pid()))
          .hasSizeGreaterThanOrEqualTo(1)
          .allMatch(InetAddress::isLoopbackAddress);
      List<Path> own = folders();
      assertThat(own).hasSize(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.get(0))))
          .isEqualTo("rwx------");
      assertThat(own.get(0).resolve("flink-web-upload")).isDirectory();

      int exitCode = demo.interrupt(WAIT);
      assertThat(exitCode).as("%s", demo).isIn(130, 143);
      assertThat(demo.err()).as("%s", demo).doesNotContain("WARN", "ERROR", "Exception");
    }
    try (Stream<Path> left = Files.list(shared)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("flink-web-upload", "flink-web-ui");
    }
  }

  private List<Path> folders() throws Exception {
    try (Stream<Path> files = Files.list(shared)) {
      return files.filter(Files::isDirectory).toList();
    }
  }
}
