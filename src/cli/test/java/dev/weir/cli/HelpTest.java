package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.job.options.JobOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.option.Option.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What each command says of itself, and of options that are the job file's as well. */
class HelpTest {

  private static final Pattern EXAMPLE = Pattern.compile("(?:^|: *|^ +)(weir [a-z].*)$");

  /** Every command and command of a command, but for the first word alone. */
  private static List<CommandLine> commands() {
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

  /** Of other meaning: scores as well, a model or its version, of seasons. */
  private static final Set<String> OTHERS =
      Set.of(
          "weir tail --scores",
          "weir tail --model",
          "weir tail --classes",
          "weir evaluate --interval", // of a file: also found, none or months
          "weir evaluate --model",
          "weir evaluate --season",
          "weir evaluate --outside", // a file
          "weir forecast --outside",
          "weir run --state", // a folder
          "weir forecast --interval",
          "weir forecast --model",
          "weir forecast --season");

  /** Where a command needs one and a job has none, or the weights' file says it. */
  private static final Set<String> OWN_DEFAULTS =
      Set.of("weir init --horizon", "weir train --cell");

  private static Map<String, Option<?>> shared() {
    Map<String, Option<?>> shared = new LinkedHashMap<>();
    Stream.concat(ForecastOptions.OF_MODE.stream(), JobOptions.all().stream())
        .filter(option -> option.key().matches("(window|topics|forecast|experts|season)\\b.*"))
        .forEach(option -> shared.putIfAbsent("--" + option.name(), option));
    return shared;
  }

  /** An option of a command that is also one of the job file has one declaration. */
  @Test
  void optionOfTheSameNameIsTheDeclaredOne() throws Exception {
    Map<String, Option<?>> shared = shared();
    Map<String, OptionSpec> all = new LinkedHashMap<>();
    for (CommandLine command : commands()) {
      String name = command.getCommandSpec().qualifiedName();
      command.getCommandSpec().options().forEach(o -> all.put(name + " " + o.longestName(), o));
    }
    all.keySet().removeAll(OTHERS);
    all.values().removeIf(option -> !shared.containsKey(option.longestName()));
    assertThat(all).hasSizeGreaterThan(30);
    for (Map.Entry<String, OptionSpec> entry : all.entrySet()) {
      String where = entry.getKey();
      OptionSpec option = entry.getValue();
      Option<?> declared = shared.get(option.longestName());
      assertThat(option.descriptionKey()).as(where).isEqualTo(declared.key());
      if (declared.type() != Type.NAME) {
        assertThat(option.description()[0]).as(where).contains(declared.expected());
      }
      if (!OWN_DEFAULTS.contains(where)) {
        assertThat(option.defaultValue()).as(where).isIn(null, declared.defaultText());
      }
      assertThatThrownBy(() -> option.converters()[0].convert("?"))
          .as(where)
          .hasMessage(declared.wrong("?"));
    }
  }
}
