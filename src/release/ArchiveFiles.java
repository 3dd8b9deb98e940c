import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Collects what the archive of a release takes over from the sources: {@code ArchiveFiles ROOT
 * RELEASE URL} copies the files that {@code src/release/files.txt} lists to {@code RELEASE/files}.
 * In texts, paths of a clone become those of the archive, but not in the table of {@code
 * docs/quickstart.md} that lists both, and links to the sources begin with the URL. Deletes empty
 * folders in {@code RELEASE/licenses}, which are of libraries that carry no license.
 */
final class ArchiveFiles {

  private static final Pattern TEXT = Pattern.compile(".*\\.(md|sql|ya?ml|py)");

  /** In a clone, which does not know where it is published: the default of the pom. */
  private static final String UNKNOWN = "https://example.invalid/weir";

  private ArchiveFiles() {}

  /** A line of the list: files of a folder, and the folder of the archive that they go to. */
  private record Entry(Path folder, String glob, Path target) {

    static Entry of(String line) {
      String[] words = line.strip().split("\\s+");
      Path files = Path.of(words[0]);
      Path folder = files.getParent() == null ? Path.of("") : files.getParent();
      return new Entry(
          folder, files.getFileName().toString(), words.length > 1 ? Path.of(words[1]) : folder);
    }

    boolean moved() {
      return !folder.equals(target);
    }
  }

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    Path release = Path.of(args[1]);
    List<Entry> entries = new ArrayList<>();
    for (String line : Files.readAllLines(root.resolve("src/release/files.txt"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        entries.add(Entry.of(line));
      }
    }
    Map<String, String> paths = new LinkedHashMap<>();
    paths.put(UNKNOWN, args[2]);
    entries.stream()
        .filter(Entry::moved)
        .forEach(e -> paths.put(slashes(e.folder), slashes(e.target)));
    for (Entry entry : entries) {
      copy(entry, root, release.resolve("files"), paths);
    }
    deleteEmptyFolders(release.resolve("licenses"));
  }

  private static void copy(Entry entry, Path root, Path files, Map<String, String> paths)
      throws IOException {
    Path target = Files.createDirectories(files.resolve(entry.target));
    int copied = 0;
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(root.resolve(entry.folder), entry.glob)) {
      for (Path file : found) {
        byte[] bytes = Files.readAllBytes(file);
        String name = file.getFileName().toString();
        if (TEXT.matcher(name).matches()) {
          bytes = moved(Files.readString(file), entry, paths).getBytes(UTF_8);
        }
        Files.write(target.resolve(name), bytes);
        copied++;
      }
    }
    if (copied == 0) {
      throw new IOException(
          "src/release/files.txt: expected files "
              + entry.folder.resolve(entry.glob.replace("*", "..."))
              + ", found none");
    }
  }

  private static String moved(String text, Entry entry, Map<String, String> paths) {
    StringBuilder out = new StringBuilder();
    for (String line : text.split("(?<=\n)")) {
      out.append(
          line.matches("(?s)\\| `(src|target)/[^|]+\\| `[^|]+\\|\\R?") ? line : moved(line, paths));
    }
    if (!entry.moved()) {
      return out.toString();
    }
    String up = "](" + "../".repeat(entry.folder.getNameCount());
    return out.toString().replace(up, "](" + "../".repeat(entry.target.getNameCount()));
  }

  private static String moved(String line, Map<String, String> paths) {
    String text = line.replace("target/weir-", "weir-");
    for (Map.Entry<String, String> path : paths.entrySet()) {
      text =
          text.replaceAll(
              Pattern.quote(path.getKey()) + "(?![\\w-])",
              Matcher.quoteReplacement(path.getValue()));
    }
    return text;
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }

  private static void deleteEmptyFolders(Path folder) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.walk(folder)) {
      folders = all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : folders) {
      boolean empty;
      try (Stream<Path> inside = Files.list(each)) {
        empty = inside.findAny().isEmpty();
      }
      if (empty) {
        Files.delete(each);
      }
    }
  }
}
