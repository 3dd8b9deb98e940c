package dev.weir.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassifySettings;
import dev.weir.classify.WindowRule;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the rules of classes that the job file, SQL and the library have in common. */
class ClassifySpecTest {

  private final Names front = new Names();

  private ClassifySettings settings(String options) {
    ClassifySpec spec = new ClassifySpec(front);
    List<Option<?>> all =
        Stream.concat(
                Option.declaredIn(ClassifyOptions.class).stream()
                    .filter(option -> option.section().equals(ClassifyOptions.SECTION)),
                Stream.of(
                    ForecastOptions.SEQ_LEN,
                    ForecastOptions.STRIDE,
                    ForecastOptions.FEATURES,
                    ForecastOptions.TTL))
            .toList();
    for (String each : options == null ? new String[0] : options.split(" ")) {
      String[] parts = each.split("=");
      all.stream()
          .filter(option -> option.name().equals(parts[0]))
          .forEach(option -> spec.parse(option, parts[1]));
    }
    return spec.settings();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "learning=off | file: expected a model where nothing is learned, got none",
        "model=m | model: expected file as well, got none",
        "classes=a,b,c max-classes=2 | max-classes: expected at least the 3 of classes, got 2",
        "window-time=PT1M session-gap=PT1S | session-gap: expected it or window-time, got both",
        "window-time=PT1M stride=2 | stride: expected 1 with windows by time or session, got 2",
        "window-time=PT1M ttl=PT1M | ttl: expected more than window-time (PT1M), got PT1M",
        "session-gap=PT2S ttl=PT1S | ttl: expected more than session-gap (PT2S), got PT1S",
        "seq-len=2 features=200 | features: channels of what is learned: expected 1 to 1000, got 1005",
      })
  void whatDoesNotGoTogetherIsOneProblem(String options, String problem) {
    settings(options);
    assertThat(front.problems).containsExactly(problem);
  }

  @Test
  void seriesOfTooManyBytesIsRefused() {
    settings("seq-len=4096 waiting=10000 max-classes=100 features=199");
    assertThat(front.problems)
        .singleElement()
        .asString()
        .startsWith(
            "waiting: expected at most %,d bytes for each series, got "
                .formatted(ClassifySettings.MAX_SERIES_BYTES))
        .endsWith("; take a smaller waiting or max-classes");
  }

  @Test
  void defaultsAreThoseOfTheOptions() {
    ClassifySettings settings = settings(null);
    assertThat(front.problems).isEmpty();
    assertThat(settings.seqLen()).isEqualTo(5);
    assertThat(settings.rule()).isEqualTo(WindowRule.COUNT);
    assertThat(settings.learning().maxClasses()).isEqualTo(10);
    assertThat(settings.learning().waiting()).isEqualTo(100);
    assertThat(settings("session-gap=PT2S").rule().length()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings("classes=" + "a,b,c,d,e,f,g,h,i,j,k,l").learning().maxClasses())
        .isEqualTo(12);
  }
}
