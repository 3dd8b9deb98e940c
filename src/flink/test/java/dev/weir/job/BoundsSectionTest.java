package dev.weir.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.forecast.Bounds;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundsSectionTest {

  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static final String HEAD =
      """
      name: parts
      kafka: {bootstrap-servers: 'localhost:9092'}
      """;

  private static final String JOB =
      HEAD + "learning: {size: small}\nforecast: {many-to-one: {horizon: 3}, many-to-many: {}}\n";

  private static List<Bounds> bounds(String text) {
    return JobSettings.of(JobFile.parse(text, "parts.yaml", Map.of()), Path.of(""))
        .forecast()
        .modes()
        .stream()
        .map(ModeSettings::bounds)
        .toList();
  }

  @Test
  void bothModesHaveTheSameBounds() {
    assertThat(bounds(JOB)).containsExactly(Bounds.NONE, Bounds.NONE);
    Bounds counts = new Bounds(0, INFINITY, true);
    assertThat(bounds(JOB + "bounds: {min: 0, integer: true}\n")).containsExactly(counts, counts);
    Bounds shares = new Bounds(0, 1.5, false);
    assertThat(bounds(JOB + "bounds: {min: 0, max: 1.5}\n")).containsExactly(shares, shares);
  }

  @Test
  void alarmsKeepTheBounds() {
    assertThat(bounds(JOB + "bounds: {max: 7}\nalarms: on\n").get(0))
        .isEqualTo(new Bounds(-INFINITY, 7, false));
  }

  @Test
  void explainedForecastsKeepTheBounds() {
    assertThat(bounds(JOB + "bounds: {max: 7}\nforecasts: {explain: true}\n").get(1))
        .isEqualTo(new Bounds(-INFINITY, 7, false));
  }

  @Test
  void networkAloneHasThem() {
    String alone =
        """
        output: network
        learning: off
        forecast: {many-to-one: {model: pumps}}
        bounds: {min: -2}
        """;
    assertThat(bounds(HEAD + alone)).containsExactly(new Bounds(-2, INFINITY, false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{min: 3, max: 3}           | line 4: bounds.min: expected less than bounds.max (3.0), got 3.0",
        "{max: .nan}                | line 4: bounds.max: expected a number from -1e30 to 1e30, got '.nan'",
        "{min: none}                | line 4: bounds.min: expected a number from -1e30 to 1e30, got 'none'",
      })
  void wrongBoundsAreOneLine(String section, String problem) {
    assertThatThrownBy(
            () -> bounds(HEAD + "forecast: {many-to-one: {}}\nbounds: " + section + "\n"))
        .isInstanceOf(JobFileException.class)
        .message()
        .matches("parts.yaml " + Pattern.quote(problem));
  }

  @Test
  void jobThatOnlyClassifiesHasNone() {
    assertThatThrownBy(() -> bounds(HEAD + "classify: {}\nbounds: {min: 0}\n"))
        .isInstanceOf(JobFileException.class)
        .hasMessageContaining("bounds.min: expected a section forecast as well, got classify alone")
        .hasMessageNotContaining("bounds.integer");
  }

  @Test
  void theExampleOfThePageIsOneOfAJob() {
    List<Piece> blocks =
        Documents.blocks(Path.of("docs", "learning.md"), "yaml").stream()
            .filter(block -> block.text().startsWith("bounds:"))
            .toList();
    assertThat(blocks).hasSize(1);
    assertThat(bounds(JOB + blocks.get(0).text())).contains(new Bounds(0, INFINITY, true));
  }
}
