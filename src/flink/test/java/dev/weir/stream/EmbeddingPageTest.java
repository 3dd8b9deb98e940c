package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.Documents;
import dev.weir.Documents.Piece;
import dev.weir.JavaProgram;
import dev.weir.core.Forecaster;
import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.core.Series;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.CoreForecasts;
import dev.weir.job.JobSettings;
import dev.weir.job.options.JobFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs of docs/embedding.md, compiled and run as they are printed. */
class EmbeddingPageTest {

  private static final Path PAGE = Path.of("docs/embedding.md");
  private static final String PAGE_TEXT = text();
  private static final List<String> SERIES = List.of("uci_bike", "another");

  @TempDir private static Path folder;

  private static JavaProgram streams;

  private static String text() {
    try {
      return Files.readString(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void compile() {
    streams = program("StreamForecasts");
  }

  private static JavaProgram program(String name) {
    Piece block =
        Documents.blocks(PAGE, "java").stream()
            .filter(each -> each.text().contains("public class " + name + " "))
            .findFirst()
            .orElseThrow();
    return JavaProgram.compile(block, folder);
  }

  @ParameterizedTest
  @CsvSource({"Visitors, 0", "IceCream, 1"})
  void plainProgramPrintsWhatThePageShows(String name, int output) throws Exception {
    String shown =
        Documents.blocks(PAGE).stream()
            .filter(block -> block.getKey().isEmpty())
            .skip(output)
            .findFirst()
            .orElseThrow()
            .getValue()
            .text();
    assertThat(program(name).run()).isEqualTo(shown);
  }

  @Test
  void streamsProgramForecastsAsTheJobBitForBit() throws Exception {
    List<Observation> observations = observations();
    Map<String, List<String>> expected = new HashMap<>();
    for (Output output : ofJob(observations)) {
      if (output instanceof Forecast forecast) {
        expected
            .computeIfAbsent(forecast.series(), name -> new ArrayList<>())
            .add(Arrays.toString(forecast.values())); // each double in full
      } else if (output instanceof DeadLetter letter) {
        expected.computeIfAbsent("refused", name -> new ArrayList<>()).add(letter.message());
      }
    }
    assertThat(expected.get(SERIES.get(0))).hasSize(500);

    Map<String, List<String>> got = new HashMap<>();
    Map<String, byte[]> states = new HashMap<>();
    int half = observations.size() / 2;
    run(observations.subList(0, half), states, got);
    run(observations.subList(half, observations.size()), states, got); // another JVM's
    assertThat(got).isEqualTo(expected);
  }

  /**
   * @param states what the store has at the start, and then at the end
   */
  private static void run(
      List<Observation> observations, Map<String, byte[]> states, Map<String, List<String>> got)
      throws Exception {
    Topology topology = (Topology) streams.load().getMethod("topology").invoke(null);
    Properties properties = new Properties();
    properties.put("application.id", "test");
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties)) {
      KeyValueStore<String, byte[]> store = driver.getKeyValueStore("series");
      states.forEach(store::put);
      TestInputTopic<String, Double> topic =
          driver.createInputTopic(
              "observations", Serdes.String().serializer(), Serdes.Double().serializer());
      for (Observation o : observations) {
        topic.pipeInput(o.series(), o.value(), Instant.ofEpochMilli(o.time()));
      }
      var text = Serdes.String().deserializer();
      for (KeyValue<String, String> next :
          driver.createOutputTopic("forecasts", text, text).readKeyValuesToList()) {
        got.computeIfAbsent(next.key, name -> new ArrayList<>()).add(next.value);
      }
      for (KeyValue<String, String> next :
          driver.createOutputTopic("refused", text, text).readKeyValuesToList()) {
        assertThat(next.value).startsWith(next.key + ": ");
        got.computeIfAbsent("refused", name -> new ArrayList<>())
            .add(next.value.substring(next.key.length() + 2));
      }
      for (String series : SERIES) {
        states.put(series, store.get(series));
      }
    }
  }

  /** Two series in turns, and here and there one that is late. */
  private static List<Observation> observations() throws IOException {
    List<Observation> all = new ArrayList<>();
    List<Observation> bikes = CoreForecasts.sampleSeries(SERIES.get(0), 500);
    for (int i = 0; i < 500; i++) {
      Observation one = bikes.get(i);
      all.add(one);
      all.add(new Observation(SERIES.get(1), one.time(), 3 * one.value() + i % 7));
      if (i % 100 == 50) {
        all.add(new Observation(SERIES.get(1), one.time() - 9, 5));
      }
    }
    return all;
  }

  private static List<Output> ofJob(List<Observation> observations) throws Exception {
    String text =
        """
        name: forecasts
        kafka: {bootstrap-servers: 'broker:9092'}
        forecast: {many-to-one: {horizon: 24}}
        season: 24
        """;
    ForecastSettings settings =
        JobSettings.of(JobFile.parse(text, "forecasts.yaml", Map.of()), Path.of("")).forecast();
    try (SeriesHarness harness = SeriesHarness.of(settings)) {
      for (Observation o : observations) {
        harness.send(o);
      }
      return harness.extractOutputValues();
    }
  }

  /** A wrong record, or a damaged state, must not stop the others. */
  @Test
  void streamsProgramRefusesWhatIsWrongAndGoesOn() throws Exception {
    Properties properties = new Properties();
    properties.put("application.id", "test");
    Topology topology = (Topology) streams.load().getMethod("topology").invoke(null);
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties)) {
      KeyValueStore<String, byte[]> store = driver.getKeyValueStore("series");
      store.put("damaged", new byte[] {1, 2, 3});
      Forecaster other = Forecaster.builder().horizon(3).build();
      Series saved = other.series("changed");
      for (int i = 0; i < 40; i++) {
        saved.observe(new dev.weir.core.Observation(1_000L * i, i % 7));
      }
      store.put("changed", saved.save());
      TestInputTopic<String, Double> topic =
          driver.createInputTopic(
              "observations", Serdes.String().serializer(), Serdes.Double().serializer());
      topic.pipeInput(null, 1.0, Instant.EPOCH);
      topic.pipeInput("pump", null, Instant.EPOCH);
      topic.pipeInput("damaged", 1.0, Instant.EPOCH);
      topic.pipeInput("changed", 39 % 7.0, Instant.ofEpochSecond(39)); // again, by other options
      topic.pipeInput("changed", 38 % 7.0, Instant.ofEpochSecond(38)); // is not the newest
      topic.pipeInput("pump", 1.0, Instant.EPOCH);
      var text = Serdes.String().deserializer();
      assertThat(driver.createOutputTopic("refused", text, text).readKeyValuesToList())
          .containsExactly(
              KeyValue.pair(null, "expected a key and a value"),
              KeyValue.pair("pump", "expected a key and a value"),
              KeyValue.pair(
                  "damaged", "saved state: expected what save() returned, got 3 other bytes"));
      assertThat(driver.createOutputTopic("forecasts", text, text).readKeyValuesToList())
          .extracting(next -> next.key)
          .containsExactly("changed", "pump");
    }
  }

  @Test
  void statesHaveTheSizesThatThePageSays() throws Exception {
    Map<String, Forecaster> forecasters =
        Map.of(
            "`horizon(2)`",
            Forecaster.builder().horizon(2).build(),
            "`horizon(24).season(24)`",
            Forecaster.builder().horizon(24).season(24).build(),
            "the same with `size(Size.SMALL)`",
            Forecaster.builder().horizon(24).season(24).size(Size.SMALL).build());
    for (Map.Entry<String, Forecaster> each : forecasters.entrySet()) {
      Series series = each.getValue().series(SERIES.get(0));
      for (Observation o : observations()) {
        if (o.series().equals(SERIES.get(0))) {
          series.observe(new dev.weir.core.Observation(o.time(), o.value()));
        }
      }
      String row =
          find("\\| " + Pattern.quote(each.getKey()) + " \\|.*\\| (\\d+) kB \\|", PAGE_TEXT);
      assertThat(series.save().length / 1000.0)
          .as(each.getKey())
          .isCloseTo(Integer.parseInt(row), within(0.6));
    }
  }

  /** The coordinates are those of the build. */
  @Test
  void dependencyIsTheOneOfTheBuild() throws Exception {
    String pom = Files.readString(Path.of("src/core/pom.xml"));
    String xml = Documents.blocks(PAGE, "xml").get(0).text();
    for (String element : List.of("groupId", "artifactId", "version")) {
      String pattern = "<%s>([^<]+)</%s>".formatted(element, element);
      String shown = find(pattern, xml);
      assertThat(shown)
          .as(element)
          .isEqualTo(find(pattern, element.equals("artifactId") ? pom.split("</parent>")[1] : pom));
    }
  }

  private static String find(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
