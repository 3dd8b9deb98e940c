package dev.weir.kafka.mapping;

import java.io.Serializable;

/**
 * A part of a series' name.
 *
 * @param kind where it comes from
 * @param path the field; null for other kinds
 * @param text the text; null for other kinds
 */
public record NamePart(Kind kind, FieldPath path, String text) implements Serializable {

  private static final long serialVersionUID = 1L;

  public static final String EXPECTED =
      "a field's path, key (the record's key), topic (its topic's name) or =TEXT";

  private static final char TEXT = '=';

  /** Where a part comes from. */
  public enum Kind {
    FIELD,
    KEY,
    TOPIC,
    TEXT
  }

  /** The record's key. */
  public static final NamePart KEY = new NamePart(Kind.KEY, null, null);

  /**
   * @throws IllegalArgumentException when it is no part
   */
  public static NamePart parse(String text) {
    if (text.equals("key")) {
      return KEY;
    }
    if (text.equals("topic")) {
      return new NamePart(Kind.TOPIC, null, null);
    }
    if (text.length() > 1 && text.charAt(0) == TEXT) {
      return new NamePart(Kind.TEXT, null, text.substring(1));
    }
    return new NamePart(Kind.FIELD, FieldPath.parse(text), null);
  }

  /** As it is written. */
  @Override
  public String toString() {
    return switch (kind) {
      case FIELD -> path.toString();
      case KEY -> "key";
      case TOPIC -> "topic";
      case TEXT -> TEXT + text;
    };
  }
}
