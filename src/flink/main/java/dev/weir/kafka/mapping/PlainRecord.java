package dev.weir.kafka.mapping;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** All of a record of Avro or Protobuf, to find out what it holds. */
public final class PlainRecord {

  private PlainRecord() {}

  /** The same as maps, collections, numbers, flags, texts and null. */
  public static Object of(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Collection<?> elements) {
      return elements.stream().map(PlainRecord::of).toList();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, field) -> fields.put(name.toString(), of(field)));
    } else if (value instanceof IndexedRecord record) {
      for (Schema.Field field : record.getSchema().getFields()) {
        fields.put(field.name(), of(record.get(field.pos())));
      }
    } else if (value instanceof Message message
        && !ProtobufRecords.isText(message.getDescriptorForType())) {
      for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
        fields.put(field.getName(), of(ProtobufRecords.field(message, field.getName())));
      }
    } else {
      return ProtobufRecords.text(value);
    }
    return fields;
  }
}
