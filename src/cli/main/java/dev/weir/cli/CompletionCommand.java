package dev.weir.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir completion}: what makes a shell finish our words. */
@Command(
    name = "completion",
    description = "Prints a script that lets the shell complete commands and options.",
    footer = {
      "",
      "Examples: weir completion bash > ~/.local/share/bash-completion/completions/weir",
      "          weir completion zsh > ~/.weir-completion.zsh",
      "In this shell at once:  source <(weir completion bash)"
    })
final class CompletionCommand implements Callable<Integer> {

  enum Shell {
    bash,
    zsh
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public Integer call() {
    if (shell == Shell.zsh) { // where compinit has not run, bash's way of completing is not known
      System.out.println("autoload -Uz compinit && compinit");
    }
    System.out.print(AutoComplete.bash("weir", spec.root().commandLine()));
    // as it is typed beside the sources
    System.out.println("complete -F _complete_weir -o default ./weir");
    return 0;
  }
}
