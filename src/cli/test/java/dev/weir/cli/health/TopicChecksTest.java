package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.covariate.CovariateDeserializer;
import java.time.Duration;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TopicChecksTest {

  private final Function<ConsumerRecord<byte[], byte[]>, String> problems =
      TopicChecks.problems(
          new CovariateDeserializer(
              null, new CovariateTopic("weather", 2, Duration.ofDays(1), null), null));

  private String problem(String value) {
    return problems.apply(new ConsumerRecord<>("weather", 0, 0, null, value.getBytes()));
  }

  @Test
  void recordThatCanNotBeUsedHasAProblem() {
    assertThat(problem("{\"group\":\"a\",\"time\":\"1970-01-01T00:00:00Z\",\"features\":[1,null]}"))
        .isNull();
    assertThat(problem("{\"group\":\"a\",\"time\":\"1970-01-01T00:00:00Z\",\"features\":[1]}"))
        .isEqualTo("FEATURES: features: expected 2, got 1");
    assertThat(problem("{\"group\":\"a\",\"time\":\"1970-01-01T00:00:00Z\",\"features\":[1,2]}"))
        .isNull();
  }
}
