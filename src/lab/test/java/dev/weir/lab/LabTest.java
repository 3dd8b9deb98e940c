package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LabTest {

  private static final Pattern SHOWN =
      Pattern.compile("(?:^|[ `])(?:\\./)?weir lab ([^`>#\\n]*)", Pattern.MULTILINE);

  private final CommandLine lab = Lab.commandLine();

  private void check(String command) {
    assertThatCode(() -> lab.parseArgs(command.strip().split(" +")))
        .as(command)
        .doesNotThrowAnyException();
  }

  @Test
  void documentsShowCommandsThatExist() {
    List<String> commands =
        Documents.all().stream()
            .flatMap(file -> Documents.blocks(file, "sh").stream().map(Piece::text))
            .flatMap(text -> SHOWN.matcher(text.replaceAll("\\\\\n *", "")).results())
            .map(shown -> shown.group(1))
            .toList();
    assertThat(commands).hasSizeGreaterThan(1).allSatisfy(this::check);
    assertThat(Documents.all().stream().flatMap(file -> Documents.spans(file).stream()))
        .extracting(Piece::text)
        .filteredOn(text -> text.matches("(\\./)?weir lab \\w.*"))
        .isNotEmpty()
        .allSatisfy(text -> assertThat(lab.getSubcommands()).containsKey(text.split(" ")[2]));
  }

  @Test
  void eachCommandHelpsWithExamples() {
    assertThat(lab.getSubcommands().values())
        .hasSizeGreaterThan(4)
        .allSatisfy(
            command -> {
              List<String> examples =
                  Stream.of(command.getCommandSpec().usageMessage().footer())
                      .flatMap(line -> SHOWN.matcher(line).results())
                      .map(shown -> shown.group(1))
                      .toList();
              assertThat(examples).isNotEmpty().allSatisfy(this::check);
            });
  }
}
