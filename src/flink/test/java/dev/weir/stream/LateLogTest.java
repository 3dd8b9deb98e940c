package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.Test;

class LateLogTest {

  @Test
  void lateObservationsAreLoggedOnceAMinuteWithTheNextStep() throws Exception {
    TestProcessingTimeService time = new TestProcessingTimeService();
    Counter late = new SimpleCounter();
    Counter observations = new SimpleCounter();
    try (CapturedLog log = new CapturedLog(LateLog.class)) {
      time.setCurrentTime(1);
      LateLog.start(time, late, observations);
      observations.inc(50);
      time.setCurrentTime(20_001);
      assertThat(log.lines).isEmpty();
      late.inc(3);
      time.setCurrentTime(30_001);
      observations.inc(50);
      late.inc(38);
      time.setCurrentTime(80_001); // within the minute
      assertThat(log.lines)
          .singleElement()
          .asString()
          .startsWith("3 of 50 observations are late so far, 3 of them since the last such line")
          .contains("raise window.out-of-orderness");
      time.setCurrentTime(90_001);
      time.setCurrentTime(300_001); // no news
      assertThat(log.lines).hasSize(2);
      assertThat(log.lines.get(1)).startsWith("41 of 100 observations are late so far, 38 of them");
    }
  }
}
