package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What each command says of itself. */
class HelpTest {

  private static final Pattern EXAMPLE = Pattern.compile("(?:^|: *|^ +)(weir [a-z].*)$");

  /** Every command and command of a command, but for the first word alone. */
  static List<CommandLine> commands() {
    return below(Weir.commandLine()).toList();
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return command.getSubcommands().values().stream()
        .flatMap(sub -> Stream.concat(Stream.of(sub), below(sub)));
  }

  private static List<String> examples(CommandLine command) {
    List<String> examples = new ArrayList<>();
    for (String line : command.getCommandSpec().usageMessage().footer()) {
      Matcher matcher = EXAMPLE.matcher(line);
      if (matcher.find()) {
        examples.add(matcher.group(1));
      }
    }
    return examples;
  }

  @Test
  void eachCommandHelpsWithExamples() {
    List<CommandLine> commands = commands();
    assertThat(commands).hasSizeGreaterThan(15);
    for (CommandLine command : commands) {
      String name = command.getCommandSpec().qualifiedName();
      List<String> words = new ArrayList<>(Arrays.asList(name.split(" ")));
      words.remove(0);
      words.add("--help");
      InProcess help = InProcess.run(words.toArray(String[]::new)).succeeded();
      assertThat(help.err()).as(name).isEmpty();
      assertThat(help.out()).as(name).startsWith("Usage: " + name).contains("Example");
      assertThat(examples(command)).as(name).isNotEmpty();
    }
  }

  @Test
  void commandsAreInGroups() {
    String help = InProcess.run("--help").out();
    assertThat(help).contains("\nTry it:\n  demo ", "\nJobs:\n  init ", "\nTopics:\n  produce ");
    for (String name : Weir.commandLine().getSubcommands().keySet()) {
      assertThat(help.lines().filter(line -> line.startsWith("  " + name + " ")))
          .as(name)
          .hasSize(1);
    }
  }

  @Test
  void eachExampleIsACommandThatIsUnderstood() {
    CommandLine weir = Weir.commandLine(); // creating it takes longer than parsing
    for (CommandLine command : commands()) {
      for (String example : examples(command)) {
        List<String> words = DocumentsTest.words(example);
        assertThatCode(() -> weir.parseArgs(words.toArray(String[]::new)))
            .as(example)
            .doesNotThrowAnyException();
      }
    }
  }
}
