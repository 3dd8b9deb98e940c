package dev.weir.kafka.registry;

import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/**
 * Schemas of others. Avro's plan of a schema contains each named type in full wherever it is named,
 * so a few lines can describe billions of fields; such a schema is refused before Avro plans it.
 */
public final class UntrustedSchema {

  private static final int MAX_CHARACTERS = 256 << 10;
  private static final int MAX_FIELDS = 10_000;

  private UntrustedSchema() {}

  /**
   * @throws UnknownSchemaException if the schema is not a record's, or too large
   * @throws RuntimeException of Avro if the text is not a schema; a long chain of types may also
   *     overflow the stack
   */
  static Schema parse(String text) throws UnknownSchemaException {
    if (text.length() > MAX_CHARACTERS) {
      throw new UnknownSchemaException(
          "schema: expected at most %d characters, got %d"
              .formatted(MAX_CHARACTERS, text.length()));
    }
    Schema schema = new Schema.Parser().parse(text);
    if (schema.getType() != Schema.Type.RECORD) {
      throw new UnknownSchemaException(
          "schema: expected a record, got " + schema.getType().getName());
    }
    long fields = fields(schema, new IdentityHashMap<>());
    if (fields > MAX_FIELDS) {
      throw new UnknownSchemaException(
          "schema: expected at most %d fields, each type counted where it is named, got %s"
              .formatted(MAX_FIELDS, fields == Long.MAX_VALUE ? "far more" : fields));
    }
    return schema;
  }

  /** The number of values that a schema describes; a recursive record counts as one. */
  private static long fields(Schema schema, Map<Schema, Long> known) {
    Long before = known.putIfAbsent(schema, 1L);
    if (before != null) {
      return before;
    }
    List<Schema> parts =
        switch (schema.getType()) {
          case RECORD -> schema.getFields().stream().map(Field::schema).toList();
          case ARRAY -> List.of(schema.getElementType());
          case MAP -> List.of(schema.getValueType());
          case UNION -> schema.getTypes();
          default -> List.of();
        };
    long sum = 1;
    for (Schema part : parts) {
      long further = fields(part, known);
      sum = further > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + further;
    }
    known.put(schema, sum);
    return sum;
  }

  /**
   * Our schema under the writer's name: Avro's rules resolve by field, and each tool names records
   * differently. Without fields that the writer lacks and that have a default, since Avro would
   * parse the default for each record.
   *
   * @throws UnknownSchemaException if ours can't be read from what this writer writes
   */
  public static Schema readerOf(Schema writer, Schema ours) throws UnknownSchemaException {
    Schema reader =
        record(
            writer,
            ours.getFields().stream()
                .filter(f -> !f.hasDefaultValue() || writer.getField(f.name()) != null)
                .map(f -> new Field(f.name(), f.schema())));
    Schema atBest = // whether a nullable field is null shows in each record
        record(
            writer,
            writer.getFields().stream()
                .map(
                    f ->
                        new Field(
                            f.name(),
                            ours.getField(f.name()) == null ? f.schema() : notNull(f.schema()))));
    List<Incompatibility> problems =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, atBest)
            .getResult()
            .getIncompatibilities();
    if (!problems.isEmpty()) {
      throw new UnknownSchemaException(
          "schema %s: expected one that %s can be read from, got %s at %s: %s"
              .formatted(
                  AvroBounds.quoted(writer.getFullName()),
                  ours.getName(),
                  problems.get(0).getType(),
                  AvroBounds.quoted(problems.get(0).getLocation()),
                  AvroBounds.quoted(problems.get(0).getMessage())));
    }
    return reader;
  }

  private static Schema record(Schema name, Stream<Field> fields) {
    return Schema.createRecord(name.getName(), null, name.getNamespace(), false, fields.toList());
  }

  private static Schema notNull(Schema type) {
    if (type.getType() != Schema.Type.UNION) {
      return type;
    }
    List<Schema> branches =
        type.getTypes().stream().filter(branch -> branch.getType() != Schema.Type.NULL).toList();
    return branches.size() == 1 ? branches.get(0) : Schema.createUnion(branches);
  }
}
