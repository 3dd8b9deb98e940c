package dev.weir.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.Observation;
import dev.weir.job.options.JobFile;
import dev.weir.job.options.JobOptions;
import dev.weir.option.BoundsOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InitTest {

  private static RecordProfile profile(String... records) {
    RecordProfile profile = new RecordProfile();
    for (String record : records) {
      profile.add(record.getBytes(StandardCharsets.UTF_8));
    }
    return profile;
  }

  private static MappingGuess guess(RecordProfile profile) {
    return MappingGuess.of(profile, null).orElseThrow();
  }

  @Test
  void eachLineOfARecordIsSeen() {
    RecordProfile profile =
        profile(
            "{\"sensor\":\"a\",\"v\":1.5}\n{\"sensor\":\"b\",\"w\":2}{\"sensor\":\"b\",\"w\":3}\n",
            "7\n8");
    assertThat(profile.others()).isEqualTo(2);
    assertThat(guess(profile).values()).containsExactlyInAnyOrder("v", "w");
    assertThat(guess(profile).series()).containsExactly("sensor");
  }

  @Test
  void arraysInArraysAreFound() {
    RecordProfile profile =
        profile(
            """
            {"site": "a", "interval": 60, "lines": [{"line": "l1", "limit": 9, "sensors": [
              {"sensor": "x", "v": 1.5, "raw": [[1, 2]], "bits": [1, 0]},
              {"sensor": "y", "v": 2.5}]}]}
            """);
    MappingGuess guess = guess(profile);
    assertThat(guess.each()).isEqualTo("lines[].sensors[]");
    assertThat(guess.values()).containsExactly("v");
    assertThat(guess.series()).containsExactly("sensor", "site");
  }

  @Test
  void changesInTheirSchemaAreNamedByFieldsOfTheirKeys() {
    String event =
        "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"before\":null,\"op\":\"u\",\"after\":"
            + "{\"ort\":\"halle-%d\",\"level\":%d.5}}}";
    RecordProfile profile = new RecordProfile();
    for (int i = 0; i < 12; i++) {
      profile.add(event.formatted(i % 3, i).getBytes(StandardCharsets.UTF_8));
      profile.addKey(
          "{\"schema\":{},\"payload\":{\"ort\":\"halle-%d\"}}"
              .formatted(i % 3)
              .getBytes(StandardCharsets.UTF_8));
    }
    assertThat(guess(profile).format()).isEqualTo("debezium-json");
    assertThat(guess(profile).series()).containsExactly("ort");
    assertThat(guess(profile).values()).containsExactly("level");
    assertThat(profile.hasNames()).isFalse();
  }

  @Test
  void onlyReadableKeysNameSeries() {
    RecordProfile profile = profile("{\"v\":1.5}");
    profile.addKey("pump-7".getBytes(StandardCharsets.UTF_8));
    assertThat(guess(profile).series()).containsExactly("key");
    profile.addKey(new byte[] {2}); // 1 in Avro
    assertThat(guess(profile).series()).containsExactly("topic");
  }

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
