package dev.weir.cli.evaluate;

import dev.weir.cli.console.Result;
import dev.weir.cli.option.OutputFile;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command writes what it has found. */
public final class ResultOptions {

  @Option(names = "--format", defaultValue = "table")
  private Result.Layout format;

  @Option(
      names = "--out",
      converter = OutputFile.Converter.class,
      paramLabel = "FILE",
      description = "Also write the forecasts or scores to this file, as CSV.")
  private OutputFile out;

  @Mixin private OutputFile.Force force;

  public void write(Result result) throws IOException {
    if (out != null) {
      out.write(result.csv());
    }
    System.out.print(result.in(format));
  }
}
