package dev.weir.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A safetensors file: named tensors and a map of strings. Layout: header length (8 bytes, little
 * endian), header (JSON, padded by spaces), data (little endian, row-major, without gaps).
 *
 * <p>The bytes are untrusted: each length is checked against the bytes present before memory is
 * allocated, so that a hostile file costs at most a small multiple of its size. The bytes given to
 * {@link #of} are kept without a copy and must not be changed.
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

  private final byte[] bytes;
  private final int dataStart;
  private final Map<String, SafetensorsHeader.Entry> entries;
  private final Map<String, String> metadata;
  private final String where;

  private Safetensors(
      byte[] bytes,
      int dataStart,
      Map<String, SafetensorsHeader.Entry> entries,
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
    refuseOtherFormats(bytes, where);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    // an untrusted path may name any file: the message contains none of its bytes
    if (bytes.length < 9 || buffer.getLong(0) <= 0 || bytes[8] != '{') {
      throw new ModelFormatException(
          "file", "safetensors", bytes.length + " bytes of something else", where);
    }
    long headerLength = buffer.getLong(0);
    if (headerLength > MAX_HEADER_BYTES) {
      throw new ModelFormatException("header length", "at most " + MAX_HEADER_BYTES, "more", where);
    }
    if (headerLength > bytes.length - 8) {
      throw new ModelFormatException(
          "header length",
          "at most the %d bytes that follow".formatted(bytes.length - 8),
          Long.toString(headerLength),
          where);
    }
    int dataStart = 8 + (int) headerLength;
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
    SafetensorsHeader parsed = SafetensorsHeader.parse(header, bytes.length - dataStart, where);
    return new Safetensors(bytes, dataStart, parsed.entries(), parsed.metadata(), where);
  }

  private static ModelFormatException tooLarge(long size, int maxBytes, String where) {
    return new ModelFormatException("file", "at most " + maxBytes + " bytes", size + "", where);
  }

  /**
   * Rejects ONNX and the output of torch.save: a zip archive around a pickle, or a bare pickle,
   * which is a program.
   */
  private static void refuseOtherFormats(byte[] bytes, String where) throws ModelFormatException {
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
              + "src/core/main/python/convert_pt.py model.pt model.safetensors`, or in Python:"
              + " import torch, safetensors.torch; state = torch.load(\"model.pt\","
              + " weights_only=True); safetensors.torch.save_file(state, \"model.safetensors\")",
          where);
    }
    // ONNX is Protobuf: its first field is the version of the format
    if (bytes.length > 8 && bytes[0] == 8 && bytes[1] > 0 && bytes[1] < 32 && bytes[8] != '{') {
      throw new ModelFormatException(
          "file",
          "safetensors",
          "an ONNX model, which has no names of PyTorch's weights; save them where the network was"
              + " trained: safetensors.torch.save_file(net.state_dict(), \"model.safetensors\"),"
              + " docs/pytorch.md",
          where);
    }
  }

  /** The map of strings in the header; empty if absent. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Names of all tensors, in the order of their data. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** The shape of a tensor, outermost axis first; a scalar's is empty. */
  public List<Integer> shape(String name) {
    return entry(name).shape();
  }

  /** False for integers and booleans, which {@link #floats} refuses. */
  public boolean isFloating(String name) {
    return entry(name).dtype().isFloating();
  }

  /**
   * A tensor's values, row-major, in a new array. F32 keeps all bits; F16 and BF16 convert exactly;
   * F64 is rounded to the nearest float.
   *
   * @throws ModelFormatException for other types, and for an F64 value that no float can hold
   */
  public float[] floats(String name) throws ModelFormatException {
    SafetensorsHeader.Entry entry = entry(name);
    int length = (int) ((entry.end() - entry.begin()) / entry.dtype().bytes());
    ByteBuffer data =
        ByteBuffer.wrap(bytes, dataStart + (int) entry.begin(), (int) (entry.end() - entry.begin()))
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (entry.dtype()) {
      case F32, F64, F16, BF16 -> {}
      default ->
          throw new ModelFormatException(
              quoted(name) + " dtype", "F32, F64, F16 or BF16", entry.dtype().name(), where);
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          switch (entry.dtype()) {
            case F32 -> data.getFloat();
            case F16 -> ofHalf(data.getShort());
            case BF16 -> Float.intBitsToFloat(data.getShort() << 16);
            default -> narrowed(data.getDouble(), name, i);
          };
    }
    return values;
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = entries.get(name);
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
    if (tensors.containsKey(SafetensorsHeader.METADATA) || tensors.size() > MAX_TENSORS) {
      throw new IllegalArgumentException(
          "tensors: expected at most %d, none called %s, got %d"
              .formatted(MAX_TENSORS, SafetensorsHeader.METADATA, tensors.size()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = SafetensorsHeader.JSON.createGenerator(out)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafetensorsHeader.METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long position = 0;
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("dtype", SafetensorsHeader.Dtype.F32.name());
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

  /** Replaces a file atomically: writes a new file beside it, then moves that over it. */
  public static void writeAtomically(Path file, byte[] bytes) throws IOException {
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

  /** False for line ends, control characters and changes of text direction. */
  private static boolean isPrintable(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Text from a file for a message, as one short printable line. */
  static String quoted(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && line.length() < 100; i++) {
      char c = text.charAt(i);
      line.append(isPrintable(c) ? c : '?');
    }
    return line.length() < text.length() ? line + "..." : line.toString();
  }
}
