package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.cli.console.Printable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Any words after {@code weir}; those that would start no server are carried out as well. */
@Tag("fuzz")
class CommandFuzzTest {

  private static final long SEED = 20261201;

  private final CommandLine weir = Weir.commandLine(); // one for all: making it takes longest

  private static byte[] line(String... args) {
    return String.join("\n", args).getBytes(StandardCharsets.UTF_8);
  }

  /** Words as each on a line, so that damage reaches their ends too. */
  private static List<byte[]> samples() {
    String wrong = "pom.xml"; // a file of no expected format
    return List.of(
        line("model", "inspect", "none.safetensors", "--seq-len", "5"),
        line("model", "inspect", wrong, "--readout", "h_n", "--scaling", "last"),
        line("submit", "jobs/many-to-one.yaml", "--jobmanager", "localhost:1", "--dry-run"),
        line(
            "submit", "jobs/many-to-many.yaml", "--jobmanager", "b:1", "--dry-run", "--set", "a=b"),
        line("evaluate", "--input", wrong, "--horizon", "3", "--format", "json"),
        line("evaluate", "--input", wrong, "--outside", wrong, "--season", "2"),
        line("train", "--input", wrong, "--out", "none.safetensors", "--epochs", "2"),
        line("run", "jobs/many-to-one.yaml", "-D", "parallelism.default=2"),
        line("tail", "--series", "a.*", "--limit", "3", "--from-beginning"),
        line("alarms", "--series", "a.*", "--last", "3", "--follow", "--limit", "7"),
        line("alarms", "jobs/many-to-one.yaml", "--explain", "pump", "--format", "json"),
        line("webhook", "jobs/many-to-one.yaml", "--since", "2h", "--set", "alarms=on"),
        line("produce", "--input", wrong, "--topic", "t", "--speed", "10"),
        line("demo", "--duration", "20s", "--port", "0", "--rate", "3"),
        line("dead-letters", "--show", "17", "--reason", "TIME"),
        line("dead-letters", "replay", "--reason", "LATE", "--dry-run"));
  }

  private Outcome open(byte[] bytes, SplittableRandom random) {
    String[] args = new String(bytes, StandardCharsets.UTF_8).split("\n");
    ParseResult parsed;
    try {
      parsed = weir.parseArgs(args);
    } catch (ParameterException e) {
      return Outcome.refused(Printable.line(String.valueOf(e.getMessage()), 300));
    }
    if (!isHarmless(parsed)) {
      return Outcome.taken("parsed");
    }
    InProcess run = InProcess.run(args);
    if (run.exitCode() < 0 || run.exitCode() > 2) {
      throw new AssertionError("expected an exit code from 0 to 2, got " + run);
    }
    if (run.err().contains("\tat ") || run.err().contains("java.lang.")) {
      throw new AssertionError("expected words, got a bug's trace: " + run);
    }
    for (String line : (run.out() + run.err()).split("\n")) {
      if (line.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("expected printable text, got " + Printable.line(line));
      }
    }
    return Outcome.taken(run.exitCode());
  }

  /** Whether carrying it out starts no server and asks none. */
  private static boolean isHarmless(ParseResult parsed) {
    List<CommandLine> commands = parsed.asCommandLineList();
    String last = commands.get(commands.size() - 1).getCommandName();
    ParseResult options = commands.get(commands.size() - 1).getParseResult();
    return switch (last) {
      case "inspect", "evaluate", "train" -> true;
      case "submit" -> options.hasMatchedOption("--dry-run");
      default -> false;
    };
  }

  @Test
  void anyWordsAreCarriedOutOrRefusedInWords() throws Exception {
    Fuzzer fuzzer =
        new Fuzzer(
            SEED,
            samples(),
            "--help",
            "--",
            "\n--version",
            "\n--set\n=",
            "\n--dry-run\n--dry-run",
            "-1",
            "999999999999",
            "\n--format\nxml");
    fuzzer.run(this::open, 20 << 20, 1_000);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isPositive();
  }
}
