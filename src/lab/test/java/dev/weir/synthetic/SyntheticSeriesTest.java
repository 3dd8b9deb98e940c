package dev.weir.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SyntheticSeriesTest {

  @Test
  void lineFollowsFromItsSeed() throws IOException {
    for (long seed = 0; seed < 40; seed++) {
      String line = SyntheticSeries.line(seed);
      assertThat(SyntheticSeries.line(seed)).isEqualTo(line);
      JsonNode series = new ObjectMapper().readTree(line);
      assertThat(series.get("v").size()).isBetween(400, 2_000);
      assertThat(3 * series.get("m").asInt()).isLessThanOrEqualTo(series.get("v").size());
    }
    assertThat(SyntheticSeries.line(1)).isNotEqualTo(SyntheticSeries.line(2));
  }

  @Test
  void shortLineFollowsFromItsSeed() throws IOException {
    for (long seed = 0; seed < 40; seed++) {
      String line = SyntheticSeries.shortLine(seed);
      assertThat(SyntheticSeries.shortLine(seed)).isEqualTo(line);
      JsonNode series = new ObjectMapper().readTree(line);
      assertThat(series.get("m").asInt()).isIn(1, 4, 12);
      assertThat(series.get("v").size()).isBetween(24, 156);
      series.get("v").forEach(value -> assertThat(value.isNumber()).isTrue());
    }
  }
}
