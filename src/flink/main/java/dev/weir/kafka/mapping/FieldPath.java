package dev.weir.kafka.mapping;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a field is: names joined by dots, such as {@code device.id}. A name with a condition, such
 * as {@code attributes[key=host.name].value}, is an array, and means its first element whose field
 * has that text. A path that begins with {@code $.} is one of the whole record, also where {@link
 * ObservationMapping#each} makes observations of parts of it.
 *
 * @param names at least one
 * @param conditions which element is meant of a name that is an array, by the name's index
 * @param isOfRecord whether it begins at the record in any case
 */
public record FieldPath(List<String> names, Map<Integer, Condition> conditions, boolean isOfRecord)
    implements Serializable {

  public static final String EXPECTED = "field names joined by dots, such as device.id";

  private static final String RECORD = "$.";
  private static final int MAX_NAMES = 16;
  private static final Pattern NAME =
      Pattern.compile("([^.\\[\\]\\s]+)(?:\\[([^.\\[\\]\\s=]+)=([^\\[\\]]+)\\])?(\\.(?=.)|$)");

  /**
   * Chooses an element of an array.
   *
   * @param field of the element
   * @param text what the field must be
   */
  public record Condition(String field, String text) implements Serializable {}

  public FieldPath {
    names = List.copyOf(names);
    conditions = Map.copyOf(conditions);
  }

  /**
   * @throws IllegalArgumentException when it is no path
   */
  public static FieldPath parse(String text) {
    boolean isOfRecord = text.startsWith(RECORD);
    String rest = isOfRecord ? text.substring(RECORD.length()) : text;
    List<String> names = new ArrayList<>();
    Map<Integer, Condition> conditions = new HashMap<>();
    Matcher name = NAME.matcher(rest);
    int end = 0;
    while (end < rest.length() && name.find() && name.start() == end) {
      if (name.group(2) != null) {
        conditions.put(names.size(), new Condition(name.group(2), name.group(3)));
      }
      names.add(name.group(1));
      end = name.end();
    }
    if (names.isEmpty()
        || end < rest.length()
        || names.size() > MAX_NAMES
        || conditions.containsKey(names.size() - 1)) {
      throw new IllegalArgumentException("expected %s, got '%s'".formatted(EXPECTED, text));
    }
    return new FieldPath(names, conditions, isOfRecord);
  }

  String last() {
    return names.get(names.size() - 1);
  }

  /** All of its names, and in place of one with a condition the text of that. */
  String distinct() {
    List<String> parts = new ArrayList<>(names);
    conditions.forEach((index, condition) -> parts.set(index, condition.text()));
    return String.join(".", parts);
  }

  /** As it is written. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(isOfRecord ? RECORD : "");
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ".").append(names.get(i));
      Condition condition = conditions.get(i);
      if (condition != null) {
        text.append('[').append(condition.field()).append('=').append(condition.text()).append(']');
      }
    }
    return text.toString();
  }
}
