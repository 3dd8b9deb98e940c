package dev.weir.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.dashboard.Records;
import dev.weir.dashboard.ServedPage;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardSettings.Limits;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.kafka.KafkaClients;
import dev.weir.model.Mode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JobPageTest {

  private final DashboardState state =
      new DashboardState(Records.TOPICS, null, null, new Limits(1_000, 2, 1 << 20));
  private String waiting; // for what
  private final JobPage page =
      new JobPage(
          new DashboardSettings(KafkaClients.of("localhost:1"), Records.TOPICS),
          state,
          () -> waiting);
  private long now = System.currentTimeMillis();

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      now += 1_000;
      page.takeSecond(now);
    }
  }

  private JsonNode whole() {
    return ServedPage.parse(new String(page.whole(), StandardCharsets.UTF_8));
  }

  private JsonNode newest() {
    return ServedPage.parse(new String(page.newest(), StandardCharsets.UTF_8));
  }

  private void observe(int count) {
    for (int i = 0; i < count; i++) {
      state.takeObservation(Records.record(Records.observation("pump", i, 1)), true);
    }
  }

  @Test
  void tenMinutesAreKeptAndNewsHaveTheNewestSecondOnly() {
    long version = page.version();
    seconds(700);
    assertThat(page.version()).isEqualTo(version + 700);
    double[] times = ServedPage.numbers(whole().path("history").path("time"));
    assertThat(times).hasSize(600).startsWith(now - 599_000).endsWith(now);
    assertThat(ServedPage.numbers(newest().path("history").path("time"))).containsExactly(now);
    assertThat(newest().path("now").longValue()).isEqualTo(now);
  }

  @Test
  void aRateIsOfTheTimeSinceTheLastLookAndTheShownOneOfTenOfThem() {
    seconds(20);
    observe(30);
    now += 1_000; // a second that was late
    seconds(1);
    assertThat(newest().at("/history/observations_per_second/0").doubleValue()).isEqualTo(15);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isEqualTo(1.5);
    seconds(9);
    assertThat(newest().at("/history/observations_per_second/0").doubleValue()).isZero();
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isEqualTo(1.5);
    seconds(1);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isZero();
  }

  @Test
  void latenciesAreThoseOfHalfAMinute() {
    for (int i = 1; i <= 100; i++) {
      state.latencies.observed("s" + i, 7, 5_000);
      state.latencies.issued("s" + i, 7, 5_000 + i);
    }
    seconds(1);
    assertThat(newest().path("latency_ms").toString()).isEqualTo("{\"p50\":50.0,\"p99\":99.0}");
    assertThat(newest().at("/history/latency_p99_ms/0").doubleValue()).isEqualTo(99);
    seconds(29);
    assertThat(newest().at("/latency_ms/p99").doubleValue()).isEqualTo(99);
    assertThat(newest().at("/history/latency_p99_ms/0").isNull()).isTrue();
    seconds(1);
    assertThat(newest().at("/latency_ms/p99").isNull()).isTrue();
  }

  @Test
  void theHistoryTellsOneSkillFromTheOther() {
    state.takeOutput(
        Records.record(Records.forecast("pump", Mode.MANY_TO_ONE, 2_000, "demand", 4)), true);
    state.takeOutput(
        Records.record(Records.score("pump", Mode.MANY_TO_ONE, 2_000, 1.5, 2, 6)), true);
    seconds(1);
    assertThat(newest().at("/history/skill_naive/0").doubleValue()).isCloseTo(0.25, within(1e-9));
    assertThat(newest().at("/history/skill_seasonal_naive/0").doubleValue())
        .isCloseTo(0.75, within(1e-9));
  }

  @Test
  void whatItWaitsForIsSaidAndElseThatThereIsNoRoom() {
    seconds(1);
    assertThat(newest().path("state").textValue()).isEqualTo("LIVE");
    assertThat(newest().path("why").isNull()).isTrue();
    for (String series : new String[] {"pump", "fan", "valve"}) { // room for two
      state.takeObservation(Records.record(Records.observation(series, 1, 1)), true);
    }
    seconds(1);
    assertThat(newest().path("state").textValue()).isEqualTo("LIVE");
    assertThat(newest().path("why").textValue())
        .isEqualTo(
            "Shows 2 series; there are more, and no room for them: serve the page with a higher"
                + " --max-series.");
    seconds(3);
    waiting = "For rain.";
    seconds(1);
    long since = now;
    seconds(4);
    assertThat(newest().path("since").longValue()).as("waits").isEqualTo(since);
    assertThat(newest().path("state").textValue()).isEqualTo("WAITING");
    assertThat(newest().path("why").textValue()).isEqualTo("For rain.");
    waiting = null;
    seconds(1);
    assertThat(newest().path("since").longValue()).as("is live").isEqualTo(now);
  }

  @Test
  void whatBrokersCannotGiveCountsAsUnreadableToo() {
    state.takeObservation(Records.record("observations", "k", new byte[] {1, 2, 3}), true);
    state.damaged.add(7);
    seconds(1);
    assertThat(newest().path("unreadable").intValue()).isEqualTo(8);
  }
}
