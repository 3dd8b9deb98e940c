package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.lab.Lab;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {

  private static final Pattern SHOWN =
      Pattern.compile("(?:^|[ `])\\./weir lab (bench [^`>#\\n]*)", Pattern.MULTILINE);

  private final CommandLine weir = Lab.commandLine();

  @Test
  void documentsShowOptionsThatExist() {
    List<String> commands =
        Documents.all().stream()
            .flatMap(
                file ->
                    Stream.concat(
                        Documents.blocks(file, "sh").stream().map(Piece::text),
                        Documents.spans(file).stream().map(span -> span.text() + "\n")))
            .flatMap(text -> SHOWN.matcher(text.replaceAll("\\\\\n *", "")).results())
            .map(shown -> shown.group(1).strip())
            .toList();
    assertThat(commands)
        .hasSizeGreaterThan(3)
        .allSatisfy(
            command ->
                assertThatCode(() -> weir.parseArgs(command.split(" +")))
                    .as(command)
                    .doesNotThrowAnyException());
  }

  @Test
  void helpShowsTheOptions() {
    CommandLine bench = weir.getSubcommands().get("bench");
    assertThat(bench.getUsageMessage()).contains("--quick", "--fleet", "--mode");
  }
}
