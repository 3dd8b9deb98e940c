package dev.weir.cli.init;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import dev.weir.cli.console.Printable;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What some JSON records hold: the fields of the records, and those of the elements of arrays of
 * objects in them.
 */
final class RecordProfile {

  private static final String RECORD = "";

  /** Before the key of an attribute in a path. */
  static final String KEY = "[key=";

  private static final int MAX_FIELDS = 2_000;
  private static final int MAX_DEPTH = 16;

  private final Map<String, Map<String, FieldProfile>> groups = new LinkedHashMap<>();
  private final Set<String> keys = new HashSet<>();
  private boolean hasNames = true;
  private int records;
  private int changes;
  private int others;

  /** Takes in a record that was read by its schema. */
  void add(Object plain) {
    add(Json.tree(plain), false);
  }

  /** One that could not be read. */
  void addOther() {
    others++;
  }

  /** Takes in a record; one that is no JSON object, and no several of them, is only counted. */
  void add(byte[] value) {
    try (MappingIterator<JsonNode> values =
        Json.READER.readValues(value == null ? new byte[0] : value)) {
      if (!values.hasNextValue()) {
        others++;
      }
      while (values.hasNextValue()) { // also the elements of an array
        add(values.nextValue(), true);
      }
    } catch (IOException | StackOverflowError e) {
      others++;
    }
  }

  /**
   * @param mayBeChange whether a change event's format would read it
   */
  private void add(JsonNode node, boolean mayBeChange) {
    if (!node.isObject()) {
      others++;
      return;
    }
    records++;
    JsonNode change = node.has("schema") ? node.path("payload") : node;
    if (mayBeChange && isChange(change)) {
      changes++;
      walk(change.get("after"), RECORD, "", 0);
    } else {
      walk(node, RECORD, "", 0);
    }
  }

  private static boolean isChange(JsonNode node) {
    return node.path("op").isTextual() && node.has("after");
  }

  /** Takes in a record's key: fields of JSON, such as Debezium's, or a name. */
  void addKey(byte[] key) {
    JsonNode node = null;
    try {
      node = key == null ? null : Json.READER.readTree(key);
    } catch (IOException e) {
      // a name, or bytes
    }
    if (node != null && node.isObject()) {
      (node.has("schema") ? node.path("payload") : node).fieldNames().forEachRemaining(keys::add);
    }
    String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    hasNames &= !text.isEmpty() && !text.startsWith("{") && Printable.line(text).equals(text);
  }

  Set<String> keys() {
    return keys;
  }

  /** Whether each key is a readable name. */
  boolean hasNames() {
    return hasNames;
  }

  /** One of a list such as {@code [{"key": "host.name", "value": "web-1"}]}. */
  private static boolean isAttribute(JsonNode element) {
    return element.path("key").isTextual()
        && element.has("value")
        && element.get("key").textValue().matches("[\\w.-]{1,100}");
  }

  private void walk(JsonNode node, String group, String path, int depth) {
    if (depth > MAX_DEPTH) {
      return;
    }
    if (node.isObject()) {
      node.fields()
          .forEachRemaining(
              field -> {
                boolean isShown = Printable.line(field.getKey()).equals(field.getKey());
                if (isShown && field.getKey().matches("[^.\\[\\]\\s]+")) { // else no path names it
                  String child = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                  walk(field.getValue(), group, child, depth + 1);
                }
              });
    } else if (node.isArray()) {
      String inner = group.isEmpty() ? path + "[]" : group + "." + path + "[]";
      for (JsonNode element : node) {
        if (isAttribute(element)) {
          walk(
              element.get("value"),
              group,
              path + KEY + element.get("key").textValue() + "].value",
              depth + 1);
        } else if (element.isObject()) {
          walk(element, inner, "", depth + 1);
        }
      }
    } else {
      Map<String, FieldProfile> fields =
          groups.computeIfAbsent(group, key -> new LinkedHashMap<>());
      if (fields.size() < MAX_FIELDS) {
        fields.computeIfAbsent(path, FieldProfile::new).add(node);
      }
    }
  }

  /** How many records are JSON objects. */
  int records() {
    return records;
  }

  /** How many are not. */
  int others() {
    return others;
  }

  /** Whether the records are change events. */
  boolean isOfChanges() {
    return records > 0 && changes == records;
  }

  /** Where fields are: empty for the records themselves, else the path of an array. */
  List<String> groups() {
    return new ArrayList<>(groups.keySet());
  }

  Collection<FieldProfile> fields(String group) {
    return groups.getOrDefault(group, Map.of()).values();
  }

  /** The fields of a group and of what is around it, the innermost first. */
  List<FieldProfile> visible(String group) {
    List<FieldProfile> visible = new ArrayList<>(fields(group));
    for (String outer : groups.keySet()) {
      if (!outer.equals(group) && (outer.isEmpty() || group.startsWith(outer + "."))) {
        visible.addAll(fields(outer));
      }
    }
    return visible;
  }
}
