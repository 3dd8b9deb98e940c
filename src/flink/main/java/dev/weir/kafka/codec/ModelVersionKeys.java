package dev.weir.kafka.codec;

import java.nio.charset.StandardCharsets;

/**
 * The keys under which a model topic keeps versions to go back to. Compaction leaves one record for
 * each key, so a version lasts only under a key of its own: {@code NAME@VERSION}, which no model
 * can be called. Jobs pass these records over.
 */
public final class ModelVersionKeys {

  private static final char MARK = '@'; // not among the characters of a model's name

  private ModelVersionKeys() {}

  public static byte[] key(String name, long version) {
    return (name + MARK + version).getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a record with this key, which may be null, is a copy. */
  public static boolean isCopy(byte[] key) {
    if (key != null) {
      for (byte b : key) {
        if (b == MARK) { // in UTF-8 this byte is part of no other character
          return true;
        }
      }
    }
    return false;
  }
}
