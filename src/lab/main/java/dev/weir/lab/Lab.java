package dev.weir.lab;

import dev.weir.bench.BenchCommand;
import dev.weir.cli.Weir;
import dev.weir.cli.console.UsageException;
import dev.weir.lab.anomaly.AnomaliesCommand;
import dev.weir.lab.classes.ClassesCommand;
import dev.weir.lab.evaluate.AgesCommand;
import dev.weir.lab.evaluate.HoldoutCommand;
import dev.weir.lab.evaluate.LeaveOneOutCommand;
import dev.weir.lab.evaluate.SuiteCommand;
import dev.weir.lab.train.TrainWeirCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weir lab}: what Weir is measured with. */
@Command(
    name = "weir lab",
    description = "Measures Weir. Works in a clone of the repository only.",
    subcommands = {
      SuiteCommand.class,
      HoldoutCommand.class,
      AgesCommand.class,
      LeaveOneOutCommand.class,
      AnomaliesCommand.class,
      ClassesCommand.class,
      TrainWeirCommand.class,
      BenchCommand.class
    })
public final class Lab implements Runnable {

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    Weir.run(commandLine(), args);
  }

  public static CommandLine commandLine() {
    return Weir.prepared(new CommandLine(new Lab()));
  }

  @Override
  public void run() {
    throw UsageException.of(spec, "expected a command, got none");
  }
}
