package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DemoScoreTest {

  /** As at Ctrl-C, when the process ends while records still come. */
  @Test
  void aSummaryMayBeAskedForWhileNewSeriesCome() throws Exception {
    DemoScore score = new DemoScore();
    CompletableFuture<Void> coming =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 50_000; i++) {
                score.observe(new Observation("s" + i, 0, i));
              }
            });
    do {
      assertThat(score.summary()).isEmpty(); // nothing was forecast
    } while (!coming.isDone());
    coming.get(1, TimeUnit.SECONDS);
  }
}
