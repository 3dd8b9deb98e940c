package dev.weir.dashboard.http;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.weir.dashboard.view.SeriesHistory.Issued;
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Score;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.kafka.ObservationTopics;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Writes records as the page's JSON: names in snake case, null for a number that is not finite. */
final class PageJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .addModule(
              new SimpleModule()
                  .addSerializer(ObservationTopics.class, ToStringSerializer.instance)
                  .addSerializer(double.class, new FiniteNumber())
                  .addSerializer(double[].class, new FiniteNumbers()))
          .addMixIn(Mode.class, Label.class)
          .addMixIn(Incident.Reason.class, Label.class)
          .addMixIn(Incident.Severity.class, Label.class)
          .addMixIn(Incident.Outcome.class, Label.class)
          .addMixIn(Incident.class, ShownIncident.class)
          .addMixIn(Incident.Worst.class, ShownWorst.class)
          .addMixIn(Incident.Warning.class, ShownWarning.class)
          .addMixIn(Score.class, ShownScore.class)
          .addMixIn(Issued.class, ShownForecast.class)
          .addMixIn(Forecast.Steps.class, ShownSteps.class)
          .addMixIn(View.class, ShownView.class)
          .addMixIn(Classification.class, ShownClass.class)
          .addMixIn(SeriesRow.Item.class, ShownRow.class)
          .addMixIn(SeriesRow.Issuer.class, ShownIssuer.class)
          .addMixIn(SeriesRow.Errors.class, ShownErrors.class)
          .build();

  private PageJson() {}

  /** An object in UTF-8, on one line. */
  static byte[] of(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the page's JSON: " + e.getMessage(), e);
    }
  }

  private record History(@JsonUnwrapped View view, List<Limit> limits, String why) {}

  private record Limit(double limit, String direction) {
    Limit(Threshold threshold) {
      this(threshold.limit(), threshold.above() ? "above" : "below");
    }
  }

  /**
   * One series' history.
   *
   * @param thresholds null for what is known already
   * @param why a sentence, or null
   */
  static byte[] history(View view, List<Threshold> thresholds, String why) {
    return of(
        new History(
            view, thresholds == null ? null : thresholds.stream().map(Limit::new).toList(), why));
  }

  static byte[] error(String message) {
    return of(Map.of("error", message));
  }

  private interface Label {
    @JsonValue
    String label();
  }

  /** With the names of {@code incident.avsc}. */
  @JsonIgnoreProperties({"newest"})
  private interface ShownIncident {
    @JsonProperty("open")
    boolean isOpen();

    @JsonUnwrapped
    Incident.Worst worst();

    @JsonProperty("threshold")
    Incident.Warning warning();
  }

  private interface ShownWorst {
    @JsonProperty("worst_time")
    long time();

    @JsonProperty("worst_value")
    double value();
  }

  @JsonIgnoreProperties({"above"})
  private interface ShownWarning {
    @JsonProperty("direction")
    String direction();

    @JsonProperty("crossing_time")
    Long crossing();
  }

  @JsonIgnoreProperties({"series", "mode", "value", "scored"}) // those of the history around it
  private interface ShownScore {}

  private abstract static class ShownForecast {
    @JsonUnwrapped public Forecast.Steps steps;
  }

  @JsonIgnoreProperties({"intervals"}) // two of them are shown
  private interface ShownSteps {}

  private interface ShownView {
    @JsonIgnore
    boolean isCut();

    @JsonIgnore
    boolean isEmpty();
  }

  private interface ShownClass {
    @JsonIgnore
    String series();

    @JsonIgnore
    long windowStart();

    @JsonIgnore
    long windowEnd();

    @JsonIgnore
    int steps();

    @JsonIgnore
    String label();

    @JsonProperty("version")
    long modelVersion();
  }

  private interface ShownRow {
    @JsonUnwrapped
    SeriesRow.Issuer issuer();

    @JsonUnwrapped
    SeriesRow.Errors errors();
  }

  @JsonIgnoreProperties({"origin"})
  private interface ShownIssuer {}

  @JsonIgnoreProperties({"time", "scored", "level"})
  private interface ShownErrors {}

  private static final class FiniteNumber extends JsonSerializer<Double> {
    @Override
    public void serialize(Double number, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      write(number, out);
    }

    static void write(double number, JsonGenerator out) throws IOException {
      if (Double.isFinite(number)) {
        out.writeNumber(number);
      } else {
        out.writeNull();
      }
    }
  }

  private static final class FiniteNumbers extends JsonSerializer<double[]> {
    @Override
    public void serialize(double[] numbers, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartArray();
      for (double number : numbers) {
        FiniteNumber.write(number, out);
      }
      out.writeEndArray();
    }
  }
}
