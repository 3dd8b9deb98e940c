package dev.weir.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.option.BoundsOptions;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobTextTest {

  private static String proposed(int count, IntToDoubleFunction value) {
    List<Observation> read =
        IntStream.range(0, count)
            .mapToObj(t -> new Observation("a", t, value.applyAsDouble(t)))
            .toList();
    return JobText.bounds(read);
  }

  private static JobFile accepted(String proposal) {
    return JobFile.parse("name: parts\n" + proposal.replaceFirst("#", ""), "parts.yaml", Map.of());
  }

  @Test
  void boundsOfCountsAreProposed() {
    String proposal = proposed(20, t -> t % 3);
    assertThat(proposal).startsWith("#bounds: {min: 0, integer: true}").endsWith("\n");
    JobFile file = accepted(proposal);
    assertThat(file.get(BoundsOptions.MIN)).isZero();
    assertThat(file.get(BoundsOptions.INTEGER)).isTrue();
  }

  @Test
  void boundOfValuesThatAreNeverNegativeIsProposed() {
    JobFile file = accepted(proposed(30, t -> t / 4.0));
    assertThat(file.get(BoundsOptions.MIN)).isZero();
    assertThat(file.has(BoundsOptions.INTEGER)).isFalse();
  }

  @Test
  void namesAndAddressesThatYamlReadsOtherwiseAreQuoted() {
    String text = JobText.of("null", "[::1]:9092", List.of(), "null", null, 12, 0, false, null);
    JobFile file = JobFile.parse(text, "null.yaml", Map.of());
    assertThat(file.get(JobOptions.NAME)).isEqualTo("null");
    assertThat(file.get(JobOptions.BOOTSTRAP_SERVERS)).isEqualTo("[::1]:9092");
  }

  @Test
  void nothingIsProposedOfNegativeOrFewValues() {
    assertThat(proposed(30, t -> t - 1)).isEmpty();
    assertThat(proposed(19, t -> t)).isEmpty();
  }
}
