package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What each command says of itself. */
class HelpTest {

  private static final Pattern EXAMPLE = Pattern.compile("(?:^|: *|^ +)(weir [a-z].*)$");

  /** Every command and command of a command, but for the first word alone. */
  private static List<CommandLine> commands() {
    List<CommandLine> all = new ArrayList<>();
    collect(Weir.commandLine(), all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    command
        .getSubcommands()
        .values()
        .forEach(
            sub -> {
              all.add(sub);
              collect(sub, all);
            });
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
        String typed = example.replaceAll(" [|>] .*", "");
        String[] words = words(typed);
        assertThatCode(() -> weir.parseArgs(Arrays.copyOfRange(words, 1, words.length)))
            .as(example)
            .doesNotThrowAnyException();
      }
    }
  }

  /** As a shell takes them apart. */
  private static String[] words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("'([^']*)'|(\\S+)").matcher(line);
    while (matcher.find()) {
      words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    return words.toArray(String[]::new);
  }
}
