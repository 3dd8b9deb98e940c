package dev.weir.cli.option;

import dev.weir.job.options.JobOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * Gives each option of the commands whose {@code descriptionKey} is the key of an {@link Option}
 * what that declares: its sentence, its values with their check, and, if {@code defaultValue} is
 * {@link #DEFAULT}, its default. A description of its own replaces the sentence; in it, {@code
 * ${declared}} is the sentence and {@link #DEFAULT} the default. Texts are checked where they are
 * used, since they may contain passwords.
 *
 * <p>Any other option without a description gets its values and its default. Options keep their
 * order, and {@code --help} and {@code --version} come last.
 */
public final class DeclaredOptions {

  public static final String DEFAULT = "${default}";

  private static final String SENTENCE = "${declared}";

  private DeclaredOptions() {}

  /** Completes the options of a command and of all its subcommands; returns it. */
  public static CommandLine complete(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    for (OptionSpec option : List.copyOf(spec.options())) { // each, so that they keep their order
      if (option.group() == null) {
        spec.remove(option);
        spec.addOption(isDeclared(option) ? completed(option) : described(option));
      }
    }
    spec.mixinStandardHelpOptions(true).usageMessage().sortOptions(false);
    command.getSubcommands().values().forEach(DeclaredOptions::complete);
    return command;
  }

  private static boolean isDeclared(OptionSpec option) {
    return !option.descriptionKey().isEmpty();
  }

  private static OptionSpec described(OptionSpec option) {
    if (option.description().length > 0 || option.defaultValue() == null) {
      return option;
    }
    String text =
        option.type().isEnum()
            ? "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
            : "Default: ${DEFAULT-VALUE}.";
    return OptionSpec.builder(option).description(text).build();
  }

  /** The declaration with this key: of the job file, or of each of its modes. */
  static Option<?> of(String key) {
    return Stream.concat(ForecastOptions.OF_MODE.stream(), JobOptions.all().stream())
        .filter(option -> option.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static OptionSpec completed(OptionSpec option) {
    Option<?> declared = of(option.descriptionKey());
    OptionSpec.Builder builder = OptionSpec.builder(option);
    if (DEFAULT.equals(builder.defaultValue())) {
      builder.defaultValue(declared.defaultText());
    }
    builder.description(description(builder, declared));
    if (declared.type() != Option.Type.TEXT) {
      builder.converters(text -> value(declared, text));
    }
    return builder.build();
  }

  private static String description(OptionSpec.Builder option, Option<?> declared) {
    String own = String.join("", option.description());
    String text =
        (own.isEmpty() ? SENTENCE : own)
            .replace(SENTENCE, withoutPeriod(declared.description()))
            .replace(DEFAULT, String.valueOf(declared.defaultText()));
    List<String> more = new ArrayList<>();
    if (declared.type() != Option.Type.TEXT && declared.type() != Option.Type.NAME) {
      more.add(declared.expected());
    }
    if (option.defaultValue() != null) {
      more.add("default: " + option.defaultValue());
    }
    String inParentheses = more.isEmpty() ? "" : " (" + String.join("; ", more) + ")";
    return (withoutPeriod(text) + inParentheses + ".").replace("%", "%%");
  }

  private static String withoutPeriod(String sentence) {
    return sentence.replaceFirst("\\.$", "");
  }

  /** A list comes value by value, since picocli splits and collects it. */
  private static Object value(Option<?> declared, String text) {
    try {
      Object value = declared.parse(text);
      return value instanceof List<?> list ? list.get(0) : value;
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
