package dev.weir.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MappingGuessTest {

  private static RecordProfile profile(String... records) {
    RecordProfile profile = new RecordProfile();
    for (String record : records) {
      profile.add(record.getBytes(StandardCharsets.UTF_8));
    }
    return profile;
  }

  private static MappingGuess guess(RecordProfile profile) {
    return MappingGuess.of(profile, null, "topic").orElseThrow();
  }

  @Test
  void eachLineOfARecordIsSeen() {
    RecordProfile profile =
        profile(
            "{\"sensor\":\"a\",\"v\":1.5}\n{\"sensor\":\"b\",\"w\":2}{\"sensor\":\"b\",\"w\":3}\n",
            "7\n8");
    assertThat(profile.mostLines()).isEqualTo(3);
    assertThat(profile.others()).isEqualTo(2);
    assertThat(guess(profile).values()).containsExactlyInAnyOrder("v", "w");
    assertThat(guess(profile).series()).containsExactly("sensor");
  }
}
