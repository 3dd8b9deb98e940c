package dev.weir.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedFileTest {

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"", "file://"}) // opening a pipe blocks until somebody writes into it
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatIsNoRegularFileIsNotOpened(String scheme) throws Exception {
    Path pipe = dir.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (String file : List.of(pipe.toString(), "/dev/zero", dir.toString())) {
      for (Path directory : new Path[] {null, Path.of("/")}) {
        assertThatThrownBy(() -> NamedFile.model(scheme + file, directory))
            .hasMessage(
                "expected a readable file, got %s%s (java.io.IOException: expected a regular file)",
                scheme, file);
      }
    }
  }

  @Test
  void relativePathStartsAtTheDirectory() throws Exception {
    Files.writeString(dir.resolve("a 100% file"), "text");
    assertThat(NamedFile.read("a 100% file", dir, 4)).asString().isEqualTo("text");
    assertThatThrownBy(() -> NamedFile.read("a 100% file", dir, 3))
        .hasMessageEndingWith("(java.io.IOException: expected at most 3 bytes, got 4)");
  }

  @Test
  void whatIsNoPathIsRefusedInOneLine() {
    for (Path directory : new Path[] {null, dir}) {
      assertThatThrownBy(() -> NamedFile.read("no\0path", directory, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("expected a readable file, got no");
    }
  }
}
