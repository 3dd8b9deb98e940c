package dev.weir.lab.classes;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.evaluate.ResultOptions;
import dev.weir.cli.option.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir lab classes}: scores of classes, of a stream of rows or of windows. */
@Command(
    name = "classes",
    description = "Classifies labelled windows or rows and scores the answers.",
    abbreviateSynopsis = true,
    footer = {
      "",
      "Example: weir lab classes --prequential rows.csv",
      "Example: weir lab classes --classifier x.safetensors --test X_TEST.ts"
    })
public final class ClassesCommand implements Callable<Integer> {

  @Option(names = "--test", paramLabel = "Y.ts", description = "Labelled windows to classify, .ts.")
  private Path test;

  @Option(
      names = "--classifier",
      paramLabel = "FILE",
      description = "With --test: the model that classifies.")
  private Path classifier;

  @Option(
      names = "--prequential",
      paramLabel = "CSV",
      description = "A labelled stream; each row is classified before its label is learned.")
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

  @Mixin private ResultOptions output;

  @Option(
      names = "--report",
      converter = OutputFile.Converter.class,
      paramLabel = "X.html",
      description = "Also a page with the table and the confusion matrix.")
  private OutputFile report;

  @Override
  public Integer call() throws Exception {
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
    output.write(result);
    return 0;
  }

  private ClassResult run(ProgressLine progress) throws IOException {
    if (prequential != null) {
      UsageException.check(test == null, "--test", "none with --prequential", test);
      UsageException.check(
          classifier == null, "--classifier", "none with --prequential", classifier);
      UsageException.checkFile("--prequential", "a CSV file", prequential);
      return PrequentialEvaluation.of(prequential, label, seed == null ? 1 : seed, progress);
    }
    UsageException.check(label == null, "--label", "--prequential as well", "none");
    UsageException.check(seed == null, "--seed", "--prequential as well", "none");
    UsageException.checkFile("--classifier", "a model file, or --prequential", classifier);
    UsageException.checkFile("--test", "a .ts file", test);
    return ModelEvaluation.of(classifier, test);
  }
}
