package dev.weir.model;

import static dev.weir.model.Safetensors.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: which tensor is where, and a map of strings. Read by tokens, so
 * that an invalid header never becomes a tree of objects.
 */
final class SafetensorsHeader {

  private static final int MAX_AXES = 8;
  private static final int MAX_NESTING = 3; // header, tensor or metadata, shape or offsets

  static final String METADATA = "__metadata__";

  /**
   * Without canonical names: an attacker can choose names that collide in their table, and Jackson
   * then throws an unchecked exception.
   */
  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNameLength(Safetensors.MAX_NAME_LENGTH)
                  .maxNumberLength(20)
                  .maxStringLength(Safetensors.MAX_HEADER_BYTES)
                  .maxDocumentLength(Safetensors.MAX_HEADER_BYTES)
                  .build())
          .build();

  enum Dtype {
    BOOL(1),
    U8(1),
    I8(1),
    F8_E5M2(1),
    F8_E4M3(1),
    I16(2),
    U16(2),
    F16(2),
    BF16(2),
    I32(4),
    U32(4),
    F32(4),
    I64(8),
    U64(8),
    F64(8);

    private final int bytes;

    Dtype(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }

    boolean isFloating() {
      return name().contains("F");
    }

    static Dtype ofName(String name) {
      for (Dtype dtype : values()) {
        if (dtype.name().equals(name)) {
          return dtype;
        }
      }
      return null;
    }
  }

  /** One tensor; its data is [begin, end) after the header. */
  record Entry(String name, Dtype dtype, List<Integer> shape, long begin, long end) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final String where;

  private SafetensorsHeader(String where) {
    this.where = where;
  }

  /**
   * Reads and checks a header.
   *
   * @param text the JSON
   * @param dataLength bytes of data that follow it
   * @param where the file, for messages
   */
  static SafetensorsHeader parse(String text, int dataLength, String where)
      throws ModelFormatException {
    SafetensorsHeader header = new SafetensorsHeader(where);
    try (JsonParser json = JSON.createParser(text)) {
      header.read(json);
    } catch (ModelFormatException e) {
      throw e;
    } catch (JsonProcessingException e) {
      String complaint = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
      throw new ModelFormatException(
          "header", "JSON of tensors", "text that fails with " + quoted(complaint), where);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from a String cannot fail", e);
    }
    header.orderByData(dataLength);
    return header;
  }

  /** All tensors by name, in the order of their data. */
  Map<String, Entry> entries() {
    return entries;
  }

  /** The map of strings; empty if absent. */
  Map<String, String> metadata() {
    return metadata;
  }

  private void read(JsonParser json) throws IOException {
    expect(json, json.nextToken(), JsonToken.START_OBJECT, "header", "an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (name.equals(METADATA)) {
        readMetadata(json);
      } else {
        if (entries.size() == Safetensors.MAX_TENSORS) {
          throw new ModelFormatException(
              "header", "at most " + Safetensors.MAX_TENSORS + " tensors", "more", where);
        }
        entries.put(name, readEntry(json, name));
      }
    }
    if (json.nextToken() != null) {
      throw new ModelFormatException("header", "spaces after the object", "more JSON", where);
    }
  }

  private void readMetadata(JsonParser json) throws IOException {
    expect(json, json.nextToken(), JsonToken.START_OBJECT, METADATA, "an object of strings");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      String what = METADATA + " " + quoted(key);
      expect(json, json.nextToken(), JsonToken.VALUE_STRING, what, "a string");
      if (metadata.size() == Safetensors.MAX_TENSORS) {
        throw new ModelFormatException(
            METADATA, "at most " + Safetensors.MAX_TENSORS + " entries", "more", where);
      }
      metadata.put(key, json.getText());
    }
  }

  private Entry readEntry(JsonParser json, String name) throws IOException {
    String tensor = quoted(name);
    expect(json, json.nextToken(), JsonToken.START_OBJECT, tensor, "an object");
    Dtype dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(json, value, JsonToken.VALUE_STRING, tensor + " dtype", "a string");
          dtype = Dtype.ofName(json.getText());
          if (dtype == null) {
            throw new ModelFormatException(
                tensor + " dtype",
                "one of " + Arrays.toString(Dtype.values()),
                quoted(json.getText()),
                where);
          }
        }
        case "shape" -> shape = readSizes(json, value, tensor + " shape", MAX_AXES);
        case "data_offsets" -> offsets = readSizes(json, value, tensor + " data_offsets", 2);
        default ->
            throw new ModelFormatException(
                tensor, "dtype, shape and data_offsets", quoted(key), where);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new ModelFormatException(
          tensor,
          "a dtype, a shape and two data_offsets",
          "dtype %s, shape %s, data_offsets %s".formatted(dtype, shape, offsets),
          where);
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin > end) {
      throw new ModelFormatException(
          tensor + " data_offsets", "begin <= end", offsets.toString(), where);
    }
    long length = dtype.bytes;
    List<Integer> sizes = new ArrayList<>(shape.size());
    try {
      for (long size : shape) {
        length = Math.multiplyExact(length, size);
        sizes.add(Math.toIntExact(size));
      }
    } catch (ArithmeticException overflow) {
      throw new ModelFormatException(
          tensor + " shape", "sizes that fit into a file", shape.toString(), where);
    }
    if (length != end - begin) {
      throw new ModelFormatException(
          tensor + " data_offsets",
          "%d bytes for %s %s".formatted(length, dtype, shape),
          (end - begin) + " in " + offsets,
          where);
    }
    return new Entry(name, dtype, List.copyOf(sizes), begin, end);
  }

  private List<Long> readSizes(JsonParser json, JsonToken first, String what, int max)
      throws IOException {
    expect(json, first, JsonToken.START_ARRAY, what, "an array");
    List<Long> sizes = new ArrayList<>(2);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, what, "whole numbers");
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
        throw new ModelFormatException(
            what, "sizes from 0 to 2^63 - 1", quoted(json.getText()), where);
      }
      if (sizes.size() == max) {
        throw new ModelFormatException(what, "at most " + max + " numbers", "more", where);
      }
      sizes.add(json.getLongValue());
    }
    return sizes;
  }

  private void expect(
      JsonParser json, JsonToken token, JsonToken expected, String what, String words)
      throws IOException {
    if (token != expected) {
      String got = token == null ? "the end" : quoted(json.getText());
      throw new ModelFormatException(what, words, got, where);
    }
  }

  /** Sorts the entries by their data and checks that they cover it without gaps. */
  private void orderByData(int dataLength) throws ModelFormatException {
    List<Entry> ordered = new ArrayList<>(entries.values());
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    entries.clear();
    long position = 0;
    for (Entry entry : ordered) {
      String what = quoted(entry.name) + " data_offsets";
      if (entry.end > dataLength) {
        throw new ModelFormatException(
            what,
            "an end within the %d bytes of data".formatted(dataLength),
            entry.end + "",
            where);
      }
      if (entry.begin != position) {
        String problem = entry.begin < position ? " (an overlap)" : " (a hole)";
        throw new ModelFormatException(
            what,
            "begin " + position + ", the end of the tensor before",
            entry.begin + problem,
            where);
      }
      position = entry.end;
      entries.put(entry.name, entry);
    }
    if (position != dataLength) {
      throw new ModelFormatException(
          "data",
          position + " bytes, the end of the last tensor",
          dataLength + " (trailing bytes)",
          where);
    }
  }
}
