package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing that a document prints goes unrun without a reason; {@link SnippetsIT} runs it. */
class SnippetsTest {

  private static final Pattern COMMAND =
      Pattern.compile("(\\./weir|mvn|flink|kcat|docker|curl|python3) .*|(SELECT|CREATE|INSERT) .*");

  /** Files of the repository that a command names. */
  private static final Pattern FILE =
      Pattern.compile("(?<![\\w/.-])(?:src|jobs|conf|docs)/[\\w./-]*[\\w]");

  @Test
  void eachBlockIsOfALanguageThatIsRunOrIsNoCode() {
    List<String> unknown = new ArrayList<>();
    for (Path document : Snippets.documents()) {
      for (Map.Entry<String, Piece> block : Documents.blocks(document)) {
        boolean known =
            Snippets.RUN.contains(block.getKey()) || Snippets.NOT_CODE.contains(block.getKey());
        boolean hidden =
            block.getKey().isEmpty()
                && block.getValue().text().lines().anyMatch(l -> COMMAND.matcher(l).matches());
        if (!known || hidden) {
          unknown.add("```" + block.getKey() + " " + block.getValue());
        }
      }
    }
    assertThat(unknown)
        .as("blocks that nobody runs: name their language, or add it to Snippets")
        .isEmpty();
  }

  @Test
  void eachExcuseIsNeeded() {
    Set<String> needed = new HashSet<>();
    int run = 0;
    for (Path document : Snippets.documents()) {
      for (Map.Entry<String, Piece> snippet : Snippets.of(document)) {
        if (Snippets.RUN.contains(snippet.getKey())) {
          Snippets.excuse(snippet.getValue()).ifPresent(needed::add);
          run += Snippets.excuse(snippet.getValue()).isEmpty() ? 1 : 0;
        }
      }
    }
    assertThat(Snippets.excuses()).as("excuses of Snippets").hasSameElementsAs(needed);
    assertThat(run).isGreaterThan(40);
  }

  @Test
  void eachFileThatACommandNamesExists() {
    List<String> missing = new ArrayList<>();
    int files = 0;
    for (Path document : Snippets.documents()) {
      for (Map.Entry<String, Piece> snippet : Snippets.of(document)) {
        if (snippet.getKey().equals("sh")) {
          for (String name :
              FILE.matcher(snippet.getValue().text()).results().map(r -> r.group()).toList()) {
            files++;
            if (!Files.exists(Path.of(name))) {
              missing.add(snippet.getValue().toString());
            }
          }
        }
      }
    }
    assertThat(missing).as("commands with files that are not there").isEmpty();
    assertThat(files).isGreaterThan(5);
  }

  @Test
  void commandLineIsSplitIntoItsParts() {
    Piece block =
        new Piece(
            Path.of("a.md"),
            7,
            """
            # a comment
            ./weir a   # why

              ./weir b \\
                --c
            d | e
            """);
    assertThat(Snippets.commands(block))
        .containsExactly(
            new Piece(block.file(), 8, "./weir a   # why"),
            new Piece(block.file(), 10, "./weir b \\\n--c"),
            new Piece(block.file(), 12, "d | e"));
  }
}
