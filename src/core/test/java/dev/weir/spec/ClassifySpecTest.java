package dev.weir.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassifySettings;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
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
      textBlock =
          """
          learning=off | file: expected a model where nothing is learned, got none
          model=m | model: expected file as well, got none
          classes=a,b,c max-classes=2 | max-classes: expected at least the 3 of classes, got 2
          seq-len=2 features=200 | features: channels of what is learned: expected 1 to 1000, got 1005
          """)
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
    assertThat(settings.learning().maxClasses()).isEqualTo(10);
    assertThat(settings.learning().waiting()).isEqualTo(100);
    assertThat(settings("classes=" + "a,b,c,d,e,f,g,h,i,j,k,l").learning().maxClasses())
        .isEqualTo(12);
  }
}
