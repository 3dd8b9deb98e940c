package dev.weir.job.options;

import dev.weir.kafka.ClientProperties;
import dev.weir.model.Mode;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import dev.weir.spec.Front;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The text of a job file as keys and values, each with its line. Only known options pass; a wrong
 * one is named with its line and with what was expected, all of them at once.
 */
public final class JobFile implements Front {

  private static final Logger LOG = LoggerFactory.getLogger(JobFile.class);
  private static final String SET = "--set";
  private static final int MAX_BYTES = 128 << 10; // what reads YAML takes its time with long words
  private static final int MAX_KEYS = 2_000;

  /** No key of ours is half as long. */
  private static final int MAX_LIKENESS = 100;

  private record Entry(String text, String where) {}

  private final String name;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<Option<?>, Object> values = new LinkedHashMap<>(); // null where it is wrong
  private final Set<String> sections = new HashSet<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private int keys;

  private JobFile(String name) {
    this.name = name;
  }

  public static JobFile read(Path file, Map<String, String> overrides) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new JobFileException("job file: expected a readable file, got %s".formatted(file));
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new JobFileException(
          "%s: expected at most %d bytes, got %d".formatted(file, MAX_BYTES, Files.size(file)));
    }
    try (Reader text = StrictUtf8Input.open(file)) {
      StringWriter whole = new StringWriter();
      text.transferTo(whole);
      return parse(whole.toString(), file.getFileName().toString(), overrides);
    }
  }

  /**
   * @param name what messages call the text
   * @param overrides values that win over those of the text, by key
   * @throws JobFileException with each thing that is wrong
   */
  public static JobFile parse(String text, String name, Map<String, String> overrides) {
    if (text.length() > MAX_BYTES) {
      throw new JobFileException(
          "%s: expected at most %d characters, got %d".formatted(name, MAX_BYTES, text.length()));
    }
    JobFile file = new JobFile(name);
    file.flatten(text);
    overrides.forEach((key, value) -> file.put(key, new Entry(value, SET)));
    file.checkKeys();
    file.stop();
    file.entries.forEach(file::parse);
    return file;
  }

  private void flatten(String text) {
    Node root = YamlText.root(text, name);
    if (root == null) {
      throw new JobFileException("%s: expected options, got an empty file".formatted(name));
    }
    if (!(root instanceof MappingNode mapping)) {
      throw new JobFileException(
          "%s %s: expected options as key: value".formatted(name, line(root)));
    }
    flatten("", mapping);
  }

  private void flatten(String prefix, MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (++keys > MAX_KEYS) { // a wrong one is compared with all that there are
        throw new JobFileException(
            "%s: expected at most %d keys, got more".formatted(name, MAX_KEYS));
      }
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.add("%s %s: expected a key".formatted(name, line(tuple.getKeyNode())));
        continue;
      }
      String key = prefix + keyNode.getValue();
      Node value = tuple.getValueNode();
      if (value instanceof MappingNode child) {
        sections.add(key);
        flatten(key + ".", child);
      } else if (value instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
        put(key, new Entry(scalar.getValue(), line(scalar)));
      } else if (value instanceof SequenceNode list && JobOptions.hasEntries(key)) {
        flattenEntries(key, list);
      } else if (value instanceof SequenceNode list && isList(key) && isScalars(list)) {
        String text =
            list.getValue().stream()
                .map(item -> ((ScalarNode) item).getValue())
                .collect(Collectors.joining(","));
        put(key, new Entry(text, line(list)));
      } else {
        problems.add(
            "%s %s: %s: expected %s, got %s"
                .formatted(
                    name,
                    line(value),
                    key,
                    expected(key),
                    value instanceof ScalarNode ? "nothing" : "a list"));
      }
    }
  }

  private void flattenEntries(String key, SequenceNode list) {
    int entry = 0;
    for (Node item : list.getValue()) {
      String one = "%s[%d]".formatted(key, entry++);
      if (item instanceof MappingNode child) {
        sections.add(one);
        flatten(one + ".", child);
      } else {
        problems.add("%s %s: %s: expected keys and values".formatted(name, line(item), one));
      }
    }
    if (entry == 0) {
      problems.add("%s %s: %s: expected an entry, got none".formatted(name, line(list), key));
    }
  }

  private static boolean isList(String key) {
    Option<?> option = JobOptions.of(JobOptions.SHORT_FORMS.getOrDefault(key, key));
    return option != null && option.type() == Option.Type.LIST;
  }

  private static boolean isScalars(SequenceNode list) {
    return !list.getValue().isEmpty()
        && list.getValue().stream().allMatch(ScalarNode.class::isInstance);
  }

  private void put(String given, Entry entry) {
    String key = JobOptions.SHORT_FORMS.getOrDefault(given, given);
    Entry before = entries.put(key, entry);
    if (before != null && !entry.where.equals(SET)) {
      problems.add(
          "%s %s: %s: expected once, got it again after %s"
              .formatted(name, entry.where, key, before.where));
    }
    for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
      sections.add(key.substring(0, dot));
    }
  }

  private static String line(Node node) {
    return "line " + (node.getStartMark().getLine() + 1);
  }

  private static String expected(String key) {
    Option<?> option = JobOptions.of(JobOptions.SHORT_FORMS.getOrDefault(key, key));
    if (option != null) {
      return option.expected();
    }
    return isFree(key) ? "text" : "a known key with a value";
  }

  /** Whether it is one of Kafka's clients or of a table format, which know what is right. */
  private static boolean isFree(String key) {
    return key.startsWith(JobOptions.PROPERTIES_PREFIX)
        || key.startsWith(MappingOptions.FORMAT_PREFIX);
  }

  private void checkKeys() {
    entries.forEach(
        (key, entry) -> {
          if (JobOptions.of(key) == null && !isFree(key)) {
            problems.add(
                "%s %s: %s: expected a known key%s"
                    .formatted(
                        name,
                        entry.where,
                        key,
                        key.length() > MAX_LIKENESS ? "" : ", such as " + nearest(key)));
          }
        });
  }

  private static String nearest(String key) {
    return JobOptions.all().stream()
        .map(Option::key)
        .sorted()
        .min(Comparator.comparing(known -> distance(key, known)))
        .orElseThrow();
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1]; // Levenshtein, one row at a time
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  /** Whether the section is there, be it empty. */
  public boolean hasSection(String section) {
    return sections.contains(section);
  }

  /** Whether there is a section of this mode, be it empty. */
  public boolean hasSection(Mode mode) {
    return hasSection("forecast." + mode.label());
  }

  /** The options that are given, those of the entries of lists and of table formats among them. */
  public Set<Option<?>> given() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /**
   * The entries of the list that an option is of. One that comes after a gap, as {@code --set} can
   * make it, or is one too many becomes a problem.
   *
   * @param read an entry; null beside a problem
   */
  public <T> List<T> entries(Option<?> option, int max, IntFunction<T> read) {
    String list = option.section().replace("[]", "");
    int count = 0;
    while (hasSection("%s[%d]".formatted(list, count))) {
      count++;
    }
    for (String key : entries.keySet()) {
      boolean isIn = key.startsWith(list + "[");
      for (int i = 0; isIn && i < count; i++) {
        isIn = !key.startsWith("%s[%d].".formatted(list, i));
      }
      if (isIn) {
        problem(
            key, "expected entries that are numbered from 0 on, got %d before".formatted(count));
      }
    }
    if (count > max) {
      problem(list, "expected at most %d entries, got %d".formatted(max, count));
    }
    return IntStream.range(0, Math.min(count, max))
        .mapToObj(read)
        .filter(Objects::nonNull)
        .toList();
  }

  public boolean has(Option<?> option) {
    return values.containsKey(option);
  }

  /** Gives an option that is not there the number of values of another one. */
  public void addDefault(Option<Integer> option, Option<? extends List<?>> from) {
    addDefault(option, from, has(from) ? get(from).size() : 0);
  }

  /** Gives an option that is not there a number that follows from another one. */
  public void addDefault(Option<Integer> option, Option<?> from, int number) {
    if (has(from) && !entries.containsKey(option.key())) {
      Entry entry = new Entry(Integer.toString(number), "by " + from.key());
      entries.put(option.key(), entry);
      parse(option.key(), entry);
    }
  }

  /**
   * Options of a table format, without their prefix.
   *
   * @param format that they are below
   */
  public Map<String, String> formatOptions(Option<String> format) {
    return below(format.key() + ".options.");
  }

  private Map<String, String> below(String prefix) {
    Map<String, String> options = new LinkedHashMap<>();
    entries.forEach(
        (key, entry) -> {
          if (key.startsWith(prefix)) {
            options.put(key.substring(prefix.length()), entry.text);
          }
        });
    return options;
  }

  private void parse(String key, Entry entry) {
    Option<?> declared = JobOptions.of(key);
    if (declared == null) {
      values.put(freeOption(key), entry.text);
      return;
    }
    Option<?> option = declared.named(key);
    Object value = null;
    try {
      value = option.parse(entry.text);
    } catch (IllegalArgumentException e) {
      problem(option, option.wrong(ClientProperties.withoutUser(entry.text)));
    }
    values.put(option, value);
  }

  private static Option<?> freeOption(String key) {
    Option<String> option = Option.text(key, null, "");
    return key.startsWith(MappingOptions.FORMAT_PREFIX)
        ? option.needs(MappingOptions.FORMAT)
        : option;
  }

  /** The option's value, or its default if it is absent or wrong. */
  public <T> T get(Option<T> option) {
    return get(option, option.defaultValue());
  }

  /** As {@link #get(Option)}, with another default. */
  @SuppressWarnings("unchecked")
  public <T> T get(Option<T> option, T otherwise) {
    Object value = values.get(option);
    return value == null ? otherwise : (T) value;
  }

  /** As {@link #get(Option)}, and a problem when the option is absent and has no default. */
  public <T> T require(Option<T> option) {
    if (!has(option) && option.defaultValue() == null) {
      problem(option, "expected %s, got nothing".formatted(option.expected()));
      return null;
    }
    return get(option);
  }

  /**
   * Client properties, without their prefix. A secret in plain text is refused from the command
   * line, which the process table and shell histories show, and warned of in the file.
   */
  public Map<String, String> properties() {
    Map<String, String> properties = below(JobOptions.PROPERTIES_PREFIX);
    properties.forEach(
        (property, value) -> {
          if (ClientProperties.holdsSecret(property, value)) {
            String key = JobOptions.PROPERTIES_PREFIX + property;
            plainSecret(key, entries.get(key));
          }
        });
    return properties;
  }

  private void plainSecret(String key, Entry entry) {
    if (entry.where.equals(SET)) {
      problems.add(
          "%s %s: %s: expected no secret on the command line, where others can read it; write %s instead of it, or name a file in kafka.properties-file"
              .formatted(name, entry.where, key, ClientProperties.REFERENCES));
    } else {
      LOG.warn(
          "{} {}: {}: a secret in plain text goes to the cluster with the job; write {} instead of"
              + " it, which each machine looks up for itself",
          name,
          entry.where,
          key,
          ClientProperties.REFERENCES);
    }
  }

  @Override
  public String name(Option<?> option) {
    return option.key();
  }

  @Override
  public <T> Option<T> in(Mode mode, Option<T> option) {
    return ForecastOptions.OF_MODE.contains(option) ? ForecastOptions.in(mode, option) : option;
  }

  @Override
  public boolean modelsArrive() {
    return true;
  }

  /**
   * Notes something wrong with an option, with its line, or its first entry's, when it is there.
   */
  @Override
  public void problem(Option<?> option, String message) {
    String where =
        entries.keySet().stream()
            .filter(key -> key.equals(option.key()) || key.startsWith(option.key() + "[0]"))
            .map(key -> " " + entries.get(key).where)
            .findFirst()
            .orElse("");
    problems.add("%s%s: %s: %s".formatted(name, where, option.key(), message));
  }

  public void problem(String key, String message) {
    problems.add("%s: %s: %s".formatted(name, key, message));
  }

  /** Fails with all problems noted so far, if there are any. */
  @Override
  public void stop() {
    if (!problems.isEmpty()) {
      throw new JobFileException(List.copyOf(problems));
    }
  }
}
