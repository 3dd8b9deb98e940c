package dev.weir.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.ForecastLines;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.expert.ExplanationSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.kafka.codec.ForecastCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that docs/learning.md prints what the code gives for the bicycles. */
class ExplanationsPageTest {

  private static final Path PAGE = Path.of("docs", "learning.md");
  private static final Path BIKES = Path.of("src/cli/main/resources/sample/uci_bike.csv");
  private static final int VALUES = 1_000;

  private static Forecast newest() throws Exception {
    List<Observation> observations = new ArrayList<>();
    for (String row : Files.readAllLines(BIKES).subList(1, VALUES + 1)) {
      String[] cells = row.split(",");
      long time = Instant.parse(cells[1]).toEpochMilli();
      observations.add(new Observation(cells[0], time, Double.parseDouble(cells[2])));
    }
    Learning learning =
        new Learning(LearnerSettings.defaults(2), 24, 0).explained(ExplanationSettings.NUMBERED);
    ModeSettings target = TestSettings.learned(2, learning);
    ForecastSettings settings = TestSettings.of(5, target).build();
    List<Forecast> forecasts = OneSeries.forecasts(settings, observations);
    return forecasts.get(forecasts.size() - 1);
  }

  @Test
  void printedLinesAreThoseOfTail() throws Exception {
    Forecast forecast = newest();

    String lines = ForecastLines.text(forecast) + ExplanationLines.text(forecast.explanation());

    assertThat(Files.readString(PAGE)).contains("```\n" + lines + "\n```");
  }

  @Test
  void printedExplanationIsThatOfARecord() throws Exception {
    Matcher block =
        Pattern.compile("```\n(\\{\"explanation.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    ObjectMapper mapper = new ObjectMapper();
    JsonNode printed = mapper.readTree(block.group(1));
    ForecastCodec codec = new ForecastCodec();
    ObjectNode record = (ObjectNode) mapper.readTree(codec.toJson(newest()));
    record.setAll((ObjectNode) printed);
    Forecast forecast = codec.decode(mapper.writeValueAsBytes(record));
    assertThat(mapper.readTree(codec.toJson(forecast)).get("explanation"))
        .isEqualTo(printed.get("explanation"));
    double sum = 0;
    for (var part : forecast.explanation().parts()) {
      sum += part.amount();
    }
    assertThat(sum).isEqualTo(41.5);
  }
}
