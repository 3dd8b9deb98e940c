package dev.weir.kafka.mapping;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.WireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.RecordParts;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Protobuf messages of one type, with nothing before them. */
final class ProtobufRecords implements RecordSource {

  private static final long serialVersionUID = 1L;

  private static final int MAX_DEPTH = 32;
  private static final String TIMESTAMP = "google.protobuf.Timestamp";
  private static final Set<String> WRAPPERS =
      Stream.of("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
          .map(name -> "google.protobuf." + name + "Value")
          .collect(Collectors.toUnmodifiableSet());

  private final SchemaFile file;
  private transient Descriptor type;

  /**
   * @throws IllegalArgumentException when the file does not hold the message
   */
  ProtobufRecords(SchemaFile file) {
    this.file = file;
    this.type = descriptor(file);
  }

  @Override
  public void open() {
    type = descriptor(file);
  }

  @Override
  public Message read(byte[] bytes) throws IOException {
    CodedInputStream fields = CodedInputStream.newInstance(bytes);
    if (valuesLeft(fields, type, RecordParts.MAX_VALUES, 0) < 0) {
      throw new MalformedRecordException(
          "record: expected at most %,d values, got more".formatted(RecordParts.MAX_VALUES));
    }
    return DynamicMessage.parseFrom(type, bytes);
  }

  /**
   * Counts values before any becomes an object: one in a record may take a byte, and none in
   * memory.
   *
   * @param message of the fields; null if they are unknown
   * @return below zero if there are more than are left
   */
  private static int valuesLeft(CodedInputStream in, Descriptor message, int left, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new MalformedRecordException(
          "expected at most %d levels of nesting".formatted(MAX_DEPTH));
    }
    int rest = left;
    for (int tag = in.readTag(); tag != 0 && rest >= 0; tag = in.readTag()) {
      rest--;
      FieldDescriptor field =
          message == null ? null : message.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      boolean isMessage = field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      Descriptor inner = isMessage ? field.getMessageType() : null;
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_END_GROUP -> {
          return rest;
        }
        case WireFormat.WIRETYPE_START_GROUP -> rest = valuesLeft(in, inner, rest, depth + 1);
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          int length = in.readRawVarint32();
          if (isMessage) {
            int limit = in.pushLimit(length);
            rest = valuesLeft(in, inner, rest, depth + 1);
            in.popLimit(limit);
          } else {
            rest -= field != null && field.isPackable() ? length / bytesOf(field) : 0;
            in.skipRawBytes(length);
          }
        }
        default -> in.skipField(tag);
      }
    }
    return rest;
  }

  /** Of one number among packed ones, at least. */
  private static int bytesOf(FieldDescriptor field) {
    return switch (field.getType()) {
      case DOUBLE, FIXED64, SFIXED64 -> Double.BYTES;
      case FLOAT, FIXED32, SFIXED32 -> Float.BYTES;
      default -> 1;
    };
  }

  private static Descriptor descriptor(SchemaFile file) {
    Map<String, FileDescriptorProto> protos = new LinkedHashMap<>();
    List<String> messages = new ArrayList<>();
    try {
      FileDescriptorSet.parseFrom(file.bytes())
          .getFileList()
          .forEach(proto -> protos.put(proto.getName(), proto));
      Map<String, FileDescriptor> built = new HashMap<>();
      for (String name : protos.keySet()) {
        for (Descriptor message : build(name, protos, built).getMessageTypes()) {
          Descriptor found = find(message, file.message(), messages);
          if (found != null) {
            return found;
          }
        }
      }
    } catch (IOException | DescriptorValidationException | StackOverflowError e) {
      throw new IllegalArgumentException(
          "schema-file: expected what protoc --include_imports --descriptor_set_out writes, got: "
              + SchemaFile.firstLine(e),
          e);
    }
    throw new IllegalArgumentException(
        "message: expected one of %s, got %s"
            .formatted(messages.subList(0, Math.min(messages.size(), 20)), file.message()));
  }

  private static FileDescriptor build(
      String name, Map<String, FileDescriptorProto> protos, Map<String, FileDescriptor> built)
      throws DescriptorValidationException, IOException {
    FileDescriptor before = built.get(name);
    if (before != null) {
      return before;
    }
    FileDescriptorProto proto = protos.get(name);
    if (proto == null) {
      throw new IOException("no " + name + ", which is imported");
    }
    List<FileDescriptor> imports = new ArrayList<>();
    for (String imported : proto.getDependencyList()) {
      imports.add(build(imported, protos, built));
    }
    FileDescriptor file =
        FileDescriptor.buildFrom(proto, imports.toArray(new FileDescriptor[0]), false);
    built.put(name, file);
    return file;
  }

  private static Descriptor find(Descriptor message, String name, List<String> seen) {
    if (!message.getFullName().startsWith("google.protobuf.")
        && !message.getOptions().getMapEntry()) {
      seen.add(message.getFullName());
    }
    if (message.getFullName().equals(name)) {
      return message;
    }
    for (Descriptor inner : message.getNestedTypes()) {
      Descriptor found = find(inner, name, seen);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Whether messages have such a field: a value, or an array of values or of messages. */
  boolean has(List<String> names, List<Boolean> isArray, boolean isValue) {
    Descriptor message = type;
    for (int i = 0; i < names.size(); i++) {
      FieldDescriptor field = message == null ? null : message.findFieldByName(names.get(i));
      if (field != null && field.isMapField()) {
        i++; // its keys are names, too
        field = field.getMessageType().findFieldByName("value");
      }
      if (field == null || i >= names.size() || field.isRepeated() != isArray.get(i)) {
        return false;
      }
      boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      message = isMessage ? field.getMessageType() : null;
    }
    return isValue ? message == null || isText(message) : message != null;
  }

  /** A field of a message; null if it is missing, and the default of one that can't be. */
  static Object field(Message message, String name) {
    return field(message, message.getDescriptorForType().findFieldByName(name));
  }

  /** The same; null if there is no such field. */
  static Object field(Message message, FieldDescriptor field) {
    if (field == null || field.hasPresence() && !message.hasField(field)) {
      return null;
    }
    Object value = message.getField(field);
    if (field.isMapField()) {
      return map((List<?>) value);
    }
    return switch (field.getType()) {
      case UINT32, FIXED32 ->
          value instanceof Integer number ? Integer.toUnsignedString(number) : value;
      case UINT64, FIXED64 -> value instanceof Long number ? Long.toUnsignedString(number) : value;
      default -> value;
    };
  }

  private static Map<String, Object> map(List<?> entries) {
    Map<String, Object> map = new HashMap<>();
    for (Object entry : entries) {
      map.put(text(field((Message) entry, "key")), field((Message) entry, "value"));
    }
    return map;
  }

  /** Whether it is one of Protobuf's own messages that are single values. */
  static boolean isText(Descriptor message) {
    return message.getFullName().equals(TIMESTAMP) || WRAPPERS.contains(message.getFullName());
  }

  /**
   * A value as a text, as JSON has it where it is one of Protobuf's own messages. A timestamp out
   * of bounds is no time as a text, either.
   */
  static String text(Object value) {
    if (value instanceof EnumValueDescriptor constant) {
      return constant.getName();
    }
    if (value instanceof ByteString bytes) {
      return bytes.toStringUtf8();
    }
    if (!(value instanceof Message message)) {
      return value.toString();
    }
    String type = message.getDescriptorForType().getFullName();
    if (type.equals(TIMESTAMP)) {
      long seconds = (Long) field(message, "seconds");
      int nanos = (Integer) field(message, "nanos");
      try {
        return Instant.ofEpochSecond(seconds, nanos).toString();
      } catch (DateTimeException | ArithmeticException e) {
        return "%d s %d ns".formatted(seconds, nanos);
      }
    }
    if (WRAPPERS.contains(type)) {
      Object inner = field(message, "value");
      return inner == null ? "" : text(inner);
    }
    return TextFormat.printer().emittingSingleLine(true).printToString(message);
  }
}
