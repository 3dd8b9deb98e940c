package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NameMatcherTest {

  @Test
  void wholeNamesMatch() {
    Pattern pattern = Pattern.compile("(line\\d+)\\..*");
    assertThat(NameMatcher.match(pattern, "line7.pump").group(1)).isEqualTo("line7");
    assertThat(NameMatcher.match(pattern, "a line7.pump")).isNull();
    assertThat(NameMatcher.match(Pattern.compile("a*"), "a".repeat(1_000))).isNotNull();
  }

  /** In full this takes a minute with these 37 characters, and years with a thousand. */
  @Test
  void aNameThatTakesTooLongDoesNotMatch() {
    Pattern pattern = Pattern.compile("(?:.*a){12}");
    assertThat(NameMatcher.match(pattern, "a".repeat(1_000) + "b")).isNull();
    assertThat(NameMatcher.match(pattern, "a".repeat(12))).isNotNull();
  }
}
