package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** Documents go stale in silence; here is what can be held without a reader. */
class DocumentsTest {

  private static final Path INDEX = Path.of("docs", "README.md");

  private static final Pattern EVALUATED = Pattern.compile("^\\|.*`(\\./weir evaluate [^`]*)`");

  /** One for all commands: creating it takes longer than parsing. */
  private static final CommandLine WEIR = Weir.commandLine();

  @Test
  void eachLinkLeadsToAFileAndEachAnchorToAHeading() {
    List<Piece> broken = new ArrayList<>();
    int links = 0;
    List<Path> files = new ArrayList<>(Documents.all());
    files.add(Path.of("src/core/main/resources/models/README.md"));
    files.add(Path.of("src/cli/main/resources/classes/SOURCES.md"));
    files.add(Path.of("src/cli/main/resources/sample/SOURCES.md"));
    for (Path file : files) {
      for (Piece link : Documents.links(file)) {
        links++;
        if (!leadsSomewhere(link)) {
          broken.add(link);
        }
      }
    }
    assertThat(broken).as("links that lead nowhere").isEmpty();
    assertThat(links).isGreaterThan(40);
  }

  private static boolean leadsSomewhere(Piece link) {
    if (link.text().matches("[a-z]+:.*")) {
      return true; // the net is not asked
    }
    String[] parts = link.text().split("#", 2);
    Path folder = link.file().toAbsolutePath().getParent();
    Path target =
        parts[0].isEmpty() ? link.file().toAbsolutePath() : folder.resolve(parts[0]).normalize();
    return Files.exists(target)
        && (parts.length == 1 || Documents.anchors(target).contains(parts[1]));
  }

  @Test
  void eachPageIsInTheIndexOnce() {
    List<Path> linked =
        Documents.links(INDEX).stream()
            .map(link -> link.text().split("#")[0])
            .filter(text -> text.endsWith(".md") && !text.contains("/"))
            .map(text -> Path.of("docs", text))
            .toList();
    List<Path> pages =
        Documents.all().stream()
            .filter(file -> file.startsWith("docs") && !file.equals(INDEX))
            .toList();
    assertThat(linked).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pages);
  }

  @Test
  void eachCommandThatIsShownIsOne() {
    List<String> wrong = new ArrayList<>();
    int commands = 0;
    for (Path file : Documents.all()) {
      for (Piece block : Documents.blocks(file, "sh")) {
        for (Piece command : commands(block)) {
          commands++;
          problem(command, false).forEach(wrong::add);
        }
      }
      for (Piece span : Documents.spans(file)) {
        if (span.text().startsWith("./weir ") || span.text().startsWith("weir ")) {
          commands++;
          problem(span, true).forEach(wrong::add);
        }
      }
    }
    assertThat(wrong).as("commands that picocli refuses").isEmpty();
    assertThat(commands).isGreaterThan(40);
  }

  /** Lines that follow a block with {@code evaluate}, and rows of tables that name it. */
  @Test
  void figuresOfASampleAreThoseThatItsCommandPrints() throws IOException {
    Map<String, String> printed = new HashMap<>(); // by command
    List<Piece> figures = new ArrayList<>();
    for (Path file : List.of(Path.of("README.md"), Path.of("docs", "quickstart.md"))) {
      String command = null;
      for (Map.Entry<String, Piece> block : Documents.blocks(file)) {
        if (command != null && block.getKey().isEmpty()) {
          String output = printed.computeIfAbsent(command, DocumentsTest::evaluated);
          assertThat(output).as("%s", block.getValue()).contains(block.getValue().text());
          figures.add(block.getValue());
        }
        command =
            commands(block.getValue()).stream()
                .map(Piece::text)
                .filter(text -> text.startsWith("./weir evaluate "))
                .findFirst()
                .orElse(null);
      }
      for (String row : Files.readAllLines(file)) {
        Matcher named = EVALUATED.matcher(row);
        if (named.find()) {
          String output = printed.computeIfAbsent(named.group(1), DocumentsTest::evaluated);
          for (String word : row.substring(0, named.start(1)).split("[^0-9.]+")) {
            if (word.matches("[0-9]+\\.[0-9]+")) {
              assertThat(output.split("\\s+")).as(row).contains(word);
              figures.add(new Piece(file, 0, word));
            }
          }
        }
      }
    }
    assertThat(figures).hasSizeGreaterThan(3);
  }

  private static String evaluated(String command) {
    String line = command.replace(" demand.csv", " src/cli/main/resources/sample/uci_bike.csv");
    List<String> words = words(line.replaceFirst(" --report \\S+", ""));
    return InProcess.run(words.toArray(String[]::new)).succeeded().out();
  }

  @Test
  void commandLineIsSplitIntoItsParts() { // or the test above would pass over what it can't read
    Piece block =
        new Piece(
            INDEX,
            7,
            """
            A=1 B='x y' ./weir train --input a.csv \\
              --out b.safetensors   # a comment
            cd weir && ./weir model list | jq . > "out file"
            echo ./weir no command
            """);
    assertThat(commands(block))
        .containsExactly(
            new Piece(INDEX, 7, "./weir train --input a.csv   --out b.safetensors   # a comment"),
            new Piece(INDEX, 9, "./weir model list | jq . > \"out file\""));
    assertThat(words("./weir model publish 'a b' --readout 'out[:, -1]' # why | not"))
        .containsExactly("model", "publish", "a b", "--readout", "out[:, -1]");
    assertThat(words("./weir tail --series 'a|b' | jq ."))
        .containsExactly("tail", "--series", "a|b");
    Piece unknown = new Piece(INDEX, 1, "./weir run a.yaml --no-such-option");
    assertThat(problem(unknown, false)).singleElement().asString().contains("--no-such-option");
    Piece missing = new Piece(INDEX, 1, "./weir run");
    assertThat(problem(missing, false)).hasSize(1);
    assertThat(problem(missing, true)).as("a command's name in a sentence").isEmpty();
  }

  /** Lines of a shell that run {@code ./weir}, from there on; continued lines are one. */
  private static List<Piece> commands(Piece block) {
    List<Piece> commands = new ArrayList<>();
    String[] lines = block.text().split("\n");
    for (int i = 0; i < lines.length; i++) {
      int first = i;
      StringBuilder line = new StringBuilder(lines[i]);
      while (line.toString().endsWith("\\") && i + 1 < lines.length) {
        line.setLength(line.length() - 1);
        line.append(lines[++i]);
      }
      for (String part : line.toString().split("&&")) {
        String command = part.strip().replaceFirst("^([A-Z_]+=('[^']*'|\\S*) +)+", "");
        if (command.startsWith("./weir ")) {
          commands.add(new Piece(block.file(), block.line() + first, command));
        }
      }
    }
    return commands;
  }

  /** Why a command would be refused. */
  private static Stream<String> problem(Piece command, boolean inASentence) {
    List<String> words = words(command.text());
    if (words.get(0).equals("lab")) {
      return Stream.empty(); // LabTest has them
    }
    try {
      WEIR.parseArgs(words.toArray(String[]::new));
      return Stream.empty();
    } catch (MissingParameterException e) {
      return inASentence ? Stream.empty() : Stream.of(command + " -> " + e.getMessage());
    } catch (ParameterException e) {
      return Stream.of(command + " -> " + e.getMessage());
    }
  }

  /** What a shell would hand to the program: up to a comment, a pipe or a redirection. */
  static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean any = false; // whether there is a word, though it may be empty
    char quote = 0;
    for (char c : command.toCharArray()) {
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        any = true;
      } else if (c == ' ') {
        if (any) {
          words.add(word.toString());
          word.setLength(0);
          any = false;
        }
      } else if ("|>&;".indexOf(c) >= 0 || c == '#' && !any) {
        break;
      } else {
        word.append(c);
        any = true;
      }
    }
    if (any) {
      words.add(word.toString());
    }
    return words.subList(1, words.size());
  }
}
