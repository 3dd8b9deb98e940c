package dev.weir.kafka.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.forecast.Classification;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;

/**
 * Classifications as plain Avro binary of {@code classification.avsc}, or as JSON objects of the
 * same fields, with times as ISO 8601 in UTC. Not thread-safe: buffers are reused.
 */
public final class ClassificationCodec {

  private static final AvroBytes.Fields<Classification> FIELDS = ClassificationCodec::write;
  private static final JsonFactory JSON = new JsonFactory();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public static final Schema SCHEMA = dev.weir.kafka.avro.Classification.getClassSchema();

  private final AvroBytes buffer = new AvroBytes(ConfluentWireFormat.NONE);
  private final ByteArrayOutputStream text = new ByteArrayOutputStream(512);
  private final AvroRecordReader<dev.weir.kafka.avro.Classification> reader =
      new AvroRecordReader<>("classification", dev.weir.kafka.avro.Classification.class, null);

  /** The header value that names the schema of {@link #encode}'s bytes. */
  public static byte[] fingerprint() {
    return WriterSchemas.fingerprint(SCHEMA);
  }

  /** As Avro. */
  public byte[] encode(Classification classification) {
    return encode(classification, AvroBytes.utf8(classification.series()));
  }

  /**
   * @param series the classification's series, in UTF-8
   */
  byte[] encode(Classification classification, byte[] series) {
    return buffer.of(classification, series, FIELDS);
  }

  private static void write(Classification said, byte[] series, BinaryEncoder out)
      throws IOException {
    out.writeBytes(series);
    out.writeLong(said.windowStart());
    out.writeLong(said.windowEnd());
    out.writeInt(said.steps());
    out.writeString(said.label());
    AvroBytes.writeOptional(said.probability(), out);
    out.writeArrayStart();
    out.setItemCount(said.probabilities().length);
    for (int k = 0; k < said.probabilities().length; k++) {
      out.startItem();
      out.writeString(said.classes().get(k));
      out.writeDouble(said.probabilities()[k]);
    }
    out.writeArrayEnd();
    out.writeString(said.model());
    out.writeLong(said.modelVersion());
    out.writeLong(said.labels());
    AvroBytes.writeOptional(said.accuracy(), out);
    AvroBytes.writeOptional(said.logLoss(), out);
    out.writeString(said.status().name());
  }

  /** As JSON. */
  public byte[] toJson(Classification said) {
    text.reset();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("series", said.series());
      json.writeStringField("window_start", Instant.ofEpochMilli(said.windowStart()).toString());
      json.writeStringField("window_end", Instant.ofEpochMilli(said.windowEnd()).toString());
      json.writeNumberField("steps", said.steps());
      json.writeStringField("label", said.label());
      writeOptional("probability", said.probability(), json);
      json.writeArrayFieldStart("classes");
      for (int k = 0; k < said.probabilities().length; k++) {
        json.writeStartObject();
        json.writeStringField("label", said.classes().get(k));
        json.writeNumberField("probability", said.probabilities()[k]);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("model", said.model());
      json.writeNumberField("model_version", said.modelVersion());
      json.writeNumberField("labels", said.labels());
      writeOptional("accuracy", said.accuracy(), json);
      writeOptional("log_loss", said.logLoss(), json);
      json.writeStringField("status", said.status().name());
      json.writeEndObject();
    } catch (IOException e) { // memory does not fail
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }

  private static void writeOptional(String field, double value, JsonGenerator json)
      throws IOException {
    if (Double.isNaN(value)) {
      json.writeNullField(field);
    } else {
      json.writeNumberField(field, value);
    }
  }

  /** Reads Avro or JSON. */
  public Classification decode(byte[] bytes) throws MalformedRecordException {
    try {
      return LabelCodec.isJson(bytes) ? ofJson(MAPPER.readTree(bytes)) : ofAvro(reader.read(bytes));
    } catch (IOException | RuntimeException e) {
      throw new MalformedRecordException("classification: " + e.getMessage(), e);
    }
  }

  private static Classification ofAvro(dev.weir.kafka.avro.Classification record) {
    return new Classification(
        record.getSeries(),
        record.getWindowStart().toEpochMilli(),
        record.getWindowEnd().toEpochMilli(),
        record.getSteps(),
        record.getLabel(),
        record.getClasses().stream().map(c -> c.getLabel()).toList(),
        record.getClasses().stream().mapToDouble(c -> c.getProbability()).toArray(),
        record.getModel(),
        record.getModelVersion(),
        record.getLabels(),
        record.getAccuracy() == null ? Double.NaN : record.getAccuracy(),
        record.getLogLoss() == null ? Double.NaN : record.getLogLoss(),
        Classification.Status.valueOf(record.getStatus()));
  }

  private static Classification ofJson(JsonNode node) {
    List<String> classes = new ArrayList<>();
    JsonNode all = node.required("classes");
    double[] probabilities = new double[all.size()];
    for (int k = 0; k < probabilities.length; k++) {
      classes.add(text(all.get(k), "label"));
      probabilities[k] = all.get(k).required("probability").doubleValue();
    }
    return new Classification(
        text(node, "series"),
        Instant.parse(text(node, "window_start")).toEpochMilli(),
        Instant.parse(text(node, "window_end")).toEpochMilli(),
        node.required("steps").intValue(),
        text(node, "label"),
        classes,
        probabilities,
        text(node, "model"),
        node.required("model_version").longValue(),
        node.required("labels").longValue(),
        orNaN(node.required("accuracy")),
        orNaN(node.required("log_loss")),
        Classification.Status.valueOf(text(node, "status")));
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.required(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(
          "%s: expected text, got %s".formatted(field, value.getNodeType()));
    }
    return value.textValue();
  }

  private static double orNaN(JsonNode value) {
    return value.isNull() ? Double.NaN : value.doubleValue();
  }
}
