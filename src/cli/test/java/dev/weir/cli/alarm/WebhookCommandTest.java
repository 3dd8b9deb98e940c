package dev.weir.cli.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.option.DurationConverter;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WebhookCommandTest {

  @Test
  void hugeDurationsReachBackTo1970() {
    Instant now = Instant.parse("2026-03-03T10:20:00Z");
    assertThat(WebhookCommand.before(now, Duration.ofHours(2)))
        .isEqualTo(Instant.parse("2026-03-03T08:20:00Z"));
    for (String huge : new String[] {"40000d", "PT2562047788015215H"}) {
      assertThat(WebhookCommand.before(now, new DurationConverter().convert(huge)))
          .as(huge)
          .isEqualTo(Instant.EPOCH);
    }
  }
}
