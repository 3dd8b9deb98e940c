package dev.weir.cli.classify;

import dev.weir.cli.console.UsageException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Options of one task of a command, which reads some of the command's own as well. */
public abstract class TaskMixin {

  private final String task;
  private final List<String> own;
  private final List<String> shared;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * @param own options that only this task reads
   * @param shared options of the command that it reads
   */
  protected TaskMixin(String task, List<String> own, List<String> shared) {
    this.task = task;
    this.own = own;
    this.shared = shared;
  }

  /** Whether the task reads an option. */
  public boolean reads(String option) {
    return isOwn(option) || shared.contains(option);
  }

  /** Whether nothing else reads it. */
  public boolean isOwn(String option) {
    return own.contains(option);
  }

  /** Those of its own options that were given; for the message that refuses them. */
  public List<String> given() {
    return matched().filter(own::contains).toList();
  }

  /** Fails if an option was given that the task does not read. */
  protected void checkMatched() {
    matched()
        .forEach(
            option ->
                UsageException.check(reads(option), option, "none with --task " + task, "one"));
  }

  /** What an option of the command was given; null for nothing. */
  protected <T> T matchedValue(String option) {
    return command.commandLine().getParseResult().matchedOptionValue(option, null);
  }

  private Stream<String> matched() {
    return command.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName);
  }
}
