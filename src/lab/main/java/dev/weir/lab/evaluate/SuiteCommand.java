package dev.weir.lab.evaluate;

import dev.weir.cli.console.ProgressLine;
import dev.weir.cli.evaluate.ResultOptions;
import dev.weir.cli.option.OutputFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir lab suite}: our place among published scores. */
@Command(
    name = "suite",
    description =
        "Runs the tasks of a folder, each a file with options of weir lab holdout, and ranks the"
            + " scores among those that others published.",
    footer = {"", "Example: weir lab suite conf/suite --input DATA --report suite.html"})
public final class SuiteCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "The folder of the tasks.")
  private Path tasks;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DATA",
      description = "The folder of the data.")
  private Path data;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description =
          "A folder that keeps the figures of each task; those that it has are not made again.")
  private Path results;

  @Mixin private ResultOptions output;

  @Option(
      names = "--report",
      converter = OutputFile.Converter.class,
      paramLabel = "X.html",
      description = "Also a page with tables and charts.")
  private OutputFile report;

  @Override
  public Integer call() throws Exception {
    SuiteResult result = new Suite(tasks, data).run(results, new ProgressLine());
    if (report != null) {
      report.write(result.page());
    }
    output.write(result);
    return result.isComplete() ? 0 : 1;
  }
}
