package dev.weir.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON of the page: numbers exactly as they are, and null for one that is not known. */
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonGenerator out;

  private Json(JsonGenerator out) {
    this.out = out;
  }

  /** Something that can be written. */
  @FunctionalInterface
  interface Body {
    void write(Json json) throws IOException;
  }

  /** An object in UTF-8, on one line. */
  static byte[] object(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 10);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject();
      body.write(new Json(out));
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }

  static byte[] error(String message) {
    return object(json -> json.text("error", message));
  }

  void text(String name, String value) throws IOException {
    out.writeStringField(name, value); // null for null
  }

  void number(String name, long value) throws IOException {
    out.writeNumberField(name, value);
  }

  /** Null unless finite. */
  void number(String name, double value) throws IOException {
    out.writeFieldName(name);
    number(value);
  }

  void flag(String name, boolean value) throws IOException {
    out.writeBooleanField(name, value);
  }

  void none(String name) throws IOException {
    out.writeNullField(name);
  }

  void number(double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumber(value);
    } else {
      out.writeNull();
    }
  }

  void object(String name, Body body) throws IOException {
    out.writeObjectFieldStart(name);
    body.write(this);
    out.writeEndObject();
  }

  void array(String name, Body items) throws IOException {
    out.writeArrayFieldStart(name);
    items.write(this);
    out.writeEndArray();
  }

  /** An object in an array. */
  void item(Body body) throws IOException {
    out.writeStartObject();
    body.write(this);
    out.writeEndObject();
  }

  /** A text in an array. */
  void item(String text) throws IOException {
    out.writeString(text);
  }

  void numbers(String name, double[] values) throws IOException {
    out.writeArrayFieldStart(name);
    for (double value : values) {
      number(value);
    }
    out.writeEndArray();
  }

  void numbers(String name, long[] values) throws IOException {
    out.writeArrayFieldStart(name);
    for (long value : values) {
      out.writeNumber(value);
    }
    out.writeEndArray();
  }
}
