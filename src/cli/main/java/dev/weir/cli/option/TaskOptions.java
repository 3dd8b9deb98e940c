package dev.weir.cli.option;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A command with the option {@code --task}, whose help shows what that task reads. */
public interface TaskOptions {

  /**
   * Whether the task that was given, or else the default, reads an option.
   *
   * @param option its longest name
   */
  boolean reads(String option);

  /** Makes the help of such commands show no other options. */
  static void install(CommandLine parent) {
    for (CommandLine command : parent.getSubcommands().values()) {
      if (command.getCommandSpec().userObject() instanceof TaskOptions task) {
        command
            .getHelpSectionMap()
            .put(
                UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                help -> {
                  List<OptionSpec> read =
                      help.commandSpec().options().stream()
                          .filter(
                              o -> o.usageHelp() || o.versionHelp() || task.reads(o.longestName()))
                          .toList();
                  return help.optionListExcludingGroups(
                      read, help.createDefaultLayout(), null, help.parameterLabelRenderer());
                });
      }
    }
  }
}
