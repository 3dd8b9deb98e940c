package dev.weir.lab.classes;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of {@code weir evaluate --task classify}. */
public final class ClassOptions extends TaskMixin {

  private static final List<String> OWN =
      List.of("--test", "--classifier", "--prequential", "--label", "--seed");

  /** Options of the command that count for a classification, too. */
  private static final List<String> SHARED =
      List.of("--task", "--format", "--out", "--report", "--force");

  public ClassOptions() {
    super("classify", OWN, SHARED);
  }

  @Option(
      names = "--test",
      paramLabel = "Y.ts",
      description = "--task classify: labelled windows to classify, .ts.")
  private Path test;

  @Option(
      names = "--classifier",
      paramLabel = "FILE",
      description = "With --test: this model classifies.")
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

  /**
   * Runs what the options ask for, with its progress on standard error.
   *
   * @param report where a page goes; null for none
   */
  public ClassResult run(OutputFile report) throws IOException {
    ProgressLine progress = new ProgressLine();
    ClassResult result;
    try {
      result = run(progress);
    } finally {
      progress.clear();
    }
    if (report != null) {
      report.write(result.page());
    }
    return result;
  }

  private ClassResult run(ProgressLine progress) throws IOException {
    checkMatched();
    long start = seed == null ? 1 : seed;
    if (prequential != null) {
      UsageException.check(test == null, "--test", "none with --prequential", test);
      UsageException.check(
          classifier == null, "--classifier", "none with --prequential", classifier);
      UsageException.check(
          Files.isRegularFile(prequential), "--prequential", "a CSV file", prequential);
      return new PrequentialEvaluation(prequential, label, start).run(progress);
    }
    UsageException.check(label == null, "--label", "--prequential as well", "none");
    UsageException.check(seed == null, "--seed", "--prequential as well", "none");
    UsageException.check(
        classifier != null && Files.isRegularFile(classifier),
        "--classifier",
        "a model file, or --prequential",
        classifier);
    UsageException.check(test != null && Files.isRegularFile(test), "--test", "a .ts file", test);
    return new ModelEvaluation(classifier, test).run();
  }
}
