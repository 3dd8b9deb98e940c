package dev.weir.kafka.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.weir.forecast.Observation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * Observations as JSON objects, such as {@code {"series":"pump-7","time":"2026-01-31T00:00:00Z",
 * "value":1.5,"feature_1":3.0}}, for topics that others read too. {@link #MAPPING} reads them.
 * Covariates known ahead are arrays: {@code "ahead_1":[3.0,null]}. Not thread-safe.
 */
public final class ObservationJson {

  /** What a job file says to read them, but for covariates. */
  public static final String MAPPING =
      "observations: {format: json, series: [series], time: time, values: [value]}";

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(256);

  private final int ahead;

  /** Without covariates known ahead. */
  public ObservationJson() {
    this(0);
  }

  /**
   * @param ahead covariates known ahead
   */
  public ObservationJson(int ahead) {
    this.ahead = ahead;
  }

  public byte[] encode(Observation observation) {
    buffer.reset();
    try (JsonGenerator json = FACTORY.createGenerator(buffer)) {
      json.writeStartObject();
      json.writeStringField("series", observation.series());
      json.writeStringField("time", Instant.ofEpochMilli(observation.time()).toString());
      json.writeNumberField("value", observation.value());
      for (int i = 0; i < observation.features().length; i++) {
        json.writeNumberField("feature_" + (i + 1), observation.features()[i]);
      }
      if (observation.ahead().length > 0) {
        writeAhead(observation.ahead(), json);
      }
      if (observation.label() != null) {
        json.writeStringField("label", observation.label());
      }
      json.writeEndObject();
    } catch (IOException e) { // memory does not fail
      throw new UncheckedIOException(e);
    }
    return buffer.toByteArray();
  }

  private void writeAhead(double[] numbers, JsonGenerator json) throws IOException {
    for (int k = 0; k < ahead; k++) {
      json.writeArrayFieldStart("ahead_" + (k + 1));
      for (int i = k; i < numbers.length; i += ahead) {
        if (Double.isNaN(numbers[i])) {
          json.writeNull();
        } else {
          json.writeNumber(numbers[i]);
        }
      }
      json.writeEndArray();
    }
  }
}
