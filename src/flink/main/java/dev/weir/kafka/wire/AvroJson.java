package dev.weir.kafka.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/**
 * The same record as Avro binary and as JSON: an object with the schema's fields, times as ISO
 * 8601, a union as its value. Both forms hold the same, since one is made from the other. Knows
 * what our schemas have: records, arrays, unions of null and another type, strings, numbers,
 * booleans. Not thread-safe: buffers are reused.
 */
public final class AvroJson {

  private final Schema schema;
  private final boolean isoTimes;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);
  private BinaryDecoder decoder;

  public AvroJson(Schema schema) {
    this(schema, true);
  }

  private AvroJson(Schema schema, boolean isoTimes) {
    this.schema = schema;
    this.isoTimes = isoTimes;
  }

  /**
   * A record as one line of JSON with the names and units of its Avro schema, so times as
   * milliseconds.
   *
   * @param avro the record as plain Avro
   */
  public static String line(Schema schema, byte[] avro) {
    return new String(new AvroJson(schema, false).toJson(avro), StandardCharsets.UTF_8);
  }

  /**
   * Whether bytes are JSON: Avro of a record that begins with a string would begin with its length,
   * which is not negative.
   */
  public static boolean isJson(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == '{';
  }

  /**
   * @param avro one value of the schema, written by us
   */
  public byte[] toJson(byte[] avro) {
    decoder = DecoderFactory.get().binaryDecoder(avro, decoder);
    buffer.reset();
    try (JsonGenerator json = Json.RECORD_FACTORY.createGenerator(buffer)) {
      write(schema, decoder, json);
    } catch (IOException e) { // memory does not fail
      throw new UncheckedIOException(e);
    }
    return buffer.toByteArray();
  }

  private void write(Schema type, Decoder in, JsonGenerator json) throws IOException {
    switch (type.getType()) {
      case RECORD -> {
        json.writeStartObject();
        for (Field field : type.getFields()) {
          json.writeFieldName(field.name());
          write(field.schema(), in, json);
        }
        json.writeEndObject();
      }
      case ARRAY -> {
        json.writeStartArray();
        for (long n = in.readArrayStart(); n > 0; n = in.arrayNext()) {
          for (long i = 0; i < n; i++) {
            write(type.getElementType(), in, json);
          }
        }
        json.writeEndArray();
      }
      case UNION -> write(type.getTypes().get(in.readIndex()), in, json);
      case NULL -> {
        in.readNull();
        json.writeNull();
      }
      case STRING -> json.writeString(in.readString());
      case INT -> json.writeNumber(in.readInt());
      case LONG -> {
        long value = in.readLong();
        if (isoTimes && isTime(type)) {
          json.writeString(Instant.ofEpochMilli(value).toString());
        } else {
          json.writeNumber(value);
        }
      }
      case DOUBLE -> {
        double value = in.readDouble();
        if (Double.isFinite(value)) {
          json.writeNumber(value);
        } else {
          json.writeNull(); // JSON has no number for it
        }
      }
      case BOOLEAN -> json.writeBoolean(in.readBoolean());
      default -> throw new IllegalStateException("no JSON for " + type.getType());
    }
  }

  private static boolean isTime(Schema type) {
    return type.getLogicalType() instanceof LogicalTypes.TimestampMillis;
  }

  /**
   * @throws MalformedRecordException naming the first field that is wrong
   */
  public byte[] toAvro(byte[] json) throws MalformedRecordException {
    buffer.reset();
    // a new one: one that failed would begin with what it had not flushed
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(buffer, null);
    try {
      read(schema, schema.getName(), Json.record(schema.getName(), json), encoder);
      encoder.flush();
    } catch (MalformedRecordException e) {
      throw e;
    } catch (IOException e) { // memory does not fail
      throw new UncheckedIOException(e);
    }
    return buffer.toByteArray();
  }

  private static void read(Schema type, String name, JsonNode value, Encoder out)
      throws IOException {
    switch (type.getType()) {
      case RECORD -> {
        check(value.isObject(), name, "an object", value);
        for (Field field : type.getFields()) {
          read(field.schema(), field.name(), child(field, value), out);
        }
      }
      case ARRAY -> {
        check(value.isArray(), name, "an array", value);
        out.writeArrayStart();
        out.setItemCount(value.size());
        for (JsonNode element : value) {
          out.startItem();
          read(type.getElementType(), name, element, out);
        }
        out.writeArrayEnd();
      }
      case UNION -> { // null comes first
        out.writeIndex(value.isNull() ? 0 : 1);
        read(type.getTypes().get(value.isNull() ? 0 : 1), name, value, out);
      }
      case NULL -> out.writeNull();
      case STRING -> {
        check(value.isTextual(), name, "a text", value);
        out.writeString(value.textValue());
      }
      case INT -> {
        check(value.isIntegralNumber() && value.canConvertToInt(), name, "a whole number", value);
        out.writeInt(value.intValue());
      }
      case LONG -> out.writeLong(isTime(type) ? time(name, value) : number(name, value));
      case DOUBLE -> {
        check(value.isNumber() || value.isNull(), name, "a number or null", value);
        out.writeDouble(value.isNull() ? Double.NaN : value.doubleValue());
      }
      case BOOLEAN -> {
        check(value.isBoolean(), name, "true or false", value);
        out.writeBoolean(value.booleanValue());
      }
      default -> throw new IllegalStateException("no JSON for " + type.getType());
    }
  }

  private static JsonNode child(Field field, JsonNode object) throws MalformedRecordException {
    JsonNode child = object.get(field.name());
    if (child != null) {
      return child;
    }
    check(field.hasDefaultValue(), field.name(), "a value", null);
    Object byDefault = field.defaultVal();
    return byDefault == JsonProperties.NULL_VALUE ? NullNode.instance : Json.tree(byDefault);
  }

  private static long number(String name, JsonNode value) throws MalformedRecordException {
    check(value.isIntegralNumber() && value.canConvertToLong(), name, "a whole number", value);
    return value.longValue();
  }

  /**
   * A time as text or as a number since 1970.
   *
   * @param name of the field, in messages
   */
  public static long time(String name, JsonNode value) throws MalformedRecordException {
    try {
      return TimeText.millis(value.asText(), TimeText.Unit.AUTO);
    } catch (DateTimeException | ArithmeticException e) {
      throw wrong(name, TimeText.EXPECTED, value);
    }
  }

  private static void check(boolean holds, String name, String expected, JsonNode value)
      throws MalformedRecordException {
    if (!holds) {
      throw wrong(name, expected, value);
    }
  }

  /**
   * Says what a field has.
   *
   * @param value null, or missing, for a record without the field
   */
  public static MalformedRecordException wrong(String name, String expected, JsonNode value) {
    boolean isThere = value != null && !value.isMissingNode();
    String got = isThere ? AvroBounds.quoted(value.toString()) : "nothing";
    return new MalformedRecordException("%s: expected %s, got %s".formatted(name, expected, got));
  }
}
