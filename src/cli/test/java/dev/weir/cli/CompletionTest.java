package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script for the shell, sourced by a real bash. */
class CompletionTest {

  @TempDir private static Path dir;
  private static Path script;

  @BeforeAll
  static void write() throws Exception {
    InProcess completion = InProcess.run("completion", "bash").succeeded();
    script = Files.writeString(dir.resolve("completion.bash"), completion.out());
  }

  private static List<String> bash(String commands) throws Exception {
    Process bash =
        new ProcessBuilder("bash", "--norc", "-c", "source '%s'\n%s".formatted(script, commands))
            .redirectErrorStream(true)
            .start();
    byte[] out = bash.getInputStream().readAllBytes();
    assertThat(bash.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new String(out, StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
  }

  /** What the shell offers for the last of these words; an underscore stands for an empty one. */
  private static List<String> offered(String line) throws Exception {
    String[] words = line.replaceAll("_$", "''").split(" ");
    return bash(
            """
            COMP_WORDS=(%s)
            COMP_CWORD=%d
            _complete_weir
            printf '%%s\\n' "${COMPREPLY[@]}"
            """
                .formatted(String.join(" ", words), words.length - 1))
        .stream()
        .map(String::trim)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "weir mo, model",
    "weir sta, status",
    "weir model pu, publish",
    "weir dead-letters rep, replay",
    "weir status --watc, --watch",
    "weir tail --format j, json",
    "weir completion z, zsh",
  })
  void partOfAWordIsCompleted(String line, String expected) throws Exception {
    assertThat(offered(line)).contains(expected);
  }

  @Test
  void allCommandsAreOffered() throws Exception {
    assertThat(offered("weir _"))
        .containsAll(Weir.commandLine().getSubcommands().keySet())
        .hasSizeGreaterThan(12);
  }

  @Test
  void bothWaysToTypeTheCommandAreCompleted() throws Exception {
    assertThat(bash("complete -p weir; complete -p ./weir"))
        .hasSize(2)
        .allMatch(line -> line.startsWith("complete -o default -F _complete_weir"));
  }

  @Test
  void zshGetsItsOwnBeginning() {
    InProcess zsh = InProcess.run("completion", "zsh").succeeded();
    assertThat(zsh.out()).startsWith("autoload -Uz compinit").contains("bashcompinit");
    assertThat(InProcess.run("completion", "fish").exitCode()).isEqualTo(2);
  }
}
