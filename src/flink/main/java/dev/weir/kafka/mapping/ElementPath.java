package dev.weir.kafka.mapping;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where the elements are that each make observations: names joined by dots, of which those with
 * {@code []} are arrays, such as {@code batches[].readings[]}; the last one always is.
 *
 * @param arrays each array's names, from the record or the element before
 */
public record ElementPath(List<List<String>> arrays) implements Serializable {

  public static final String EXPECTED =
      "the path of an array such as readings, or of arrays in arrays such as batches[].readings[]";

  private static final Pattern NAMES =
      Pattern.compile("[^.\\[\\]\\s]+(\\[\\])?(\\.[^.\\[\\]\\s]+(\\[\\])?){0,15}");

  public ElementPath {
    arrays = arrays.stream().map(List::copyOf).toList();
  }

  /**
   * @throws IllegalArgumentException when it is no path
   */
  public static ElementPath parse(String text) {
    if (!NAMES.matcher(text).matches()) {
      throw new IllegalArgumentException("expected %s, got '%s'".formatted(EXPECTED, text));
    }
    List<List<String>> arrays = new ArrayList<>();
    List<String> names = new ArrayList<>();
    String[] all = text.split("\\.");
    for (int i = 0; i < all.length; i++) {
      boolean isArray = all[i].endsWith("[]");
      names.add(isArray ? all[i].substring(0, all[i].length() - 2) : all[i]);
      if (isArray || i == all.length - 1) {
        arrays.add(names);
        names = new ArrayList<>();
      }
    }
    return new ElementPath(arrays);
  }

  /** Names from the record to an array, arrays among them. */
  List<String> namesTo(int array) {
    List<String> names = new ArrayList<>();
    arrays.subList(0, array + 1).forEach(names::addAll);
    return names;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return String.join(".", arrays.stream().map(names -> String.join(".", names) + "[]").toList());
  }
}
