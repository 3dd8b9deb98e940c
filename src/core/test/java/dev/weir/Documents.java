package dev.weir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The documents of the repository, as far as tests ask about them: links, headings, code. */
public final class Documents {

  private static final Pattern LINK = Pattern.compile("\\]\\(<?([^)\\s>]+)>?[^)]*\\)");
  private static final Pattern SPAN = Pattern.compile("(`+)(.+?)\\1");
  private static final Pattern FENCE = Pattern.compile("^ {0,8}(```+|~~~+)\\s*(\\w*).*");

  /**
   * A piece of a document.
   *
   * @param line from 1
   */
  public record Piece(Path file, int line, String text) {
    @Override
    public String toString() {
      return "%s:%d: %s".formatted(file, line, text);
    }
  }

  private Documents() {}

  /** All that people read, from the repository's root. */
  public static List<Path> all() {
    List<Path> files = new ArrayList<>();
    for (String name :
        List.of(
            "README.md",
            "src/core/RATIONALE.md",
            "src/flink/RATIONALE.md",
            "CHANGELOG.md",
            ".github/CONTRIBUTING.md",
            "docs",
            "jobs")) {
      try (Stream<Path> found = Files.walk(Path.of(name))) {
        found.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  /** Where the links of a document lead to, outside of code. */
  public static List<Piece> links(Path file) {
    List<Piece> links = new ArrayList<>();
    for (Piece line : prose(file)) {
      Matcher matcher = LINK.matcher(withoutCode(line.text));
      while (matcher.find()) {
        links.add(new Piece(file, line.line, matcher.group(1)));
      }
    }
    return links;
  }

  /** The anchors of a document's headings, as GitHub makes them. */
  public static List<String> anchors(Path file) {
    List<String> anchors = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Piece line : prose(file)) {
      if (line.text.matches("#{1,6} .*")) {
        String heading = line.text.replaceFirst("#+ +", "");
        String text = heading.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1").strip();
        String anchor =
            text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
        int before = seen.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
    }
    return anchors;
  }

  /** Inline code: the text between backticks within a line. */
  public static List<Piece> spans(Path file) {
    List<Piece> spans = new ArrayList<>();
    for (Piece line : prose(file)) {
      Matcher matcher = SPAN.matcher(line.text);
      while (matcher.find()) {
        spans.add(new Piece(file, line.line, matcher.group(2).strip()));
      }
    }
    return spans;
  }

  /** The blocks of code in a language, each with the line of its first line. */
  public static List<Piece> blocks(Path file, String language) {
    return blocks(file).stream()
        .filter(block -> block.getKey().equals(language))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** All blocks of code by their language, "" where none is named, in the document's order. */
  public static List<Map.Entry<String, Piece>> blocks(Path file) {
    List<Map.Entry<String, Piece>> blocks = new ArrayList<>();
    String fence = null;
    String language = null;
    int first = 0;
    StringBuilder block = new StringBuilder();
    for (Piece line : lines(file)) {
      Matcher matcher = FENCE.matcher(line.text);
      if (fence == null && matcher.matches()) {
        fence = matcher.group(1);
        language = matcher.group(2);
        first = line.line + 1;
        block.setLength(0);
      } else if (fence != null && line.text.strip().equals(fence)) {
        blocks.add(Map.entry(language, new Piece(file, first, block.toString())));
        fence = null;
      } else if (fence != null) {
        block.append(line.text).append('\n');
      }
    }
    return blocks;
  }

  /** The Log4j filter for a broker outage, which the runbook names. */
  public static String outageFilter() {
    return lines(Path.of("conf", "log4j2.properties")).stream()
        .map(Piece::text)
        .filter(line -> line.matches("logger\\.(connections|sender)\\..*"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** Lines outside of blocks of code. */
  private static List<Piece> prose(Path file) {
    List<Piece> prose = new ArrayList<>();
    String fence = null;
    for (Piece line : lines(file)) {
      Matcher matcher = FENCE.matcher(line.text);
      if (fence == null && matcher.matches()) {
        fence = matcher.group(1);
      } else if (fence == null) {
        prose.add(line);
      } else if (line.text.strip().equals(fence)) {
        fence = null;
      }
    }
    return prose;
  }

  private static List<Piece> lines(Path file) {
    try {
      List<Piece> lines = new ArrayList<>();
      for (String text : Files.readAllLines(file)) {
        lines.add(new Piece(file, lines.size() + 1, text));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without what only looks like a link; code within a link's own words is left out, too. */
  private static String withoutCode(String line) {
    return SPAN.matcher(line).replaceAll("");
  }
}
