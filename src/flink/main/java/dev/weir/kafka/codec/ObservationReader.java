package dev.weir.kafka.codec;

import dev.weir.forecast.Observation;
import dev.weir.kafka.registry.UntrustedSchema;
import dev.weir.kafka.wire.AheadVectors;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.SeriesName;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.kafka.wire.WriterSchemas;
import dev.weir.model.ClassifierModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.ResolvingDecoder;

/**
 * Observations out of the bytes of one writer's schema, resolved by Avro's rules: fields that are
 * not ours are skipped, an integer is accepted as a number, a missing {@code features} is empty,
 * {@code label} is read where it has our type, and {@code features_ahead} where it is there. No
 * record of Avro's is built.
 */
public final class ObservationReader {

  private static final Schema OURS = WriterSchemas.OBSERVATION;
  private static final int SERIES = OURS.getField("series").pos();
  private static final int TIME = OURS.getField("time").pos();
  private static final int VALUE = OURS.getField("value").pos();
  private static final String LABEL = "label";
  private static final String FEATURES_AHEAD = "features_ahead";
  private static final Schema MAYBE_AHEAD =
      Schema.createUnion(
          Schema.create(Schema.Type.NULL),
          WriterSchemas.COVARIATE_OBSERVATION.getField(FEATURES_AHEAD).schema());

  private static final Set<String> MILLIS = Set.of("timestamp-millis", "local-timestamp-millis");

  private final Schema writer;
  private final SeriesName name = new SeriesName();
  private final ResolvingDecoder resolving; // null where the writer's schema is ours
  private final int ahead;

  private ObservationReader(Schema writer, ResolvingDecoder resolving, int ahead) {
    this.writer = writer;
    this.resolving = resolving;
    this.ahead = ahead;
  }

  /** With covariates known ahead of any number. */
  public static ObservationReader of(Schema writer) throws UnknownSchemaException {
    return of(writer, AheadVectors.ANY_LENGTH);
  }

  /**
   * @param ahead covariates known ahead, or {@link AheadVectors#ANY_LENGTH}
   * @throws UnknownSchemaException when this writer writes no observations
   */
  static ObservationReader of(Schema writer, int ahead) throws UnknownSchemaException {
    checkUnit(writer); // first: the parsing form says nothing of units
    checkAhead(writer);
    if (SchemaNormalization.toParsingForm(writer).equals(SchemaNormalization.toParsingForm(OURS))) {
      return new ObservationReader(OURS, null, ahead);
    }
    Schema reader = UntrustedSchema.readerOf(writer, wanted(writer));
    try {
      return new ObservationReader(
          writer, DecoderFactory.get().resolvingDecoder(writer, reader, null), ahead);
    } catch (IOException e) {
      throw new UnknownSchemaException("schema: " + AvroBounds.quoted(e.getMessage()));
    }
  }

  /**
   * Ours, with what says something of windows as far as the writer has it: fields that are called
   * the same and hold something else are somebody else's. Not so covariates known ahead: of another
   * type they would be missed.
   */
  private static Schema wanted(Schema writer) {
    List<Field> fields =
        WriterSchemas.COVARIATE_OBSERVATION.getFields().stream()
            .filter(
                field ->
                    OURS.getField(field.name()) != null
                        || writer.getField(field.name()) != null
                            && hasType(writer.getField(field.name()).schema(), field))
            .map(
                field ->
                    switch (field.name()) {
                      case FEATURES_AHEAD -> new Field(field.name(), MAYBE_AHEAD);
                      default -> new Field(field, field.schema());
                    })
            .toList();
    return Schema.createRecord(OURS.getName(), null, OURS.getNamespace(), false, fields);
  }

  private static boolean hasType(Schema type, Field ours) {
    if (ours.name().equals(FEATURES_AHEAD)) {
      return true;
    }
    List<Schema> branches = type.getType() == Schema.Type.UNION ? type.getTypes() : List.of(type);
    Schema.Type wanted = ours.name().equals(LABEL) ? Schema.Type.STRING : Schema.Type.BOOLEAN;
    return branches.stream()
        .allMatch(branch -> branch.getType() == wanted || branch.getType() == Schema.Type.NULL);
  }

  /** Avro's own message says which branch of a union is missing. */
  private static void checkAhead(Schema writer) throws UnknownSchemaException {
    Field field = writer.getField(FEATURES_AHEAD);
    if (field != null
        && SchemaCompatibility.checkReaderWriterCompatibility(MAYBE_AHEAD, field.schema()).getType()
            != SchemaCompatibilityType.COMPATIBLE) {
      throw new UnknownSchemaException(
          "schema %s: features_ahead: expected an array of arrays of numbers, got %s"
              .formatted(
                  AvroBounds.quoted(writer.getFullName()),
                  AvroBounds.quoted(field.schema().toString())));
    }
  }

  /** To Avro a unit is a matter of taste: microseconds would be taken for milliseconds. */
  private static void checkUnit(Schema writer) throws UnknownSchemaException {
    Field time = writer.getField("time");
    if (time == null) {
      return; // no observation, which others say better
    }
    Schema type = time.schema();
    boolean isUnion = type.getType() == Schema.Type.UNION;
    for (Schema branch : isUnion ? type.getTypes() : List.of(type)) {
      checkUnit(writer, branch);
    }
  }

  private static void checkUnit(Schema writer, Schema type) throws UnknownSchemaException {
    LogicalType unit = LogicalTypes.fromSchemaIgnoreInvalid(type);
    String name = unit == null ? type.getProp(LogicalType.LOGICAL_TYPE_PROP) : unit.getName();
    if (name != null && !MILLIS.contains(name)) {
      throw new UnknownSchemaException(
          "schema %s: time: expected timestamp-millis, got %s"
              .formatted(AvroBounds.quoted(writer.getFullName()), AvroBounds.quoted(name)));
    }
  }

  /** What the bytes must be. */
  Schema writer() {
    return writer;
  }

  public Observation read(BinaryDecoder in) throws IOException {
    if (resolving == null) {
      return own(writer, name, in, ahead);
    }
    resolving.configure(in);
    String series = null;
    long time = 0;
    double value = 0;
    double[] features = Observation.NO_FEATURES;
    String label = null;
    double[] known = Observation.NO_FEATURES;
    for (Field field : resolving.readFieldOrder()) {
      int pos = field.pos();
      if (pos == SERIES) {
        series = name.read(resolving);
      } else if (pos == TIME) {
        time = resolving.readLong();
      } else if (pos == VALUE) {
        value = resolving.readDouble();
      } else if (field.name().equals(LABEL)) {
        label = label(resolving);
        if (label != null
            && (label.isBlank() || label.length() > ClassifierModel.MAX_CLASS_LENGTH)) {
          label = null; // somebody else's field of this name
        }
      } else if (field.name().equals(FEATURES_AHEAD)) {
        known = ahead(resolving);
      } else {
        features = features(resolving);
      }
    }
    resolving.drain();
    return new Observation(series, time, value, features, label, known);
  }

  /**
   * All fields of one of our schemas, in its order.
   *
   * @throws AheadVectors.LengthException when a record has other covariates known ahead than so
   *     many
   */
  static Observation own(Schema schema, SeriesName name, Decoder in, int ahead) throws IOException {
    String series = name.read(in);
    long time = in.readLong();
    double value = in.readDouble();
    double[] features =
        schema == WriterSchemas.OBSERVATION_REQUIRED ? Observation.NO_FEATURES : features(in);
    if (schema == OURS || schema == WriterSchemas.OBSERVATION_REQUIRED) {
      return new Observation(series, time, value, features);
    }
    String label = label(in);
    double[] known =
        schema == WriterSchemas.COVARIATE_OBSERVATION
            ? AheadVectors.read(in, ahead)
            : Observation.NO_FEATURES;
    return new Observation(series, time, value, features, label, known);
  }

  /** A union of null and vectors, in this order. */
  private double[] ahead(Decoder in) throws IOException {
    if (in.readIndex() == 0) {
      in.readNull();
      return Observation.NO_FEATURES;
    }
    return AheadVectors.read(in, ahead);
  }

  /** A union of null and string, in this order; an empty one says nothing, either. */
  static String label(Decoder in) throws IOException {
    if (in.readIndex() == 0) {
      in.readNull();
      return null;
    }
    String label = in.readString();
    return label.isEmpty() ? null : label;
  }

  static double[] features(Decoder in) throws IOException {
    double[] features = Observation.NO_FEATURES;
    int count = 0;
    for (long n = in.readArrayStart(); n != 0; n = in.arrayNext()) {
      int end = Math.toIntExact(count + n);
      if (end > features.length) { // doubled: a block for each feature would copy all each time
        features = Arrays.copyOf(features, Math.max(end, 2 * features.length));
      }
      for (; count < end; count++) {
        features[count] = in.readDouble();
      }
    }
    return count == features.length ? features : Arrays.copyOf(features, count);
  }
}
