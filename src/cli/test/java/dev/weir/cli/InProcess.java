package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A command in this JVM, with what it wrote: for commands that start no server. */
public record InProcess(int exitCode, String out, String err) {

  private static final Pattern SLOT = Pattern.compile("%s");

  /** A command line, of which each {@code %s} is the next value: {@link #words}. */
  public static InProcess weir(String line, Object... values) {
    return run(words(line, values));
  }

  /** As {@link #weir}, of a command that ends with 0. */
  public static InProcess succeeds(String line, Object... values) {
    return weir(line, values).succeeded();
  }

  /** As {@link #weir}, of a command that ends with this code. */
  public static InProcess fails(int code, String line, Object... values) {
    return weir(line, values).failed(code);
  }

  public InProcess succeeded() {
    return failed(0);
  }

  public InProcess failed(int code) {
    assertThat(exitCode).as("%s", this).isEqualTo(code);
    return this;
  }

  /** The words of a line; each {@code %s} is the next value, which may contain spaces. */
  public static String[] words(String line, Object... values) {
    Iterator<Object> next = List.of(values).iterator();
    String[] words =
        Stream.of(line.split(" +"))
            .map(
                word ->
                    SLOT.matcher(word)
                        .replaceAll(slot -> Matcher.quoteReplacement(next.next().toString())))
            .toArray(String[]::new);
    if (next.hasNext()) {
      throw new IllegalArgumentException("%s: expected a slot for %s".formatted(line, next.next()));
    }
    return words;
  }

  /** Of {@code status} without a deadline of its own, which a busy machine might miss. */
  public static InProcess run(String... args) {
    List<String> words = new ArrayList<>(List.of(args));
    if (words.get(0).equals("status") && !words.contains("--timeout")) {
      words.addAll(List.of("--timeout", "2min"));
    }
    return run(Weir.commandLine(), words.toArray(String[]::new));
  }

  /** One of other commands. */
  public static InProcess run(CommandLine commands, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    try (PrintStream outNow = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errNow = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(outNow);
      System.setErr(errNow);
      commands.setOut(new PrintWriter(outNow, true)).setErr(new PrintWriter(errNow, true));
      int exitCode = commands.execute(args);
      outNow.flush();
      errNow.flush();
      return new InProcess(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }
}
