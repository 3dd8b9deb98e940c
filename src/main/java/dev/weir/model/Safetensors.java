package dev.weir.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A safetensors file: named tensors and a map of strings. Layout: header length (8 bytes, little
 * endian), header (JSON, padded by spaces), data (little endian, row-major, without gaps).
 *
 * <p>Nothing in the bytes is trusted. What is read is checked against the bytes that are really
 * there before anything of its size is allocated: a hostile file costs at most a small multiple of
 * its own size. Instances are immutable as long as nobody writes into the bytes given to {@link
 * #of}, which are kept and not copied.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">safetensors, format</a>
 */
public final class Safetensors {

  /** Longer headers are refused: 10,000 tensors with long names need a tenth of this. */
  public static final int MAX_HEADER_BYTES = 16 << 20;

  /** Larger files are refused unless the caller sets another limit. */
  public static final int MAX_BYTES = 1 << 30;

  public static final int MAX_TENSORS = 10_000;
  public static final int MAX_NAME_LENGTH = 512;
  private static final int MAX_AXES = 8;
  private static final int MAX_NESTING = 3; // header, tensor or metadata, shape or offsets

  private static final String METADATA = "__metadata__";

  /**
   * Without canonical names: a table of names that an attacker chooses can be made to collide, and
   * Jackson then throws an unchecked exception.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxNumberLength(20)
                  .maxStringLength(MAX_HEADER_BYTES)
                  .maxDocumentLength(MAX_HEADER_BYTES)
                  .build())
          .build();

  private enum Dtype {
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

  /** A tensor to be written as F32; {@code values} row-major, as many as the shape says. */
  public record Tensor(List<Integer> shape, float[] values) {
    public Tensor {
      shape = List.copyOf(shape);
      long length = 1;
      for (int size : shape) {
        length *= size;
        if (size < 0 || length > Integer.MAX_VALUE) {
          throw new IllegalArgumentException("shape: expected sizes of one array, got " + shape);
        }
      }
      if (length != values.length) {
        throw new IllegalArgumentException(
            "values: expected %d for shape %s, got %d".formatted(length, shape, values.length));
      }
    }
  }

  private record Entry(String name, Dtype dtype, List<Integer> shape, long begin, long end) {}

  private final byte[] bytes;
  private final int dataStart;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata;
  private final String where;

  private Safetensors(
      byte[] bytes,
      int dataStart,
      Map<String, Entry> entries,
      Map<String, String> metadata,
      String where) {
    this.bytes = bytes;
    this.dataStart = dataStart;
    this.entries = Collections.unmodifiableMap(entries);
    this.metadata = Collections.unmodifiableMap(metadata);
    this.where = where;
  }

  /** Reads a file of at most {@link #MAX_BYTES}. */
  public static Safetensors read(Path file) throws IOException {
    return read(file, MAX_BYTES);
  }

  /**
   * Reads a file into memory.
   *
   * @throws ModelFormatException when it is no safetensors file, or a larger one than {@code
   *     maxBytes}
   */
  public static Safetensors read(Path file, int maxBytes) throws IOException {
    String where = String.valueOf(file.getFileName());
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe could block or never end
      throw new ModelFormatException("file", "a regular file", "something else", where);
    }
    long size = Files.size(file);
    if (size > maxBytes) {
      throw tooLarge(size, maxBytes, where);
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes((int) size);
    }
    return of(bytes, maxBytes, where);
  }

  /** Reads bytes, at most {@link #MAX_BYTES}; {@code where} goes into messages. */
  public static Safetensors of(byte[] bytes, String where) throws ModelFormatException {
    return of(bytes, MAX_BYTES, where);
  }

  /** Reads bytes, at most {@code maxBytes}. Keeps the array. */
  public static Safetensors of(byte[] bytes, int maxBytes, String where)
      throws ModelFormatException {
    if (bytes.length > maxBytes) {
      throw tooLarge(bytes.length, maxBytes, where);
    }
    refusePickle(bytes, where);
    if (bytes.length < 8) {
      throw new ModelFormatException(
          "file", "at least 8 bytes of header length", bytes.length + " bytes", where);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long headerLength = buffer.getLong(0);
    if (headerLength < 0 || headerLength > MAX_HEADER_BYTES) {
      throw new ModelFormatException(
          "header length",
          "at most " + MAX_HEADER_BYTES,
          Long.toUnsignedString(headerLength),
          where);
    }
    if (headerLength > bytes.length - 8) {
      throw new ModelFormatException(
          "header length",
          "at most the %d bytes that follow".formatted(bytes.length - 8),
          Long.toString(headerLength),
          where);
    }
    int dataStart = 8 + (int) headerLength;
    if (headerLength == 0 || bytes[8] != '{') {
      throw new ModelFormatException(
          "header",
          "a JSON object that starts with {",
          headerLength == 0 ? "nothing" : "byte 0x%02x".formatted(bytes[8]),
          where);
    }
    String header;
    try {
      header =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(buffer.slice(8, (int) headerLength))
              .toString();
    } catch (CharacterCodingException malformed) {
      throw new ModelFormatException("header", "UTF-8", "other bytes", where);
    }
    Header parsed = new Header(where);
    try (JsonParser json = JSON.createParser(header)) {
      parsed.read(json);
    } catch (ModelFormatException e) {
      throw e;
    } catch (JsonProcessingException e) {
      String complaint = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
      throw new ModelFormatException(
          "header", "JSON of tensors", "text that fails with " + quoted(complaint), where);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from a String cannot fail", e);
    }
    Map<String, Entry> entries = withoutGaps(parsed.entries, bytes.length - dataStart, where);
    return new Safetensors(bytes, dataStart, entries, parsed.metadata, where);
  }

  private static ModelFormatException tooLarge(long size, int maxBytes, String where) {
    return new ModelFormatException("file", "at most " + maxBytes + " bytes", size + "", where);
  }

  /**
   * torch.save writes a zip archive around a pickle (older versions: a bare pickle), and a pickle
   * is a program. We do not run it.
   */
  private static void refusePickle(byte[] bytes, String where) throws ModelFormatException {
    boolean zip = bytes.length >= 4 && bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == 3;
    // 0x80, protocol; also the length of a header of 640 bytes, which then starts with a brace
    boolean pickle =
        bytes.length >= 2
            && (bytes[0] & 0xff) == 0x80
            && bytes[1] >= 2
            && bytes[1] <= 5
            && !(bytes.length > 8 && bytes[8] == '{');
    if (zip || pickle) {
      throw new ModelFormatException(
          "file",
          "safetensors",
          "a PyTorch %s, which is a program and is not run; convert it with `python3 "
                  .formatted(zip ? "zip archive" : "pickle")
              + "src/main/python/convert_pt.py model.pt model.safetensors`, or in Python: import"
              + " torch, safetensors.torch; state ="
              + " torch.load(\"model.pt\", weights_only=True);"
              + " safetensors.torch.save_file(state, \"model.safetensors\")",
          where);
    }
  }

  /** Reads the JSON by tokens, so that a header of garbage never becomes a tree of objects. */
  private static final class Header {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final String where;

    Header(String where) {
      this.where = where;
    }

    void read(JsonParser json) throws IOException {
      expect(json, json.nextToken(), JsonToken.START_OBJECT, "header", "an object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        if (name.equals(METADATA)) {
          readMetadata(json);
        } else {
          if (entries.size() == MAX_TENSORS) {
            throw new ModelFormatException(
                "header", "at most " + MAX_TENSORS + " tensors", "more", where);
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
        if (metadata.size() == MAX_TENSORS) {
          throw new ModelFormatException(
              METADATA, "at most " + MAX_TENSORS + " entries", "more", where);
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
  }

  /** The entries in the order of their data, once it is sure that they tile it. */
  private static Map<String, Entry> withoutGaps(
      Map<String, Entry> entries, int dataLength, String where) throws ModelFormatException {
    List<Entry> ordered = new ArrayList<>(entries.values());
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    Map<String, Entry> result = new LinkedHashMap<>();
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
      result.put(entry.name, entry);
    }
    if (position != dataLength) {
      throw new ModelFormatException(
          "data",
          position + " bytes, the end of the last tensor",
          dataLength + " (trailing bytes)",
          where);
    }
    return result;
  }

  /** The map of strings in the header; empty when there is none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Names of all tensors, in the order of their data. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** The shape of a tensor, outermost axis first; a scalar's is empty. */
  public List<Integer> shape(String name) {
    return entry(name).shape;
  }

  /** False for integers and booleans, which {@link #floats} refuses. */
  public boolean isFloating(String name) {
    return entry(name).dtype.isFloating();
  }

  /**
   * A tensor's values, row-major, in a new array. F32 keeps all bits; F16 and BF16 convert exactly;
   * F64 is rounded to the nearest float.
   *
   * @throws ModelFormatException for other types, and for an F64 value that no float can hold
   */
  public float[] floats(String name) throws ModelFormatException {
    Entry entry = entry(name);
    int length = (int) ((entry.end - entry.begin) / entry.dtype.bytes);
    ByteBuffer data =
        ByteBuffer.wrap(bytes, dataStart + (int) entry.begin, (int) (entry.end - entry.begin))
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (entry.dtype) {
      case F32, F64, F16, BF16 -> {}
      default ->
          throw new ModelFormatException(
              quoted(name) + " dtype", "F32, F64, F16 or BF16", entry.dtype.name(), where);
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          switch (entry.dtype) {
            case F32 -> data.getFloat();
            case F16 -> ofHalf(data.getShort());
            case BF16 -> Float.intBitsToFloat(data.getShort() << 16);
            default -> narrowed(data.getDouble(), name, i);
          };
    }
    return values;
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "tensor: expected one of %s, got %s".formatted(names(), name));
    }
    return entry;
  }

  private float narrowed(double value, String name, int index) throws ModelFormatException {
    float narrow = (float) value;
    if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
      throw new ModelFormatException(
          quoted(name), "numbers in the range of a float", value + " at index " + index, where);
    }
    return narrow;
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction. The JDK has this from 20 on. */
  static float ofHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) { // zero and subnormals: fraction * 2^-24, exact in a float
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  /**
   * The bytes of a file: tensors in the map's order, metadata sorted by key, so that equal input
   * gives equal bytes.
   *
   * @throws IllegalArgumentException when a reader with our limits would refuse the result
   */
  public static byte[] toBytes(Map<String, Tensor> tensors, Map<String, String> metadata) {
    byte[] header = header(tensors, metadata);
    long total = 8L + header.length;
    for (Tensor tensor : tensors.values()) {
      total += 4L * tensor.values.length;
    }
    if (header.length > MAX_HEADER_BYTES || total > MAX_BYTES) {
      throw new IllegalArgumentException(
          "safetensors: expected at most %d bytes of header and %d in all, got %d and %d"
              .formatted(MAX_HEADER_BYTES, MAX_BYTES, header.length, total));
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) total).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(header.length).put(header);
    for (Tensor tensor : tensors.values()) {
      buffer.asFloatBuffer().put(tensor.values);
      buffer.position(buffer.position() + 4 * tensor.values.length);
    }
    return buffer.array();
  }

  private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) {
    if (tensors.containsKey(METADATA) || tensors.size() > MAX_TENSORS) {
      throw new IllegalArgumentException(
          "tensors: expected at most %d, none called %s, got %d"
              .formatted(MAX_TENSORS, METADATA, tensors.size()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long position = 0;
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("dtype", Dtype.F32.name());
        json.writeArrayFieldStart("shape");
        for (int size : tensor.shape) {
          json.writeNumber(size);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(position);
        position += 4L * tensor.values.length;
        json.writeNumber(position);
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalArgumentException("metadata: expected text, got " + e.getMessage(), e);
    }
    while (out.size() % 8 != 0) { // so that the data is aligned for readers that map the file
      out.write(' ');
    }
    return out.toByteArray();
  }

  /**
   * Writes bytes so that nobody ever reads half of them: into a new file beside the target, which
   * then takes its place.
   */
  static void writeAtomically(Path file, byte[] bytes) throws IOException {
    Path target = file.toAbsolutePath();
    Path partial =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".partial");
    try {
      try (FileChannel channel =
          FileChannel.open(partial, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true); // before the move: a crash must not leave an empty file under the name
      }
      try {
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Text from a file for a message: one line, not long, whatever was in it. */
  static String quoted(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && line.length() < 100; i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return line.length() < text.length() ? line + "..." : line.toString();
  }
}
