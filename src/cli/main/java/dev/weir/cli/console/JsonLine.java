package dev.weir.cli.console;

import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/**
 * A record as one line of JSON with the names and units of its Avro schema. Avro's own JSON wraps
 * each nullable value in the name of its type.
 */
public final class JsonLine {

  private JsonLine() {}

  /**
   * @param avro the record as plain Avro
   */
  public static String of(Schema schema, byte[] avro) {
    try {
      Object record =
          new GenericDatumReader<>(schema, schema, new GenericData())
              .read(null, DecoderFactory.get().binaryDecoder(avro, null));
      return Json.tree(plain(record)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A value as Jackson knows it; texts and enums as strings. */
  private static Object plain(Object value) {
    if (value instanceof GenericRecord record) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (Schema.Field field : record.getSchema().getFields()) {
        fields.put(field.name(), plain(record.get(field.pos())));
      }
      return fields;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(JsonLine::plain).toList();
    }
    return value instanceof Number || value == null ? value : value.toString();
  }
}
