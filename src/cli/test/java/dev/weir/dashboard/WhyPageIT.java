package dev.weir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.cli.InProcess;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.job.JobSettings;
import dev.weir.job.KafkaFixture;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.model.Mode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Explanations of a real job's forecasts, on the page in a real browser and in weir tail. */
class WhyPageIT extends BrowserPage {

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final int VALUES = 200;
  private static final String ROWS = ".why-parts tbody tr";

  private static JobSettings settings;

  @BeforeAll
  static void start() throws Exception {
    settings =
        KafkaFixture.job(
            kafka.learned("why"), "season=24", "forecasts.explain=true", "learning.size=small");
    String observations = settings.kafka().topics().observations().first();
    kafka.create(observations, 1, Map.of());
    Random random = new Random(1);
    List<Observation> all = new ArrayList<>();
    for (int i = 0; i < VALUES; i++) {
      double value = 50 + 10 * Math.sin(i * Math.PI / 12) + random.nextGaussian();
      all.add(new Observation("fan", time(i), value));
    }
    kafka.sendObservations(observations, all);
    job = flink.submit(settings, 1);
    dashboard = serve(settings.kafka().topics(), 0);
    kafka.awaitForecasts(job, settings, VALUES);
  }

  private static long time(int i) {
    return START.plus(Duration.ofHours(i)).toEpochMilli();
  }

  private static long rows() {
    return browser.js("return document.querySelectorAll('" + ROWS + "').length");
  }

  private static double number(String part) {
    return Double.parseDouble(
        browser.text(ROWS + "[data-part='" + part + "'] .number").replace("−", "-"));
  }

  private static Forecast newest() throws Exception {
    byte[] bytes = kafka.read(settings.kafka().topics().forecasts()).get(VALUES - 1).value();
    return new ForecastCodec().decode(bytes);
  }

  @Test
  void newestForecastIsSplitIntoStepsFromLevelToForecast() throws Exception {
    open("#series=fan");
    browser.await("the parts", () -> rows() > 3);
    browser.await(
        "the newest forecast", () -> browser.text(".why h3").contains("2026-03-09 07:00"));
    Forecast forecast = newest();
    double sum = 0;
    for (Part part : forecast.explanation().parts()) {
      sum += part.amount();
    }
    assertThat(sum).isEqualTo(forecast.values()[0], within(1e-9 * sum));
    assertThat(number("forecast")).isEqualTo(forecast.values()[0], within(0.1));
    assertThat(number("level"))
        .isEqualTo(forecast.explanation().parts().get(0).amount(), within(0.1));
    assertThat(number("expert:seasonal-profile")).isNotZero();
    double shown =
        browser.<Double>js(
            """
            return [...document.querySelectorAll(".why-parts tbody tr:not(.total) .number")]
              .reduce((sum, cell) => sum + Number(cell.textContent.replace("−", "-")), 1e-9);
            """);
    assertThat(shown).as("the amounts on the page").isEqualTo(number("forecast"), within(0.6));
    assertThat(browser.accessibilityProblems()).isEmpty();
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"light, false", "dark, true"})
  void stepsJoinEndToEnd(String scheme, boolean phone) {
    browser.scheme(scheme);
    browser.screen(phone ? 390 : 1440, 900, phone);
    open("#series=fan");
    browser.await("the parts", () -> rows() > 3);
    List<Double> gaps =
        browser.js(
            """
                const steps = [...document.querySelectorAll(".why-parts .step")].map(step => {
                  const {left, right, width} = step.getBoundingClientRect();
                  if (step.classList.contains("end")) {
                    return [(left + right) / 2, (left + right) / 2];
                  }
                  return step.classList.contains("down") ? [right, left] : [left, right];
                });
                return steps.slice(1).map(([from], i) => Math.abs(from - steps[i][1]) + 0.001);
                """);
    assertThat(gaps).allMatch(gap -> gap < 4);
    boolean fits = browser.js("return document.documentElement.scrollWidth <= window.innerWidth");
    assertThat(fits).isTrue();
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"dark, false", "light, true"})
  void stepsJoinEndToEndInTheOtherSchemes(String scheme, boolean phone) {
    stepsJoinEndToEnd(scheme, phone);
  }

  @Tag("slow")
  @Test
  void otherForecastsShowTheirPartsAndThoseWithoutShowNothing() throws Exception {
    try (ServedPage page = ServedPage.start()) {
      long origin = START.toEpochMilli();
      for (String series : List.of("plain", "explained")) {
        page.take(List.of(Records.record(Records.observation(series, origin, 6))));
      }
      Forecast plain = Records.forecast("plain", Mode.MANY_TO_ONE, origin, "", -1);
      page.take(List.of(Records.record(plain)));
      List<Part> parts = new ArrayList<>(List.of(new Part(Explanation.LEVEL, 5)));
      parts.add(new Part("expert:analogs", 4));
      parts.add(new Part(HOSTILE, -3));
      for (int k = 0; k < 12; k++) {
        parts.add(new Part("ahead[" + k + "]", k == 0 ? 0.5 : 0.05 + k / 1e6));
      }
      parts.add(new Part(Explanation.OTHER, -1e-12));
      page.take(List.of(Records.record(Records.explained("explained", origin, parts))));
      page.take(
          List.of(Records.record(Records.score("explained", Mode.MANY_TO_ONE, origin, 2, 4, 8))));

      browser.open(URI.create("http://localhost:" + page.port() + "/#series=plain"));
      browser.await("the forecast", () -> browser.text(".headline").contains("Forecast for"));
      assertThat(browser.find(".why").isDisplayed()).isFalse();

      browser.open(URI.create("http://localhost:" + page.port() + "/#series=explained"));
      browser.await("the parts", () -> rows() > 3);
      assertThat(browser.text(ROWS + "[data-part='expert:analogs'] .number")).isEqualTo("+4.00");
      assertThat(browser.text(ROWS + ".down .part-name")).isEqualTo(HOSTILE);
      assertNothingHostileRan();
      assertThat(browser.text(ROWS + "[data-part='smaller parts'] .number")).isEqualTo("+0.20");
      assertThat(rows()).as("level, ten parts, the smaller ones, the forecast").isEqualTo(13);
      String lear = "[data-bars=outside] tr[data-method='outside:lear']";
      browser.await("the error of an outside model", () -> browser.text(lear) != null);
      assertThat(browser.text(lear).replaceAll("[\\s\u00a0\u202f]", ""))
          .isEqualTo("modellear375%better");
      assertThat(browser.text("[data-bars=outside] thead")).startsWith("Steps that lear forecasts");
      assertThat(browser.text(lear + " + tr").replaceAll("[\\s\u00a0\u202f]", ""))
          .isEqualTo("withoutoutsidemodels125%better");
      assertThat(browser.text("[data-bars=errors] .ours")).startsWith("this forecast");
      JsonNode parsed =
          page.json("/api/series/history?series=explained")
              .at("/modes/many-to-one/forecasts/0/explanation/parts");
      assertThat(parsed).hasSize(parts.size());
      assertThat(parsed.get(2).path("amount").doubleValue()).isEqualTo(-3);
      browser.leave(); // before the server ends
    }
  }

  private static InProcess tail(String topic) {
    return InProcess.weir(
        "tail --topic %s --bootstrap-servers %s --why --limit 1 --last 1",
        topic, kafka.bootstrapServers());
  }

  @Test
  void tailPrintsThePartsUnderEachForecast() throws Exception {
    InProcess run = tail(settings.kafka().topics().forecasts()).succeeded();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.get(0)).startsWith("fan ");
    assertThat(lines.get(1)).matches(" {4}level +[+]\\d+\\.\\d{3}");
    assertThat(lines.get(lines.size() - 1)).matches(" {4}forecast +[+]\\d+\\.\\d{3}");
    assertThat(lines.subList(1, lines.size()))
        .extracting(String::length)
        .containsOnly(lines.get(1).length());
    assertThat(lines)
        .anyMatch(line -> line.matches(" {4}expert:seasonal-profile +[+-]\\d+\\.\\d{3}"));
    double sum = 0;
    for (String line : lines.subList(1, lines.size() - 1)) {
      sum += Double.parseDouble(line.substring(line.lastIndexOf(' ')));
    }
    assertThat(sum).isEqualTo(newest().values()[0], within(0.005));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void tailSaysHowExplanationsAreSwitchedOn() throws Exception {
    kafka.create("plain", 1, Map.of());
    Forecast plain = Records.forecast("plain", Mode.MANY_TO_ONE, START.toEpochMilli(), "", -1);
    kafka.send(
        List.of(new ProducerRecord<>("plain", new byte[] {1}, new ForecastCodec().encode(plain))));
    InProcess run = tail("plain").succeeded();
    assertThat(run.out().lines()).hasSize(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "weir tail: --why: the forecasts carry no explanation; set forecasts.explain: true in"
                + " the job file and restart the job");

    InProcess json = InProcess.run("tail", "--why", "--format", "json").failed(2);
    assertThat(json.err()).contains("--why: expected forecasts as text, got --format json");
  }
}
