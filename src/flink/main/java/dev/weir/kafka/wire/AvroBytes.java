package dev.weir.kafka.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro's encoder before a buffer that is used again. A codec writes a schema's fields in their
 * order, so that no generated object is built for each record and thrown away.
 */
public final class AvroBytes {

  private static final int NULL_BRANCH = 0;
  private static final int VALUE_BRANCH = 1;

  private final byte[] prefix;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);
  private BinaryEncoder encoder; // null: none, or one that may hold a part of a record

  /**
   * @param prefix written before the fields of each record; null for nothing
   */
  public AvroBytes(byte[] prefix) {
    this.prefix = prefix;
  }

  /** Writes the fields of a record; what it throws is a bug, since memory does not fail. */
  public interface Fields<T> {
    void write(T record, byte[] series, BinaryEncoder out) throws IOException;
  }

  /**
   * @param fields is kept by the caller: a lambda for each record would be an object for each
   * @param series the record's series, in UTF-8
   */
  public <T> byte[] of(T record, byte[] series, Fields<T> fields) {
    if (prefix == null) {
      throw new IllegalStateException(
          "expected a schema that is registered, got a codec to read with");
    }
    buffer.reset();
    buffer.write(prefix, 0, prefix.length);
    BinaryEncoder empty =
        encoder == null ? EncoderFactory.get().binaryEncoder(buffer, null) : encoder;
    encoder = null;
    try {
      fields.write(record, series, empty);
      empty.flush();
      encoder = empty;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.toByteArray();
  }

  /** A generated record as plain Avro. */
  @SuppressWarnings("unchecked")
  public static <R extends SpecificRecord> byte[] of(R record) {
    return new AvroBytes(new byte[0])
        .of(
            record,
            null,
            (one, series, out) ->
                new SpecificDatumWriter<>((Class<R>) one.getClass()).write(one, out));
  }

  /** A union of null and double, in this order, NaN being null. */
  public static void writeOptional(double value, BinaryEncoder out) throws IOException {
    if (Double.isNaN(value)) {
      writeNull(out);
    } else {
      writePresent(out);
      out.writeDouble(value);
    }
  }

  /** The same, read; the schema's numbers have passed {@link AvroBounds}. */
  public static double readOptional(Decoder in) throws IOException {
    if (in.readIndex() == NULL_BRANCH) {
      in.readNull();
      return Double.NaN;
    }
    return in.readDouble();
  }

  /** The double of a union that {@link #writeOptional} wrote. */
  public static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }

  /** Writes an element of an array. */
  public interface Element<T> {
    void write(T element, BinaryEncoder out) throws IOException;
  }

  /**
   * An array.
   *
   * @param element should capture nothing, or it is an object for each record
   */
  public static <T> void writeArray(List<T> elements, BinaryEncoder out, Element<T> element)
      throws IOException {
    out.writeArrayStart();
    out.setItemCount(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      out.startItem();
      element.write(elements.get(i), out);
    }
    out.writeArrayEnd();
  }

  /** An array of doubles. */
  public static void writeArray(double[] elements, BinaryEncoder out) throws IOException {
    out.writeArrayStart();
    out.setItemCount(elements.length);
    for (double element : elements) {
      out.startItem();
      out.writeDouble(element);
    }
    out.writeArrayEnd();
  }

  /** A union's first branch, null. */
  public static void writeNull(BinaryEncoder out) throws IOException {
    out.writeIndex(NULL_BRANCH);
  }

  /** A union's second branch; its value follows. */
  public static void writePresent(BinaryEncoder out) throws IOException {
    out.writeIndex(VALUE_BRANCH);
  }

  /** A string's bytes; in Avro they look like those of bytes. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
