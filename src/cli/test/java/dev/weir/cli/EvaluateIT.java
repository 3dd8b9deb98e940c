package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.cli.evaluate.CoreEvaluation;
import dev.weir.cli.evaluate.Evaluation;
import dev.weir.cli.evaluate.SeriesScore;
import dev.weir.forecast.learn.LearnerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on series that are made here, against the core's own evaluation of them. */
class EvaluateIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WILD_NAME = "<b>&'wild'</b>";
  private static final int SEED = 20;

  @TempDir private Path dir;

  @Test
  void whatTheOperatorsForecastScoresAsInTheCore() throws IOException {
    double[] daily = series(300, 12);
    double[] plain = series(260, 1);
    write("daily", daily);
    write(WILD_NAME, plain);
    write("short", series(20, 1));
    Path meta = dir.resolve("meta.csv"); // not a series, but in their folder
    Files.writeString(
        meta, "series_id,note,m\ndaily,\"a, b\",12\n" + WILD_NAME + ",,1\nshort,,1\n");
    Path page = dir.resolve("page.html");
    InProcess ended =
        InProcess.succeeds(
            "evaluate --input %s --season %s --horizon 3 --format json --report %s",
            dir, meta, page);
    assertThat(ended.err()).contains("skipped short: ");
    JsonNode root = JSON.readTree(ended.out()); // nothing else on standard output
    assertThat(root.get("protocol").asText()).isEqualTo("PSF-1");
    assertThat(root.get("horizon").asInt()).isEqualTo(3);
    assertThat(root.get("series")).hasSize(2);
    for (JsonNode one : root.get("series")) {
      boolean isDaily = one.get("series").asText().equals("daily");
      check(one, isDaily ? daily : plain, isDaily ? 12 : 1);
    }
    assertThat(root.get("geometric_mean_rel_mae").get("weir").asDouble()).isPositive();
    String report = Files.readString(page);
    assertThat(report).contains("<script>", "uPlot=function");
    String withoutScript = report.replaceFirst("(?s)<script>.*</script>", "");
    checkReport(withoutScript, root);
    assertThat(withoutScript)
        .contains("&lt;b&gt;&amp;&#39;wild&#39;&lt;/b&gt;", "prefers-color-scheme")
        .doesNotContain("<b>", "http", "src=", "href=");
  }

  @Test
  void covariatesThatAreKnownAheadLowerTheError() throws IOException {
    Random random = new Random(SEED);
    StringBuilder csv = new StringBuilder("date, heat,demand\n");
    for (int t = 0; t < 900; t++) {
      int day = t / 12;
      double heat = random.nextDouble();
      csv.append("2026/%d/%d %d:00".formatted(1 + day / 25, 1 + day % 25, t % 12));
      csv.append(",%s,%s%n".formatted(heat, 20 + 10 * heat + t % 12 + random.nextDouble() / 4));
    }
    Files.writeString(dir.resolve("demand.csv"), csv);
    double with = meanError("time=0,value=demand,ahead=1");
    double without = meanError("time=date,value=2");
    assertThat(with).isLessThan(0.25 * without);
    assertThat(without).isBetween(2.0, 3.0); // the mean of |x - 1/2| * 10 is 2.5
  }

  @Test
  void secondSeasonLowersTheErrorAtAFarStep() throws IOException {
    Random random = new Random(SEED);
    double[] daily = new double[700];
    for (int t = 0; t < daily.length; t++) {
      double year = Math.sin(2 * Math.PI * t / 60);
      daily[t] = 100 + (t % 7 == 6 ? 8 : 0) + 20 * year + random.nextGaussian();
    }
    write("daily", daily);
    double with = farError("7,60");
    assertThat(with).isBetween(0.7, 1.2); // the mean size of the noise is 0.8
    assertThat(farError("7")).isGreaterThan(1.1 * with);
  }

  private double farError(String season) throws IOException {
    InProcess ended =
        InProcess.succeeds(
            "evaluate --input %s --season %s --horizon 14 --origins 7 --format json", dir, season);
    assertThat(first(ended).get("m").asInt()).isEqualTo(7);
    assertThat(first(ended).get("methods").has("fourier-profile")).isEqualTo(season.contains(","));
    return weirError(ended);
  }

  /** A job learns as the evaluation without one does, and refuses another number of columns. */
  @Test
  void jobWithCovariatesKnownAheadIsEvaluated() throws IOException {
    Random random = new Random(SEED);
    StringBuilder csv = new StringBuilder("date,heat,demand\n");
    for (int t = 0; t < 400; t++) {
      double heat = random.nextDouble();
      csv.append(1_767_225_600L + 3_600L * t).append(',').append(t % 9 == 5 ? "" : heat);
      csv.append(",%s%n".formatted(20 + 10 * heat));
    }
    Files.writeString(dir.resolve("demand.csv"), csv);
    Path job =
        Files.writeString(
            dir.resolve("job.yaml"),
            """
            name: demand
            kafka: {bootstrap-servers: localhost:9092}
            window: {features-ahead: 1}
            forecast: {many-to-one: {horizon: 3}}
            """);
    String input = "--season 1 --format json --input " + dir.resolve("demand.csv");
    String columns = input + " --columns time=0,value=demand";
    InProcess learned = run((columns + ",ahead=heat --job " + job).split(" "));
    InProcess plain = run((columns + ",ahead=heat --horizon 3").split(" "));
    assertThat(weirError(learned)).isEqualTo(weirError(plain)).isLessThan(1);
    InProcess ended = run((columns + " --job " + job).split(" ")).failed(2);
    assertThat(ended.err())
        .contains("--columns ahead: expected 1, as window.features-ahead of the job says, got 0");
  }

  private double meanError(String columns) throws IOException {
    InProcess ended =
        InProcess.succeeds(
            "evaluate --input %s --columns %s --season 12 --horizon 6 --origins 12 --from"
                + " 2026-02-20 --format json",
            dir.resolve("demand.csv"), columns);
    assertThat(first(ended).get("origins").asInt()).isEqualTo((900 - 44 * 12) / 12);
    return weirError(ended);
  }

  /** The first series of a command's JSON. */
  private static JsonNode first(InProcess ended) throws IOException {
    return JSON.readTree(ended.succeeded().out()).at("/series/0");
  }

  private static double weirError(InProcess ended) throws IOException {
    return first(ended).at("/methods/weir/mae").asDouble();
  }

  private static void checkReport(String page, JsonNode root) {
    List<Double> errors =
        Pattern.compile("<td>([0-9.]+)</td><td class=\"bar\">")
            .matcher(page)
            .results()
            .map(row -> Double.valueOf(row.group(1)))
            .toList();
    assertThat(errors)
        .hasSize(root.get("geometric_mean_rel_mae").size())
        .isSorted()
        .hasSizeGreaterThan(5);
    assertThat(page)
        .contains("time, UTC", "&quot;name&quot;:&quot;band&quot;,&quot;values&quot;:[")
        .contains("<th>steps ahead</th><th>1</th><th>2</th><th>3</th></tr>")
        .containsPattern("<td>weir</td><td>0\\.\\d{3}</td><td>0\\.\\d{3}</td><td>0\\.\\d{3}</td>")
        .doesNotContain("NaN", "Infinity");
  }

  private static void check(JsonNode one, double[] values, int m) {
    String name = one.get("series").asText();
    Map<String, SeriesScore> core =
        CoreEvaluation.evaluate(LearnerSettings.defaults(3), name, values, m);
    assertThat(one.get("m").asInt()).isEqualTo(m);
    assertThat(one.get("origins").asLong() * 3).isEqualTo(core.get(Evaluation.WEIR).count());
    JsonNode methods = one.get("methods");
    checkMethod(methods, "weir", core.get(Evaluation.WEIR));
    checkMethod(methods, "weir_without_networks", core.get(Evaluation.WITHOUT_NETWORKS));
    checkMethod(methods, "naive", core.get(Evaluation.NAIVE));
    checkMethod(methods, "seasonal_naive", core.get(Evaluation.SEASONAL_NAIVE));
    checkMethod(methods, "rls", core.get("expert:rls-ar"));
    SeriesScore ours = core.get(Evaluation.WEIR);
    assertThat(methods.get("weir").get("coverage_80").asDouble()).isEqualTo(ours.coverage()[0]);
    assertThat(methods.get("weir").get("coverage_95").asDouble()).isEqualTo(ours.coverage()[1]);
    JsonNode figures = methods.get("weir");
    assertThat(figures.get("crps").asDouble()).isEqualTo(ours.distribution().crps()).isPositive();
    assertThat(figures.get("pinball_2.5").asDouble()).isEqualTo(ours.distribution().pinball()[0]);
    assertThat(figures.get("pinball_50").asDouble()).isEqualTo(ours.distribution().pinball()[2]);
    // twice the mean loss of the median is the mean error
    assertThat(2 * figures.get("pinball_50").asDouble()).isEqualTo(ours.mase(), within(1e-9));
    assertThat(methods.get("naive").has("crps")).isFalse();
  }

  private static void checkMethod(JsonNode methods, String method, SeriesScore core) {
    JsonNode figures = methods.get(method);
    assertThat(figures.get("mase").asDouble()).as(method).isEqualTo(core.mase());
    assertThat(figures.get("smape").asDouble()).as(method).isEqualTo(core.smape());
    assertThat(figures.get("rmsse").asDouble()).as(method).isEqualTo(core.rmsse());
    assertThat(figures.get("rel_mae").asDouble()).as(method).isEqualTo(core.relMae());
  }

  /** 260 values of which 4 are missing: origins 86 to 236, and no truth there. */
  @Test
  void missingValuesAreNotScored() throws IOException {
    double[] values = series(260, 1);
    StringBuilder csv = new StringBuilder("timestamp,value\n");
    for (int t = 0; t < values.length; t++) {
      if (t % 60 != 40) {
        csv.append(1_000_000_000L + 3_600L * t).append(',').append(values[t]).append('\n');
      }
    }
    Files.writeString(dir.resolve("gaps.csv"), csv);
    String command = "--input " + dir.resolve("gaps.csv") + " --horizon 3 --season 1 --format json";
    InProcess ended = run(command.split(" "));
    assertThat(ended.err()).contains("weir evaluate: 4 missing hours filled");
    assertThat(first(ended).get("origins").asInt()).isEqualTo(236 - 86 + 1 - 3); // 101, 161 and 221
  }

  /** Of 260 values the last 30 in five windows; the page draws them all. */
  @Test
  void lastWindowsAreScored() throws IOException {
    double[] values = series(260, 12);
    write("daily", values);
    Path page = dir.resolve("page.html");
    InProcess ended =
        InProcess.succeeds(
            "evaluate --input %s --season 12 --horizon 6 --windows 5 --format json --report %s",
            dir, page);
    assertThat(first(ended).get("origins").asInt()).isEqualTo(5);
    double naive = 0;
    for (int t = 230; t < 260; t++) {
      naive += Math.abs(values[t] - values[t - 12]) / 30;
    }
    assertThat(first(ended).at("/methods/seasonal_naive/mae").asDouble())
        .isEqualTo(naive, within(1e-9));
    assertThat(Files.readString(page)).contains("each value with its newest forecast");
    assertThat(run("--input", dir.toString(), "--horizon", "6", "--windows", "50").err())
        .contains("skipped daily: --windows: expected more than 301 values, got 260");
  }

  @Test
  void detectedSeasonIsLearnedAndTheTableShowsIt() throws IOException {
    write("daily", series(300, 12));
    Path scores = dir.resolve("scores.txt");
    InProcess ended =
        run("--input", dir.toString(), "--limit", "250", "--out", scores.toString()).succeeded();
    assertThat(Files.readAllLines(scores))
        .startsWith(
            "series,m,origins,method,mae,mase,smape,rmsse,rel_mae,"
                + "coverage_80,interval_score_80,coverage_95,interval_score_95,crps,pinball")
        .anyMatch(row -> row.startsWith("daily,1,144,weir,"));
    assertThat(ended.out()).contains("daily", "weir_without_networks", "m is 1");
  }

  @Test
  void aJobThatLearnsNothingIsScoredByItsModelAlone() throws IOException {
    write("daily", series(300, 12));
    for (String mode : new String[] {"many-to-one", "many-to-many"}) {
      Path job = dir.resolve(mode + ".yaml");
      Files.writeString(
          job,
          """
          name: alone
          kafka: {bootstrap-servers: "nowhere:1"}
          learning: off
          forecast:
            %s: {model: m, file: "builtin:sample-%s"}
          """
              .formatted(mode, mode));
      InProcess ended =
          InProcess.succeeds("evaluate --input %s --job %s --season 12 --format json", dir, job);
      JsonNode root = JSON.readTree(ended.out());
      assertThat(root.get("horizon").asInt()).isEqualTo(mode.equals("many-to-one") ? 2 : 5);
      JsonNode methods = root.get("series").get(0).get("methods");
      assertThat(methods.fieldNames())
          .toIterable()
          .containsExactly("weir", "naive", "seasonal_naive");
      double naive = methods.get("naive").get("mase").asDouble(); // the model knows no season
      assertThat(methods.get("weir").get("mase").asDouble() / naive).isBetween(0.3, 1.3);
    }
  }

  @Test
  void withoutASeriesThatIsLongEnoughItFails() throws IOException {
    write("short", series(20, 1));
    InProcess ended = run("--input", dir.toString()).failed(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("skipped short: ");
  }

  private void write(String name, double[] values) throws IOException {
    StringBuilder csv = new StringBuilder("series_id,timestamp,value\n");
    for (int t = 0; t < values.length; t++) {
      csv.append(name).append(',').append(Instant.ofEpochSecond(3600L * t)).append(',');
      csv.append(values[t]).append('\n');
    }
    Files.writeString(dir.resolve("s" + Math.abs(name.hashCode()) + ".csv"), csv);
  }

  /** A season with noise on it. */
  private static double[] series(int n, int m) {
    Random random = new Random(SEED);
    double[] values = new double[n];
    for (int t = 0; t < n; t++) {
      values[t] = 50 + 10 * Math.sin(2 * Math.PI * t / m) + random.nextGaussian();
    }
    return values;
  }

  private static InProcess run(String... options) {
    return InProcess.run(
        Stream.concat(Stream.of("evaluate"), Stream.of(options)).toArray(String[]::new));
  }
}
