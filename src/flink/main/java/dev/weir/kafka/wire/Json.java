package dev.weir.kafka.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * Reads and writes JSON trees. A text that continues after its value is malformed. {@link
 * JsonNode#toString} writes a tree on one line. Thread-safe.
 */
public final class Json {

  /** Of a record's JSON, which anybody may have written. */
  static final JsonFactory RECORD_FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
          .build();

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Reads answers and lines. */
  public static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);

  /** Reads records: rejects deep nesting. */
  private static final ObjectReader RECORDS = READER.with(RECORD_FACTORY);

  /** Reads files of users: rejects an object that has a name twice. */
  public static final ObjectReader FILES =
      READER.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** A number, or null if it is not finite: JSON has no NaN. */
  public static JsonNode number(double number) {
    return Double.isFinite(number) ? DoubleNode.valueOf(number) : NullNode.instance;
  }

  /** Numbers, each null if it is not finite. */
  public static ArrayNode numbers(double... numbers) {
    ArrayNode array = array();
    for (double number : numbers) {
      array.add(number(number));
    }
    return array;
  }

  /**
   * The JSON of a record.
   *
   * @param what the record's name in messages
   */
  public static JsonNode record(String what, byte[] bytes) throws MalformedRecordException {
    try {
      return RECORDS.readTree(bytes);
    } catch (IOException e) {
      throw new MalformedRecordException(what + ": expected a JSON object, got " + complaint(e), e);
    }
  }

  /** What a reader complains of, and where; without what Jackson says of its own settings. */
  public static String complaint(IOException e) {
    if (!(e instanceof JsonProcessingException wrong) || wrong.getLocation() == null) {
      return AvroBounds.quoted(e.getMessage());
    }
    String message = wrong.getOriginalMessage();
    return "%s (line %d, column %d)"
        .formatted(
            AvroBounds.quoted(
                message.replaceAll("(?s)(:| \\([^(]*) (enable|at|from) [`\\[].*", "")),
            wrong.getLocation().getLineNr(),
            wrong.getLocation().getColumnNr());
  }

  /** Maps, lists and values as a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }
}
