package dev.weir.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityResult;

/**
 * A schema that somebody else wrote. Avro makes a plan of a schema in which each named type stands
 * in full wherever it is named, so a few lines can stand for billions of fields; such are refused
 * before Avro sees more than their text.
 */
final class ForeignSchema {

  private static final int MAX_CHARACTERS = 256 << 10;
  private static final int MAX_NESTING = 64;
  private static final int MAX_FIELDS = 10_000;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
              .build());

  private ForeignSchema() {}

  /**
   * @throws UnknownSchemaException when it is no record, or larger than any that is meant
   */
  static Schema parse(String text) throws UnknownSchemaException {
    if (text.length() > MAX_CHARACTERS) {
      throw new UnknownSchemaException(
          "schema: expected at most %d characters, got %d"
              .formatted(MAX_CHARACTERS, text.length()));
    }
    Schema schema;
    try {
      JSON.readTree(text);
      schema = new Schema.Parser().parse(text);
    } catch (JsonProcessingException e) {
      throw new UnknownSchemaException(
          "schema: expected JSON, got: " + AvroBounds.quoted(e.getOriginalMessage()));
    } catch (RuntimeException e) { // Avro's own, and whatever else its parser stumbles over
      throw new UnknownSchemaException(
          "schema: expected one of Avro, got: "
              + AvroBounds.quoted(String.valueOf(e.getMessage())));
    } catch (StackOverflowError e) { // a call for each type that names the next
      throw new UnknownSchemaException(
          "schema: expected types within each other that can be followed, got too many");
    }
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

  /** How many values the schema stands for; of a record within itself, one. */
  private static long fields(Schema schema, Map<Schema, Long> known) {
    Long before = known.get(schema);
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
    known.put(schema, 1L);
    long sum = 1;
    for (Schema part : parts) {
      long further = fields(part, known);
      sum = further > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + further;
    }
    known.put(schema, sum);
    return sum;
  }

  /**
   * Our schema under the writer's name, by Avro's rules: what is read goes by the fields, and every
   * tool has its own idea of what a record is called. Fields that the writer does not have are left
   * out where they have a default, since Avro would read the default anew for each record.
   *
   * @throws UnknownSchemaException when what this writer writes can't be read by it
   */
  static Schema readerOf(Schema writer, Schema ours) throws UnknownSchemaException {
    List<Field> wanted =
        ours.getFields().stream()
            .filter(field -> !field.hasDefaultValue() || writer.getField(field.name()) != null)
            .toList();
    Schema reader = record(writer, wanted, ForeignSchema::same);
    Schema atBest =
        record(writer, writer.getFields(), f -> ours.getField(f.name()) == null ? f : present(f));
    SchemaCompatibilityResult result =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, atBest).getResult();
    if (!result.getIncompatibilities().isEmpty()) {
      Incompatibility first = result.getIncompatibilities().get(0);
      throw new UnknownSchemaException(
          "schema %s: expected one that %s can be read from, got %s at %s: %s"
              .formatted(
                  AvroBounds.quoted(writer.getFullName()),
                  ours.getName(),
                  first.getType(),
                  AvroBounds.quoted(first.getLocation()),
                  AvroBounds.quoted(first.getMessage())));
    }
    return reader;
  }

  private static Schema record(Schema name, List<Field> fields, UnaryOperator<Field> change) {
    Schema record = Schema.createRecord(name.getName(), null, name.getNamespace(), false);
    record.setFields(fields.stream().map(change).map(ForeignSchema::same).toList());
    return record;
  }

  private static Field same(Field field) {
    return new Field(field, field.schema());
  }

  /** As if it were never null: whether it is shows in each record. */
  private static Field present(Field field) {
    Schema type = field.schema();
    if (type.getType() != Schema.Type.UNION) {
      return field;
    }
    List<Schema> branches =
        type.getTypes().stream().filter(branch -> branch.getType() != Schema.Type.NULL).toList();
    return new Field(
        field.name(), branches.size() == 1 ? branches.get(0) : Schema.createUnion(branches));
  }
}
