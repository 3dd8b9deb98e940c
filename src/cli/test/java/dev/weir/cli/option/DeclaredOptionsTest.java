package dev.weir.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Mode;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

class DeclaredOptionsTest {

  @Command(name = "any", sortOptions = false)
  private static final class Any {
    @Option(names = "--own", description = "Own.")
    private int own;

    @Option(
        names = "--seq-len",
        descriptionKey = "window.seq-len",
        defaultValue = DeclaredOptions.DEFAULT)
    private int seqLen;

    @Option(
        names = "--horizon",
        descriptionKey = "forecast.horizon",
        description = "${declared}, or ${default}.")
    private Integer horizon;

    @Option(names = "--mode", descriptionKey = "forecast.mode", description = "Filter.")
    private Mode mode;
  }

  @Test
  void helpIsThatOfTheDeclarationInTheOrderOfTheCommand() {
    CommandLine any = DeclaredOptions.complete(new CommandLine(new Any()));
    assertThat(any.getCommandSpec().options())
        .extracting(OptionSpec::description)
        .containsExactly(
            new String[] {"Own."},
            new String[] {"Values in a window (a whole number from 1 to 4096; default: 5)."},
            new String[] {
              "Values in a forecast; for many-to-many always seq-len, or 2 (a whole number from 1 to"
                  + " 4096)."
            },
            new String[] {"Filter (many-to-one or many-to-many)."},
            new String[] {"Show this help message and exit."},
            new String[] {"Print version information and exit."});
    Any parsed = (Any) any.getCommand();
    any.parseArgs();
    assertThat(parsed.seqLen).isEqualTo(5);
    assertThat(parsed.horizon).isNull();
  }

  @Command(name = "any")
  private static final class Unknown {
    @Option(names = "--seq-len", descriptionKey = "window.length")
    private int seqLen;
  }

  @Test
  void unknownKeyIsABug() {
    CommandLine unknown = new CommandLine(new Unknown());
    assertThatThrownBy(() -> DeclaredOptions.complete(unknown))
        .isInstanceOf(NoSuchElementException.class);
  }
}
