package dev.weir.kafka;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The topics that a job's observations arrive on: one, several, or all whose names match a pattern.
 *
 * @param names of the topics; of a pattern those that were found last, none before
 * @param pattern a regular expression that the whole name matches; null: the names are all
 */
public record ObservationTopics(List<String> names, String pattern) implements Serializable {

  public ObservationTopics {
    names = List.copyOf(names);
    if (names.isEmpty() && pattern == null) {
      throw new IllegalArgumentException("names: expected at least one, got none");
    }
  }

  /** One topic. */
  public static ObservationTopics of(String name) {
    return new ObservationTopics(List.of(name), null);
  }

  /** Whether there is one topic, and never another. */
  public boolean isOne() {
    return pattern == null && names.size() == 1;
  }

  /** The first topic; of a pattern that nothing matches, the pattern. */
  public String first() {
    return names.isEmpty() ? pattern : names.get(0);
  }

  /** The same with the topics that there are now. */
  public ObservationTopics found(Collection<String> all) {
    return pattern == null
        ? this
        : new ObservationTopics(all.stream().filter(this::matches).sorted().toList(), pattern);
  }

  /** Whether the pattern takes a topic. */
  public boolean matches(String topic) {
    return pattern != null && Pattern.matches(pattern, topic);
  }

  /** For a sentence, such as {@code topics a, b}. */
  public String described() {
    if (pattern != null) {
      return "topics that match " + pattern;
    }
    return (isOne() ? "topic " : "topics ") + this;
  }

  @Override
  public String toString() {
    return pattern != null ? pattern : String.join(", ", names);
  }
}
