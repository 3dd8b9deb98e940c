package dev.weir.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.dashboard.Records;
import dev.weir.dashboard.ServedPage;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JobPageTest {

  private final DashboardSettings settings =
      new DashboardSettings(KafkaClients.of("localhost:1"), Records.TOPICS);
  private final DashboardState state =
      new DashboardState(settings, new SeriesTable(2_000)); // room for two
  private String waiting; // for what
  private final JobPage page = new JobPage(settings, state, () -> waiting);
  private long now = System.currentTimeMillis();

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      now += 1_000;
      page.takeSecond(now);
    }
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
  void aRateIsThatOfTenSeconds() {
    seconds(20);
    observe(30);
    now += 5_000; // seconds that were late
    seconds(1);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isEqualTo(2); // 30 / 15
    assertThat(newest().path("last_record").longValue()).isEqualTo(now);
    long came = now;
    seconds(9);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isEqualTo(2);
    seconds(1);
    assertThat(newest().at("/rates/observations_per_second").doubleValue()).isZero();
    assertThat(newest().path("last_record").longValue()).isEqualTo(came);
    assertThat(newest().path("now").longValue()).isEqualTo(now);
  }

  @Test
  void latenciesAreThoseOfHalfAMinute() {
    for (int i = 1; i <= 100; i++) {
      state.latencies.observed("s" + i, 7, 5_000);
      state.latencies.issued("s" + i, 7, 5_000 + i);
    }
    seconds(1);
    assertThat(newest().path("latency_ms").toString()).isEqualTo("{\"p50\":50.0,\"p99\":99.0}");
    seconds(29);
    assertThat(newest().at("/latency_ms/p99").doubleValue()).isEqualTo(99);
    seconds(1);
    assertThat(newest().at("/latency_ms/p99").isNull()).isTrue();
  }

  @Test
  void whatItWaitsForIsSaidAndElseThatThereIsNoRoom() {
    seconds(1);
    assertThat(newest().path("state").textValue()).isEqualTo("LIVE");
    assertThat(newest().path("why").isNull()).isTrue();
    for (String series : new String[] {"pump", "fan", "valve"}) {
      state.takeObservation(Records.record(Records.observation(series, 1, 1)), true);
    }
    seconds(1);
    assertThat(newest().path("state").textValue()).isEqualTo("LIVE");
    assertThat(newest().path("why").textValue())
        .isEqualTo("Shows 2 series; there are more, and no room for them.");
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
