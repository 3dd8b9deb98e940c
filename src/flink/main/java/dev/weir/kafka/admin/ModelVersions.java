package dev.weir.kafka.admin;

import dev.weir.kafka.codec.ModelCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model topic has of each model, without the weights: one line for each version. */
public final class ModelVersions {

  /** What becomes of a version. */
  public enum State {
    /** Of its name it came last: jobs take it, unless it does not fit them. */
    PUBLISHED,
    /** It can be gone back to. */
    KEPT,
    /** It can be gone back to until the topic is compacted. */
    LEAVING
  }

  /**
   * One version of a model.
   *
   * @param published when
   * @param bytes of its weights
   * @param offset of the record that jobs read, or of the copy when only that is there
   */
  public record Version(
      String name, long version, Instant published, int bytes, long offset, State state) {}

  /** A record that can't be read. */
  public record Unreadable(String key, long offset, String problem) {}

  private record Key(String name, long version) {}

  private final Map<Key, Version> versions = new LinkedHashMap<>();
  private final Map<Key, Version> copies = new LinkedHashMap<>();
  private final Map<String, Version> newest = new LinkedHashMap<>();
  private final List<Unreadable> unreadable = new ArrayList<>();

  ModelVersions() {}

  /** Takes the topic's records in their order. */
  void add(boolean copy, long offset, dev.weir.kafka.avro.Model record) {
    Version version =
        new Version(
            record.getName(),
            record.getVersion(),
            record.getCreated(),
            record.getWeights().remaining(),
            offset,
            copy ? State.KEPT : State.LEAVING);
    Key key = new Key(version.name, version.version);
    if (copy) {
      copies.put(key, version);
    } else {
      versions.put(key, version);
      newest.put(version.name, version);
    }
  }

  /** The highest version of a model, used or kept; -1 if there is no version. */
  public long newest(String name) {
    return of(name).stream().mapToLong(Version::version).max().orElse(-1);
  }

  /** What a record without a value says: the copy of this key is to go. */
  void remove(byte[] key) {
    copies
        .keySet()
        .removeIf(copy -> Arrays.equals(ModelCodec.copyKey(copy.name, copy.version), key));
  }

  void add(String key, long offset, String problem) {
    unreadable.add(new Unreadable(key, offset, problem));
  }

  /** Every version, by name and number. */
  public List<Version> all() {
    Map<Key, Version> all = new LinkedHashMap<>(copies);
    versions.forEach(
        (key, version) ->
            all.put(key, copies.containsKey(key) ? as(version, State.KEPT) : version));
    newest.forEach((name, version) -> all.put(key(version), as(version, State.PUBLISHED)));
    return all.values().stream()
        .sorted(Comparator.comparing(Version::name).thenComparing(Version::version))
        .toList();
  }

  private static Key key(Version version) {
    return new Key(version.name, version.version);
  }

  private static Version as(Version v, State state) {
    return new Version(v.name, v.version, v.published, v.bytes, v.offset, state);
  }

  /** The versions of one model, by number. */
  public List<Version> of(String name) {
    return all().stream().filter(version -> version.name.equals(name)).toList();
  }

  /** The newest version with this name; null if absent. */
  public Version active(String name) {
    Version version = newest.get(name);
    return version == null ? null : as(version, State.PUBLISHED);
  }

  /** Whether a version has a copy that compaction leaves. */
  boolean isCopied(String name, long version) {
    return copies.containsKey(new Key(name, version));
  }

  /** The numbers of a model's copies, ascending. */
  List<Long> copied(String name) {
    return copies.keySet().stream()
        .filter(key -> key.name.equals(name))
        .map(Key::version)
        .sorted()
        .toList();
  }

  public List<Unreadable> unreadable() {
    return List.copyOf(unreadable);
  }
}
