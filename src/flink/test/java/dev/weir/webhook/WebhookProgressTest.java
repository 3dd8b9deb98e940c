package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookProgressTest {

  private static final long SECOND = 1_000_000_000L;

  private final List<String> lines = new ArrayList<>();
  private long now = 5 * SECOND;
  private final WebhookProgress progress = new WebhookProgress(lines::add, () -> now);

  @Test
  void anOutageIsLoggedAtOnceThenEachMinuteAndAtItsEnd() {
    for (int second = 0; second < 130; second++) { // 8 failures each second
      for (int i = 0; i < 8; i++) {
        progress.failed("POST to https://a.example: expected status 2xx, got 503");
      }
      progress.waiting(7);
      now += SECOND;
    }
    progress.taken();
    progress.taken();
    assertThat(lines)
        .containsExactly(
            "POST to https://a.example: expected status 2xx, got 503; it is tried again until it"
                + " succeeds, and nothing is lost meanwhile",
            "7 records wait, for 60 s: POST to https://a.example: expected status 2xx, got 503",
            "7 records wait, for 120 s: POST to https://a.example: expected status 2xx, got 503",
            "the endpoint answers again, after 130 s");
  }

  @Test
  void aQuietMinuteSaysNothing() {
    progress.taken();
    now += 61 * SECOND;
    progress.waiting(0);
    assertThat(lines).containsExactly("1 records sent, 0 wait");
    now += 61 * SECOND;
    progress.waiting(0);
    assertThat(lines).hasSize(1);
    now += 61 * SECOND;
    progress.refused();
    progress.waiting(3);
    assertThat(lines).hasSize(2).endsWith("1 records sent, 1 refused, 3 wait");
  }
}
