package dev.weir.kafka.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.forecast.Observation;
import dev.weir.kafka.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Observations as JSON objects, such as {@code {"series":"pump-7","time":"2026-01-31T00:00:00Z",
 * "value":1.5,"feature_1":3.0}}, for topics that others read too. {@link #MAPPING} reads them.
 * Covariates known ahead are arrays: {@code "ahead_1":[3.0,null]}.
 */
public final class ObservationJson {

  /** What a job file says to read them, but for covariates. */
  public static final String MAPPING =
      "observations: {format: json, series: [series], time: time, values: [value]}";

  private final int ahead;

  /**
   * @param ahead covariates known ahead
   */
  public ObservationJson(int ahead) {
    this.ahead = ahead;
  }

  public byte[] encode(Observation observation) {
    ObjectNode json =
        Json.object()
            .put("series", observation.series())
            .put("time", Instant.ofEpochMilli(observation.time()).toString())
            .put("value", observation.value());
    for (int i = 0; i < observation.features().length; i++) {
      json.put("feature_" + (i + 1), observation.features()[i]);
    }
    double[] known = observation.ahead();
    for (int k = 0; k < ahead && known.length > 0; k++) {
      ArrayNode steps = json.putArray("ahead_" + (k + 1));
      for (int i = k; i < known.length; i += ahead) {
        steps.add(Json.number(known[i]));
      }
    }
    if (observation.label() != null) {
      json.put("label", observation.label());
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
