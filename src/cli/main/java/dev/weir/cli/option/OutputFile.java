package dev.weir.cli.option;

import dev.weir.cli.console.Printable;
import dev.weir.model.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * A file that a command writes when its work is done. It never replaces a file that exists, which
 * may be an input, unless {@code --force} is given. {@link #check(ParseResult)} fails before the
 * work starts. Devices and pipes are written to, not replaced.
 */
public final class OutputFile {

  private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

  private final Path path;
  private boolean isForced;

  /** Mixin of commands that have an option of this type. */
  public static final class Force {
    @Option(names = "--force", description = "Replace a file that exists.")
    private boolean force;
  }

  /** Reads the option's text. */
  public static final class Converter implements ITypeConverter<OutputFile> {
    @Override
    public OutputFile convert(String text) {
      return new OutputFile(Path.of(text));
    }
  }

  OutputFile(Path path) {
    this.path = path;
  }

  /**
   * Checks the options of this type that were given to a command.
   *
   * @throws ParameterException if one can't be written, or if two are the same file
   */
  public static void check(ParseResult parsed) {
    ParseResult one = parsed;
    while (one.hasSubcommand()) {
      one = one.subcommand();
    }
    Set<Path> files = new HashSet<>();
    for (OptionSpec option : one.matchedOptions()) {
      if (option.getValue() instanceof OutputFile file) {
        file.check(option, files.add(file.path.toAbsolutePath().normalize()));
      }
    }
  }

  /** What an option is if it is not given, checked in the same way. */
  public static OutputFile ofDefault(String file, OptionSpec option) {
    OutputFile output = new OutputFile(Path.of(file));
    output.check(option, true);
    return output;
  }

  private void check(OptionSpec option, boolean isOne) {
    CommandLine command = option.command().commandLine();
    isForced = command.getParseResult().matchedOptionValue("--force", false);
    Path folder = path.toAbsolutePath().getParent();
    String expected = null;
    if (Files.isDirectory(path) || folder == null || !Files.isDirectory(folder)) {
      expected = "a file in a folder that exists";
    } else if (!isOne) {
      expected = "another file for each option";
    } else if (isReplaced() && !isForced) {
      expected = "a file that is not there yet, or --force";
    }
    if (expected != null) {
      String message =
          "%s: %s: expected %s, got %s"
              .formatted(option.command().qualifiedName(), option.longestName(), expected, path);
      throw new ParameterException(command, message, new TypeConversionException(message));
    }
  }

  private boolean isReplaced() {
    return Files.isRegularFile(path) && !path.equals(STANDARD_OUTPUT);
  }

  /** Writes the whole file at once, so that nobody reads a part of it. */
  public void write(byte[] bytes) throws IOException {
    if (path.equals(STANDARD_OUTPUT)) { // opened by its name, it would cut what a shell appends to
      System.out.write(bytes);
    } else if (Files.exists(path) && !Files.isRegularFile(path)) {
      Files.write(path, bytes, StandardOpenOption.WRITE);
    } else if (isReplaced() && !isForced) {
      throw new IOException(
          "%s: expected a file that is not there yet, got one created since the start"
              .formatted(Printable.line(path.toString())));
    } else {
      Safetensors.writeAtomically(Files.exists(path) ? path.toRealPath() : path, bytes);
    }
  }

  /** The same, as UTF-8. */
  public void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  public Path path() {
    return path;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
