package dev.weir.cli.classify;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.option.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code weir evaluate --task classify}. */
public final class ClassOptions {

  private static final long SHOWN_NANOS = 2_000_000_000L;

  private static final List<String> OWN =
      List.of("--test", "--classifier", "--prequential", "--label", "--seed");

  /** Options of the command that count for a classification, too. */
  private static final List<String> SHARED =
      List.of("--task", "--format", "--out", "--report", "--force", "--seq-len");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--test",
      paramLabel = "Y.ts",
      description = "--task classify: labelled windows to classify, .ts or .csv.")
  private Path test;

  @Option(
      names = "--classifier",
      paramLabel = "FILE",
      description =
          "With --test: this model classifies. With --seq-len, a many-to-many model answers for the"
              + " newest step of windows, as in a job.")
  private Path classifier;

  @Option(
      names = "--prequential",
      paramLabel = "CSV",
      description =
          "--task classify: a labelled stream; each row is classified before its label is learned.")
  private Path prequential;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "With --prequential: the column of the labels (default: one named label, class or target,"
              + " or the last one).")
  private String label;

  @Option(names = "--seed", description = "With --prequential: of everything random (default: 1).")
  private Long seed;

  /** Wrong options: what, expected and got. */
  public static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /** Whether a classification reads an option. */
  public static boolean reads(String option) {
    return isOwn(option) || SHARED.contains(option);
  }

  /** Whether nothing else reads it. */
  public static boolean isOwn(String option) {
    return OWN.contains(option);
  }

  /** Those of the options that were given; for the message that refuses them. */
  public List<String> given() {
    return matched().filter(OWN::contains).toList();
  }

  private Stream<String> matched() {
    return command.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName);
  }

  /**
   * Runs what the options ask for, with its progress on standard error.
   *
   * @param report where a page goes; null for none
   */
  public ClassResult run(OutputFile report) throws IOException, UsageException {
    ClassEvaluation evaluation = evaluation();
    ProgressLine progress = new ProgressLine(SHOWN_NANOS);
    ClassResult result;
    try {
      result = evaluation.run(progress);
    } finally {
      progress.clear();
    }
    if (report != null) {
      report.write(result.page());
    }
    return result;
  }

  private ClassEvaluation evaluation() throws UsageException {
    for (String option : matched().toList()) { // what could have no effect is a mistake
      check(reads(option), option, "none beside --task classify", "one");
    }
    long start = seed == null ? 1 : seed;
    Integer seqLen = command.commandLine().getParseResult().matchedOptionValue("--seq-len", null);
    check(seqLen == null || classifier != null, "--seq-len", "--classifier beside it", "none");
    if (prequential != null) {
      check(test == null, "--test", "none beside --prequential", test);
      check(classifier == null, "--classifier", "none beside --prequential", classifier);
      check(Files.isRegularFile(prequential), "--prequential", "a CSV file", prequential);
      return new PrequentialEvaluation(prequential, label, start);
    }
    check(label == null, "--label", "--prequential beside it", "none");
    check(seed == null, "--seed", "--prequential beside it", "none");
    check(
        classifier != null && Files.isRegularFile(classifier),
        "--classifier",
        "a model file, or --prequential",
        classifier);
    check(test != null && Files.isRegularFile(test), "--test", "a .ts or .csv file", test);
    return new ModelEvaluation(classifier, test, seqLen);
  }

  private static void check(boolean holds, String option, String expected, Object got)
      throws UsageException {
    if (!holds) {
      throw new UsageException(
          "%s: expected %s, got %s".formatted(option, expected, got == null ? "none" : got));
    }
  }
}
