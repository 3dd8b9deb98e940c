package dev.weir.kafka.mapping;

import java.io.Serializable;

/**
 * A part of a series' name.
 *
 * @param kind where it comes from
 * @param path the field; null for other kinds
 * @param text the text; null for other kinds
 * @param isOptional whether a name goes without it where the field is missing
 */
public record NamePart(Kind kind, FieldPath path, String text, boolean isOptional)
    implements Serializable {

  public static final String EXPECTED =
      "a field's path (with ? at its end where it may be missing), key (the record's key), topic"
          + " (its topic's name) or =TEXT";

  private static final char TEXT = '=';
  private static final String OPTIONAL = "?";

  /** Where a part comes from. */
  public enum Kind {
    FIELD,
    KEY,
    TOPIC,
    TEXT
  }

  /** The record's key. */
  public static final NamePart KEY = new NamePart(Kind.KEY, null, null, false);

  /**
   * @throws IllegalArgumentException when it is no part
   */
  public static NamePart parse(String text) {
    if (text.equals("key")) {
      return KEY;
    }
    if (text.equals("topic")) {
      return new NamePart(Kind.TOPIC, null, null, false);
    }
    if (text.length() > 1 && text.charAt(0) == TEXT) {
      return new NamePart(Kind.TEXT, null, text.substring(1), false);
    }
    boolean isOptional = text.endsWith(OPTIONAL);
    String path = isOptional ? text.substring(0, text.length() - OPTIONAL.length()) : text;
    return new NamePart(Kind.FIELD, FieldPath.parse(path), null, isOptional);
  }

  /** As it is written. */
  @Override
  public String toString() {
    return switch (kind) {
      case FIELD -> path + (isOptional ? OPTIONAL : "");
      case KEY -> "key";
      case TOPIC -> "topic";
      case TEXT -> TEXT + text;
    };
  }
}
