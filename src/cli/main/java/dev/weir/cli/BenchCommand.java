package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code weir bench} without the module lab, as in a release: says what it needs. */
@Command(
    name = "bench",
    description =
        "Measures on this machine, in one run, what a record costs from Kafka to Kafka. Works in a"
            + " clone of the repository only.",
    footer = {"", "Example: weir bench --quick"})
final class BenchCommand implements Callable<Integer> {

  @Unmatched private List<String> words = new ArrayList<>();

  @Override
  public Integer call() {
    throw new IllegalStateException("bench: expected a clone of the repository, got a release");
  }
}
