package dev.weir.kafka.mapping;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a field is: names joined by dots, such as {@code device.id}. A path that begins with {@code
 * $.} is one of the whole record, also where {@link ObservationMapping#each} makes observations of
 * parts of it.
 *
 * @param names at least one
 * @param isOfRecord whether it begins at the record in any case
 */
public record FieldPath(List<String> names, boolean isOfRecord) implements Serializable {

  private static final long serialVersionUID = 1L;

  public static final String EXPECTED = "field names joined by dots, such as device.id";

  private static final String RECORD = "$.";
  private static final Pattern NAMES = Pattern.compile("[^.\\[\\]\\s]+(\\.[^.\\[\\]\\s]+){0,15}");

  public FieldPath {
    names = List.copyOf(names);
  }

  /**
   * @throws IllegalArgumentException when it is no path
   */
  public static FieldPath parse(String text) {
    boolean isOfRecord = text.startsWith(RECORD);
    String names = isOfRecord ? text.substring(RECORD.length()) : text;
    if (!NAMES.matcher(names).matches()) {
      throw new IllegalArgumentException("expected %s, got '%s'".formatted(EXPECTED, text));
    }
    return new FieldPath(List.of(names.split("\\.")), isOfRecord);
  }

  /** The name of the field itself. */
  String last() {
    return names.get(names.size() - 1);
  }

  /** As it is written. */
  @Override
  public String toString() {
    return (isOfRecord ? RECORD : "") + String.join(".", names);
  }
}
