package dev.weir.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.webhook.RetryPolicy.Verdict;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

  private static final RetryPolicy POLICY = RetryPolicy.DEFAULT;

  private static RandomGenerator share(double share) { // from half (0) to all (1)
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public double nextDouble(double from, double to) {
        return from + share * (to - from);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "1, 500, 1000",
    "2, 1000, 2000",
    "5, 8000, 16000",
    "7, 30000, 60000",
    "999, 30000, 60000"
  })
  void pausesDoubleUpToAMinuteAndVaryByHalf(int failures, long shortest, long longest) {
    assertThat(POLICY.pause(failures, null, share(0))).isEqualTo(Duration.ofMillis(shortest));
    assertThat(POLICY.pause(failures, null, share(1))).isEqualTo(Duration.ofMillis(longest));
  }

  @Test
  void aPauseThatIsAskedForIsRespectedUpToFiveMinutes() {
    assertThat(POLICY.pause(1, Duration.ofSeconds(90), share(1))).isEqualTo(Duration.ofSeconds(90));
    assertThat(POLICY.pause(1, Duration.ofDays(9), share(1))).isEqualTo(Duration.ofMinutes(5));
    assertThat(POLICY.pause(3, Duration.ZERO, share(1))).isEqualTo(Duration.ofSeconds(4));
  }

  private static Duration asked(String value) {
    HttpHeaders headers = HttpHeaders.of(Map.of("retry-after", List.of(value)), (a, b) -> true);
    return RetryPolicy.retryAfter(headers, Instant.parse("2026-03-01T10:00:00Z"));
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    assertThat(asked("120")).isEqualTo(Duration.ofMinutes(2));
    assertThat(asked("Sun, 01 Mar 2026 10:00:07 GMT")).isEqualTo(Duration.ofSeconds(7));
    assertThat(asked("Sun, 01 Mar 2026 09:00:00 GMT")).isEqualTo(Duration.ZERO);
    for (String wrong : List.of("-1", "soon", "99999999999", "Sun, 41 Mar 2026 10:00:07 GMT", "")) {
      assertThat(asked(wrong)).as(wrong).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, TAKEN", "204, TAKEN", "299, TAKEN", "301, AWAY", "400, REFUSED", "401, AWAY", "404, AWAY",
    "408, AWAY", "409, REFUSED", "413, REFUSED", "422, REFUSED", "425, AWAY", "429, AWAY",
        "451, REFUSED",
    "500, AWAY", "503, AWAY", "599, AWAY", "199, AWAY"
  })
  void onlyARefusalOfThisRecordIsGivenUp(int status, Verdict verdict) {
    assertThat(RetryPolicy.verdict(status)).isEqualTo(verdict);
  }
}
