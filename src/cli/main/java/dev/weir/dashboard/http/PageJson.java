package dev.weir.dashboard.http;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
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
import dev.weir.dashboard.view.SeriesHistory.View;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.alarm.Threshold;
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
                  .addSerializer(double.class, new FiniteNumber())
                  .addSerializer(double[].class, new FiniteNumbers()))
          .addMixIn(Mode.class, Label.class)
          .addMixIn(Forecast.class, InHistory.class)
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

  static byte[] error(String message) {
    return of(Map.of("error", message));
  }

  /** A whole history. */
  static byte[] history(View view, List<Threshold> thresholds) {
    return of(new History(view, thresholds.stream().map(Limit::of).toList()));
  }

  private record History(@JsonUnwrapped View view, List<Limit> limits) {}

  private record Limit(double limit, String direction) {
    static Limit of(Threshold threshold) {
      return new Limit(threshold.limit(), threshold.above() ? "above" : "below");
    }
  }

  private interface Label {
    @JsonValue
    String label();
  }

  @JsonIgnoreProperties({"series", "mode"}) // those of the history around it
  private interface InHistory {}

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
