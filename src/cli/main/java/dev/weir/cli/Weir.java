package dev.weir.cli;

import dev.weir.cli.alarm.AlarmsCommand;
import dev.weir.cli.alarm.WebhookCommand;
import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.ErrorHint;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Terminal;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.dashboard.DashboardCommand;
import dev.weir.cli.deadletter.DeadLettersCommand;
import dev.weir.cli.demo.DemoCommand;
import dev.weir.cli.evaluate.EvaluateCommand;
import dev.weir.cli.evaluate.ForecastCommand;
import dev.weir.cli.health.DoctorCommand;
import dev.weir.cli.health.StatusCommand;
import dev.weir.cli.init.InitCommand;
import dev.weir.cli.local.TemporaryFolder;
import dev.weir.cli.model.ModelCommand;
import dev.weir.cli.model.TrainCommand;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.option.OutputFile;
import dev.weir.cli.tail.TailCommand;
import dev.weir.kafka.ClientProperties;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code weir}: the command line. */
@Command(
    name = "weir",
    description = "Real-time forecasts on Apache Flink.",
    version = "weir 0.1.0",
    footer = {
      "",
      "A first look:  weir demo",
      "Your own job:  weir init --topic my-topic, weir run my-topic.yaml, weir status"
          + " my-topic.yaml",
      "Exit codes:    0 done, 1 the work failed, 2 wrong usage"
    })
public final class Weir implements Runnable {

  private static final int MAX_CHARACTERS = 1_000;

  private static final Map<String, List<Class<?>>> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put("Try it", List.of(DemoCommand.class));
    GROUPS.put(
        "Files, without Kafka",
        List.of(ForecastCommand.class, EvaluateCommand.class, TrainCommand.class));
    GROUPS.put(
        "Jobs",
        List.of(
            InitCommand.class,
            DoctorCommand.class,
            RunCommand.class,
            SubmitCommand.class,
            StatusCommand.class,
            StopCommand.class));
    GROUPS.put(
        "Topics",
        List.of(
            ProduceCommand.class,
            TailCommand.class,
            AlarmsCommand.class,
            WebhookCommand.class,
            DashboardCommand.class,
            DeadLettersCommand.class,
            ModelCommand.class));
  }

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    run(commandLine(), args);
  }

  /**
   * Runs a command and ends the process.
   *
   * @param commandLine from {@link #prepared}
   */
  public static void run(CommandLine commandLine, String... args) {
    Locale.setDefault(Locale.ROOT); // all texts are English, so the numbers in them are, too
    TemporaryFolder.own();
    VectorModule.load();
    int exitCode;
    try {
      exitCode = commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      System.err.println("weir: expected less to hold at once, got no more memory: " + e);
      System.err.println(
          "  give it more, as in WEIR_JAVA_OPTS=-Xmx2g, or take fewer or smaller files");
      exitCode = 1;
    }
    System.out.flush();
    // the embedded broker and cluster leave threads behind that would keep the process alive
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    CommandLine weir = new CommandLine(new Weir());
    GROUPS.values().stream().flatMap(List::stream).forEach(weir::addSubcommand);
    weir.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
    weir.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Weir::commands);
    return prepared(weir);
  }

  /** Completes the options of commands and reports their errors in one line each. */
  public static CommandLine prepared(CommandLine commands) {
    CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF); // it repeats words as they are
    DeclaredOptions.complete(commands);
    return commands
        .setExecutionStrategy(
            parsed -> {
              OutputFile.check(parsed);
              return new CommandLine.RunLast().execute(parsed);
            })
        .setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.colours(Terminal.isOut())))
        .setParameterExceptionHandler(
            (given, args) -> { // as picocli's own, but foreign words as what they are
              ParameterException exception = masked(given);
              CommandLine commandLine = exception.getCommandLine();
              commandLine.getErr().println(error(exception.getMessage()));
              if (given.getCause() instanceof TypeConversionException
                  || UnmatchedArgumentException.printSuggestions(exception, commandLine.getErr())) {
                commandLine
                    .getErr()
                    .printf(
                        "  %s --help has the rest%n", commandLine.getCommandSpec().qualifiedName());
              } else {
                commandLine.usage(commandLine.getErr(), Terminal.colours(Terminal.isErr()));
              }
              return commandLine.getCommandSpec().exitCodeOnInvalidInput();
            })
        .setExecutionExceptionHandler(
            (exception, commandLine, parseResult) -> {
              CommandSpec command = commandLine.getCommandSpec();
              if (exception instanceof CommandFailure) {
                String message = ClientProperties.masked(exception.getMessage()).replace('\n', ' ');
                commandLine.getErr().println(error(command.qualifiedName() + ": " + message));
                if (exception instanceof UsageException) {
                  commandLine
                      .getErr()
                      .printf("  %s --help has examples%n", command.qualifiedName());
                  return command.exitCodeOnInvalidInput();
                }
                return command.exitCodeOnExecutionException();
              }
              commandLine.getErr().println(error(line(exception, commandLine)));
              if (Boolean.getBoolean("weir.stacktrace")) {
                StringWriter trace = new StringWriter();
                exception.printStackTrace(new PrintWriter(trace));
                commandLine.getErr().println(ClientProperties.masked(trace.toString()));
              }
              return command.exitCodeOnExecutionException();
            });
  }

  private static String commands(Help help) {
    UsageMessageSpec usage = help.commandSpec().usageMessage();
    int names = 4 + help.subcommands().keySet().stream().mapToInt(String::length).max().orElse(0);
    Iterator<Help> all = help.subcommands().values().iterator(); // as GROUPS has them
    StringBuilder text = new StringBuilder();
    GROUPS.forEach(
        (group, commands) -> {
          Help.TextTable table =
              Help.TextTable.forColumns(
                  help.colorScheme(),
                  new Help.Column(names, 2, Help.Column.Overflow.SPAN),
                  new Help.Column(usage.width() - names, 0, Help.Column.Overflow.WRAP));
          for (int i = 0; i < commands.size(); i++) {
            CommandSpec command = all.next().commandSpec();
            table.addRowValues(
                help.colorScheme().commandText(command.name()),
                help.colorScheme().text(command.usageMessage().description()[0]));
          }
          text.append("%n%s:%n".formatted(group)).append(table);
        });
    return text.toString();
  }

  /** A password that a shell took for a word of its own is not to come back from us. */
  private static ParameterException masked(ParameterException exception) {
    String masked =
        ClientProperties.masked(exception.getMessage())
            .replaceFirst("(?s)('--kafka'.*format but was ).*", "$1[hidden]");
    return masked.equals(exception.getMessage())
        ? exception
        : new ParameterException(exception.getCommandLine(), masked);
  }

  /** What was given may be repeated in it, but only as printable text. */
  private static CommandLine.Help.Ansi.Text error(String message) {
    String lines =
        message
            .lines()
            .map(text -> Printable.line(text, MAX_CHARACTERS))
            .collect(Collectors.joining(System.lineSeparator()));
    return CommandLine.Help.defaultColorScheme(Terminal.colours(Terminal.isErr())).errorText(lines);
  }

  /** One line that says what went wrong; a bug of ours without a message is named by its type. */
  private static String line(Exception exception, CommandLine commandLine) {
    Throwable cause = exception;
    while (cause.getCause() != null && isWrapping(cause)) {
      cause = cause.getCause();
    }
    String next = ErrorHint.after(exception, commandLine.getCommandSpec().qualifiedName());
    return ClientProperties.masked("weir: " + message(cause)) + (next == null ? "" : "\n  " + next);
  }

  /** Flink and Kafka say what they could not do, and only the cause says why. */
  private static boolean isWrapping(Throwable cause) {
    return cause.getMessage() == null
        || cause instanceof CompletionException
        || cause instanceof ExecutionException
        || (cause.getClass().getName().startsWith("org.apache.")
            && !(cause instanceof IOException)); // a refused connection names its address
  }

  private static String message(Throwable cause) {
    if (cause instanceof NoSuchFileException missing) { // its message is the path alone
      return missing.getFile() + ": expected a file, found none";
    }
    if (cause instanceof AccessDeniedException denied) {
      return denied.getFile() + ": expected a file that may be read, access is denied";
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  @Override
  public void run() {
    throw UsageException.of(spec, "expected a command, got none");
  }
}
