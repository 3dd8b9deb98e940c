package dev.weir.kafka.codec;

import dev.weir.forecast.Observation;
import dev.weir.kafka.wire.ConfluentWireFormat;
import dev.weir.kafka.wire.MalformedRecordException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The fields of a foreign observation or model as text. */
public final class RecordFields {

  private static final int MAX_FEATURES = 100;

  private RecordFields() {}

  /**
   * Decodes a record for display.
   *
   * @param value its value; null for a tombstone
   * @param isModel whether it was meant to be a model
   * @return names and values; none if it is something else
   */
  public static Map<String, String> of(byte[] value, boolean isModel) {
    try {
      return value == null ? Map.of() : isModel ? model(value) : observation(value);
    } catch (MalformedRecordException e) {
      return Map.of();
    }
  }

  private static Map<String, String> model(byte[] value) throws MalformedRecordException {
    Map<String, String> fields = new LinkedHashMap<>();
    dev.weir.kafka.avro.Model model = new ModelCodec().record(value);
    fields.put("name", model.getName());
    fields.put("version", Long.toString(model.getVersion()));
    fields.put("created", model.getCreated().toString());
    fields.put("weights", model.getWeights().remaining() + " bytes");
    return fields;
  }

  private static Map<String, String> observation(byte[] value) throws MalformedRecordException {
    Map<String, String> fields = new LinkedHashMap<>();
    byte[] plain = value;
    if (value.length > ConfluentWireFormat.LENGTH
        && value[0] == ConfluentWireFormat.MAGIC) { // no series is empty
      fields.put("schema id", Integer.toUnsignedString(ConfluentWireFormat.id(value)));
      plain = Arrays.copyOfRange(value, ConfluentWireFormat.LENGTH, value.length);
    }
    Observation observation = new ObservationCodec().decode(plain, new RecordHeaders());
    fields.put("series", observation.series());
    fields.put("time", Instant.ofEpochMilli(observation.time()).toString());
    fields.put("value", Double.toString(observation.value()));
    if (observation.features().length > 0) {
      fields.put("features", shown(observation.features()));
    }
    if (observation.ahead().length > 0) {
      fields.put("features_ahead", shown(observation.ahead()));
    }
    return fields;
  }

  /** Numbers for display, not more than a screen has room for. */
  static String shown(double[] numbers) {
    String shown = Arrays.toString(Arrays.copyOf(numbers, Math.min(numbers.length, MAX_FEATURES)));
    return numbers.length > MAX_FEATURES ? shown.replace("]", ", ...]") : shown;
  }
}
