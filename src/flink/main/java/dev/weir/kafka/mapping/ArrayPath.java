package dev.weir.kafka.mapping;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where numbers are of which a record has several: an array such as {@code temperatures}, or a
 * field of an array's elements such as {@code forecast[].temperature}.
 *
 * @param array where the array is, as any field
 * @param field names from an element to its number; empty: the elements are the numbers
 */
public record ArrayPath(FieldPath array, List<String> field) implements Serializable {

  public static final String EXPECTED =
      "arrays of numbers such as temperatures, or a field of elements such as"
          + " forecast[].temperature";

  private static final Pattern ELEMENTS = Pattern.compile("\\[\\](\\.|$)");

  public ArrayPath {
    field = List.copyOf(field);
  }

  /**
   * @throws IllegalArgumentException when it is no path
   */
  public static ArrayPath parse(String text) {
    String[] parts = ELEMENTS.split(text, 2);
    FieldPath array = FieldPath.parse(parts[0]);
    if (parts.length == 1 || parts[1].isEmpty()) {
      return new ArrayPath(array, List.of());
    }
    FieldPath field = FieldPath.parse(parts[1]);
    if (field.isOfRecord() || !field.conditions().isEmpty()) {
      throw new IllegalArgumentException("expected %s, got '%s'".formatted(EXPECTED, text));
    }
    return new ArrayPath(array, field.names());
  }

  /**
   * The same as the path of one number.
   *
   * @throws IllegalArgumentException when it is a field of elements
   */
  public FieldPath number() {
    if (!field.isEmpty()) {
      throw new IllegalArgumentException(
          "expected %s, got '%s'".formatted(FieldPath.EXPECTED, this));
    }
    return array;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return field.isEmpty() ? array.toString() : array + "[]." + String.join(".", field);
  }
}
