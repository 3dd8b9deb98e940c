package dev.weir.cli.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import dev.weir.Documents;
import dev.weir.cli.InProcess;
import dev.weir.cli.grid.Grid;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Forecast.Interval;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.TestForecast;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command's forecasts against the core's, and what it writes. */
class ForecastCommandIT {

  private static final int SEED = 21;
  private static final String WILD = "hall, \"north\"\n2";

  @TempDir private Path dir;

  private static List<Observation> hourly(String name, int n) {
    Random random = new Random(SEED);
    List<Observation> series = new ArrayList<>();
    for (int t = 0; t < n; t++) {
      double value = 50 + 10 * Math.sin(2 * Math.PI * t / 12) + random.nextGaussian();
      series.add(new Observation(name, 3_600_000L * t, value));
    }
    return series;
  }

  private static Forecast core(List<Observation> series, int horizon, int season) throws Exception {
    return last(EvaluationPlan.of(horizon, null).withSeason(season, null), series);
  }

  private static Forecast last(ForecastSettings settings, List<Observation> series)
      throws Exception {
    List<Forecast> forecasts = OneSeries.forecasts(settings, series);
    return forecasts.get(forecasts.size() - 1);
  }

  /** The first series of a command's JSON. */
  private static JsonNode first(InProcess weir) throws IOException {
    return new ObjectMapper().readTree(weir.succeeded().out()).at("/forecasts/0");
  }

  private static double value(InProcess weir) throws IOException {
    return first(weir).at("/steps/0/value").asDouble();
  }

  /** Sales of days: 870 on most days, 700 on Saturdays and 450 on Sundays, about. */
  private static List<Observation> sales(LocalDate first, int days) {
    Random random = new Random(SEED);
    List<Observation> series = new ArrayList<>();
    for (LocalDate day = first; series.size() < days; day = day.plusDays(1)) {
      int rest = day.getDayOfWeek().getValue() - 5;
      double value = (rest <= 0 ? 870 : rest == 1 ? 700 : 450) + 10 * random.nextGaussian();
      series.add(
          new Observation(
              "sales", day.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli(), value));
    }
    return series;
  }

  private static String csv(List<Observation> series) {
    StringBuilder csv = new StringBuilder("timestamp,value\n");
    for (Observation o : series) {
      csv.append(Instant.ofEpochMilli(o.time())).append(',').append(o.value()).append('\n');
    }
    return csv.toString();
  }

  @Test
  void missingDaysKeepTheWeekAsAJobWithAnIntervalDoes() throws Exception {
    List<Observation> all = sales(LocalDate.of(2023, 1, 2), 300); // the last one is a Saturday
    List<Observation> known = new ArrayList<>(all);
    known.removeIf(o -> all.indexOf(o) % 47 == 31);
    Path input = Files.writeString(dir.resolve("sales.csv"), csv(known));
    String command = "forecast --horizon 3 --format json --input " + input;
    InProcess filled = InProcess.run(command.split(" "));
    JsonNode one = first(filled);
    assertThat(filled.err()).contains("weir forecast: 6 missing days filled (--interval, --gap)\n");
    assertThat(one.get("origin").asText()).isEqualTo("2023-10-28T00:00:00Z");
    assertThat(one.at("/steps/0/time").asText()).isEqualTo("2023-10-29T00:00:00Z"); // a Sunday
    assertThat(value(filled)).isBetween(430.0, 470.0);
    ForecastSettings settings = EvaluationPlan.of(3, null).withSeason(0, null);
    Sampling daily = new Sampling(86_400_000L, Gap.LINEAR, 100);
    assertThat(value(filled)).isEqualTo(last(settings.withSampling(daily), known).values()[0]);

    Path job = dir.resolve("job.yaml");
    String text =
        "name: a\nkafka: {bootstrap-servers: 'nowhere:1'}\nforecast: {many-to-one: {horizon: 3}}\n";
    Files.writeString(job, text + "window: {seq-len: 5, interval: P1D}\n");
    InProcess asJob = InProcess.run((command + " --job " + job).split(" "));
    assertThat(asJob.err())
        .contains("6 missing days skipped, seasons go on")
        .doesNotContain("left out");
    ForecastSettings ofJob =
        EvaluationPlan.of(job, null, null, null, Map.of())
            .withSeason(0, null)
            .withSampling(new Sampling(86_400_000L, Gap.SKIP, 100));
    assertThat(value(asJob)).isEqualTo(last(ofJob, known).values()[0]);

    InProcess byCount = InProcess.run((command + " --interval none").split(" "));
    assertThat(byCount.err()).doesNotContain("missing");
    assertThat(value(byCount)).isEqualTo(last(settings, known).values()[0]);
  }

  private static List<String[]> rows(String csv) throws IOException {
    return new CsvMapper()
        .readerFor(String[].class)
        .with(CsvParser.Feature.WRAP_AS_ARRAY)
        .<String[]>readValues(csv)
        .readAll();
  }

  @Test
  void eachSeriesHasTheForecastOfTheJobAtItsLastValue() throws Exception {
    List<List<Observation>> all =
        List.of(hourly("plain", 150), hourly(WILD, 90), hourly("short", 3), hourly("one", 1));
    StringBuilder csv = new StringBuilder("temp,device,at\n");
    for (List<Observation> series : all) {
      for (Observation o : series) {
        csv.append(o.value()).append(',').append('"' + o.series().replace("\"", "\"\"") + '"');
        csv.append(',').append(Instant.ofEpochMilli(o.time())).append('\n');
      }
    }
    Path input = Files.writeString(dir.resolve("in.csv"), csv);
    Path out = dir.resolve("out.csv");

    InProcess weir =
        InProcess.succeeds(
            "forecast --input %s --columns series=device,time=at,value=temp --horizon 3"
                + " --season 12 --format csv --out %s --report %s",
            input, out, dir.resolve("page.html"));
    assertThat(Files.readString(out)).isEqualTo(weir.out()); // nothing else on standard output
    checkPage(Files.readString(dir.resolve("page.html")), core(all.get(0), 3, 12));
    List<String[]> rows = rows(weir.out());
    assertThat(String.join(" ", rows.get(0)))
        .isEqualTo("series step time value mean lower_80 upper_80 lower_95 upper_95 status");
    assertThat(rows).hasSize(1 + 3 * all.size());
    for (int s = 0; s < all.size(); s++) {
      List<Observation> series = all.get(s);
      Forecast core = core(series, 3, 12);
      for (int i = 0; i < 3; i++) {
        String[] row = rows.get(1 + 3 * s + i);
        boolean alone = series.size() == 1; // neither spacing nor errors are known
        assertThat(row)
            .containsExactly(
                series.get(0).series(),
                Integer.toString(i + 1),
                alone ? "" : Instant.ofEpochMilli(core.origin() + (i + 1) * 3_600_000L).toString(),
                Double.toString(core.values()[i]),
                Double.toString(core.mean(i + 1)),
                alone ? "" : Double.toString(core.intervals().get(0).lower()[i]),
                alone ? "" : Double.toString(core.intervals().get(0).upper()[i]),
                alone ? "" : Double.toString(core.intervals().get(1).lower()[i]),
                alone ? "" : Double.toString(core.intervals().get(1).upper()[i]),
                series.size() < 5 ? "WARMUP" : "OK");
      }
    }
  }

  private static void checkPage(String page, Forecast first) throws IOException {
    String body = page.replaceFirst("(?s)<script>.*</script>", "");
    assertThat(body)
        .contains(
            "<h3>hall, &quot;north&quot;",
            "its 80 % interval",
            "its 95 % interval",
            "4 series, the")
        .doesNotContain("http", "src=", "href=", "NaN");
    Matcher charts =
        Pattern.compile("<h3>plain<.*?data-chart=\"([^\"]*)\"", Pattern.DOTALL).matcher(body);
    assertThat(charts.find()).isTrue();
    JsonNode chart = new ObjectMapper().readTree(charts.group(1).replace("&quot;", "\""));
    assertThat(chart.get("lines").findValuesAsText("name"))
        .containsExactly("band", "band", "band", "band", "ours", "truth");
    assertThat(chart.get("x")).hasSize(150 + 3);
    assertThat(chart.at("/x/152").asDouble()).isEqualTo(152 * 3600);
    assertThat(chart.at("/lines/0/values/152").asDouble())
        .isEqualTo(first.intervals().get(1).lower()[2]);
    assertThat(chart.at("/lines/3/values/150").asDouble())
        .isEqualTo(first.intervals().get(0).upper()[0]);
    assertThat(chart.at("/lines/4/values/150").asDouble()).isEqualTo(first.values()[0]);
    assertThat(chart.at("/lines/4/values/148").isNull()).isTrue();
    assertThat(chart.at("/lines/5/values/150").isNull()).isTrue();
  }

  @Test
  void reportOfManySeriesDrawsTheLeastCertainFirstAndSaysSo() {
    List<Forecast> forecasts = new ArrayList<>();
    Map<String, Grid> grids = new LinkedHashMap<>();
    for (int i = 0; i < 3_000; i++) {
      String name = "shop/<b>" + i;
      grids.put(name, new Grid(List.of(new Observation(name, 0, 1), new Observation(name, 5, 2))));
      Interval narrow = new Interval(0.8, new double[] {3 - i}, new double[] {3 + i});
      Interval wide = new Interval(0.95, new double[] {2 - i}, new double[] {4 + i});
      forecasts.add(
          TestForecast.of(name, 5, 3)
              .intervals(narrow, wide)
              .windowStart(0)
              .seqLen(2)
              .times(10)
              .learningSteps(2)
              .build());
    }
    String page = ForecastPage.of(forecasts, grids, "shop");
    assertThat(page)
        .contains("50 of 3,000 series; the others are not drawn, the least certain first")
        .contains("wash over1\" style=\"--c: var(--band)\"></i>its 80 % interval")
        .contains("wash over0\" style=\"--c: var(--band)\"></i>its 95 % interval")
        .contains("<h3>&lt;b&gt;2950</h3>")
        .doesNotContain("&gt;2949<");
    assertThat(page.indexOf("&gt;2999<")).isLessThan(page.indexOf("&gt;2998<"));
    assertThat(page.length()).isLessThan(200_000);
  }

  @ParameterizedTest
  @CsvSource({
    "PT24H, 367", // the newest day and a year before it
    "PT1H, 200", // more than a week
    "PT15M, 673", // 7 * 96 and the newest
    "PT1M, 1500", // more than a day
    "PT168H, 200",
  })
  void reportShowsAWholeSeasonOfHistory(Duration step, int rows) throws IOException {
    List<Observation> series = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      series.add(new Observation("a", i * step.toMillis(), i % 7));
    }
    Forecast forecast = TestForecast.of("a", 1_999 * step.toMillis(), 3, 4).build();
    String page = ForecastPage.of(List.of(forecast), Map.of("a", new Grid(series)), null);
    Matcher chart = Pattern.compile("data-chart=\"([^\"]*)\"").matcher(page);
    assertThat(chart.find()).isTrue();
    assertThat(new ObjectMapper().readTree(chart.group(1).replace("&quot;", "\"")).get("x"))
        .hasSize(rows + 2);
  }

  @Test
  void fileOfMonthsWithoutSeriesGoesOnAtTheFirstOfEachMonth() throws Exception {
    StringBuilder csv = new StringBuilder("\ufeff\"month\",\"sales\"\n");
    List<Observation> series = new ArrayList<>();
    for (Observation o : hourly("shop", 40)) {
      LocalDate month = LocalDate.of(2021, 1, 1).plusMonths(series.size());
      csv.append(month).append(',').append(o.value()).append('\n');
      long time = month.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
      series.add(new Observation("shop", time, o.value()));
    }
    Path input = Files.writeString(dir.resolve("shop.csv"), csv);
    String command =
        "forecast --input %s --columns time=month,value=sales --horizon 2 --format json"
            .formatted(input);

    InProcess weir = InProcess.run(command.split(" "));
    JsonNode one = first(weir);
    assertThat(one.get("series").asText()).isEqualTo("shop");
    assertThat(one.get("origin").asText()).isEqualTo("2024-04-01T00:00:00Z");
    assertThat(one.get("steps").findValuesAsText("time"))
        .containsExactly("2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z");
    Forecast core = core(series, 2, 0);
    assertThat(one.at("/steps/1/value").asDouble()).isEqualTo(core.values()[1]);
    assertThat(one.at("/steps/0/intervals/1/upper").asDouble())
        .isEqualTo(core.intervals().get(1).upper()[0]);

    Files.writeString(input, csv.toString().replaceAll("(2023-05|2024-03)-01,.*\n", ""));
    weir = InProcess.run(command.split(" "));
    assertThat(weir.err()).contains("weir forecast: 2 missing months filled");
    one = first(weir);
    assertThat(one.get("origin").asText()).isEqualTo("2024-04-01T00:00:00Z");
    assertThat(one.get("steps").findValuesAsText("time"))
        .containsExactly("2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z");
    assertThat(one.at("/steps/1/value").asDouble()).isCloseTo(core.values()[1], within(6.0));
  }

  @Test
  void jobFileSaysHowItIsForecastAndIrregularTimesAreSaid() throws Exception {
    Path job = dir.resolve("job.yaml");
    Files.writeString(
        job,
        """
        name: alone
        kafka: {bootstrap-servers: "nowhere:1"}
        learning: off
        forecast:
          many-to-many: {model: m, file: "builtin:sample-many-to-many"}
        """);
    Path input = dir.resolve("in.csv");
    Files.writeString(input, "timestamp,value\n1000000000,1\n1000000060,2\n1000000180,4\n");

    InProcess weir =
        InProcess.run("forecast", "--input", input.toString(), "--job", job.toString()).succeeded();
    assertThat(weir.err()).contains("times of in are irregular: their steps are the median");
    List<String> lines = weir.out().lines().toList();
    assertThat(lines).hasSize(1 + 5);
    assertThat(lines.get(0)).matches("series +step +time \\(UTC\\) +value +mean +status");
    assertThat(lines.get(1))
        .matches("in +1 +2001-09-09 01:50 +4.0000 +4.0000 +WARMUP"); // no interval
  }

  @Test
  void printedGermanFileIsForecast() throws Exception {
    String[] printed =
        Documents.blocks(Path.of("docs/topics.md"), "sh").stream()
            .map(Documents.Piece::text)
            .filter(block -> block.contains("umsatz.csv"))
            .findFirst()
            .orElseThrow()
            .strip()
            .split("\n");
    assertThat(printed).hasSize(3);
    Process awk = new ProcessBuilder("sh", "-c", printed[0]).directory(dir.toFile()).start();
    assertThat(awk.waitFor()).isZero();

    InProcess init = asPrinted(printed[1] + " --out " + dir.resolve("umsatz.yaml")).succeeded();
    assertThat(init.out())
        .contains("columns   time=Datum,value=Umsatz+Kunden\n")
        .contains("umsatz/Umsatz ", "2024-12-01T00:00:00Z  1109.5");

    InProcess forecast = asPrinted(printed[2]).succeeded();
    assertThat(forecast.err())
        .contains(
            "umsatz.csv: columns time=Datum,value=Umsatz+Kunden, separated by ;, decimal comma,"
                + " day")
        .contains("learning 2 series, 56 values");
    List<String> rows = forecast.out().lines().toList();
    assertThat(rows).hasSize(1 + 2 * 7);
    assertThat(rows.get(1)).matches("umsatz/Umsatz +1 +2024-12-29 00:00 +1[01]..\\.. .*OK");
    assertThat(rows.get(14)).matches("umsatz/Kunden +7 +2025-01-04 00:00 +4..* .*OK");
  }

  private InProcess asPrinted(String line) {
    String here = line.replace("./weir ", "").replace("umsatz.csv", dir.resolve("umsatz.csv") + "");
    return InProcess.run(here.split(" "));
  }

  @Test
  void rowWithoutValueOfAnotherTimeThanTheNextIsRefused() throws IOException {
    StringBuilder csv = new StringBuilder("timestamp,value,plan\n");
    for (int t = 0; t < 7; t++) {
      csv.append(1_800_000_000 + 60 * t).append(",3,4\n");
    }
    csv.append("1800000480,,5\n"); // the minute before it is left out
    Path input = Files.writeString(dir.resolve("next.csv"), csv);
    InProcess weir =
        InProcess.fails(
            1, "forecast --input %s --columns time=timestamp,value=value,ahead=plan", input);
    assertThat(weir.out()).isEmpty();
    assertThat(weir.err().lines())
        .containsExactly(
            "weir: next: expected the time 2027-01-15T08:07:00Z, step 1 after the newest value, got"
                + " 2027-01-15T08:08:00Z",
            "  weir forecast --help has examples");
  }
}
