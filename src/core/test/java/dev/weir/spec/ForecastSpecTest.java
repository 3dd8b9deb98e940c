package dev.weir.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.option.BoundsOptions;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.HolidayOptions;
import dev.weir.option.Option;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the rules that the job file, SQL, the command line and the library have in common. */
class ForecastSpecTest {

  private static final List<Option<?>> OPTIONS =
      List.of(
          ForecastOptions.SEQ_LEN,
          ForecastOptions.STRIDE,
          ForecastOptions.STATE,
          ForecastOptions.HORIZON,
          ForecastOptions.FEATURES,
          ForecastOptions.FEATURES_AHEAD,
          ForecastOptions.COVARIATES,
          ForecastOptions.CALENDAR,
          ForecastOptions.INTERVAL,
          ForecastOptions.GAP,
          ForecastOptions.MAX_FILL,
          ForecastOptions.OUT_OF_ORDERNESS,
          ForecastOptions.TTL,
          ForecastOptions.SIZE,
          ForecastOptions.EXPERTS,
          ForecastOptions.LEARNING,
          ForecastOptions.SEASON,
          ForecastOptions.EXPLAIN,
          ForecastOptions.SCALING,
          ForecastOptions.TIME_ZONE,
          HolidayOptions.REGIONS,
          BoundsOptions.MIN,
          BoundsOptions.MAX,
          BoundsOptions.INTEGER);

  private final Names front = new Names();

  private ForecastSpec spec(String options) {
    ForecastSpec spec = new ForecastSpec(front);
    parse(options, OPTIONS, spec::parse);
    return spec;
  }

  private static void parse(
      String options, List<Option<?>> known, BiConsumer<Option<?>, String> spec) {
    for (String each : options == null ? new String[0] : options.split(" ")) {
      String[] parts = each.split("=");
      known.stream()
          .filter(option -> option.name().equals(parts[0]))
          .forEach(option -> spec.accept(option, parts[1]));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          gap=carry | gap: expected interval as well, got none
          max-fill=3 | max-fill: expected interval as well, got none
          interval=PT1H max-fill=3 | max-fill: expected gap carry or linear as well, since nothing else fills, got skip
          interval=PT1H gap=reset max-fill=3 | max-fill: expected gap carry or linear as well, since nothing else fills, got reset
          interval=PT1H ttl=PT1H | ttl: expected more than interval (PT1H), got PT1H
          out-of-orderness=PT30S ttl=PT20S | ttl: expected more than out-of-orderness (PT30S), got PT20S
          min=3 max=2 | min: expected less than max (2.0), got 3.0
          max=1.5 integer=true | max: expected a whole number with integer, got 1.5
          season=PT24H | season: expected interval with a duration, since a season is counted in observations
          interval=PT7M season=PT24H | season: expected 1 to 1000 times interval (PT7M), got PT24H
          interval=PT1S season=PT24H | season: expected 1 to 1000 times interval (PT1S), got PT24H
          interval=PT1S season=PT-24H | season: expected 1 to 1000 times interval (PT1S), got PT-24H
          interval=PT1M season=24,P365D | season: expected 1 to 10000 times interval (PT1M), got PT8760H
          season=7,P365D | season: expected interval with a duration, since a season is counted in observations
          season=365,7 | season: expected a second season of more than 2 times the first, at most 10000 observations, got 365 and 7
          interval=P1D season=P7D,7 | season: expected a second season of more than 2 times the first, at most 10000 observations, got 7 and 7
          time-zone=Europe/Berlin | time-zone: expected holidays or calendar as well, got neither
          holidays=DE interval=P7D | interval: expected a part of a day with holidays, such as PT1H, got PT168H
          seq-len=3 max-fill=2 gap=linear interval=PT1M ttl=PT30S | ttl: expected more than interval (PT1M), got PT30S
          season=7,14 | season: expected a second season of more than 2 times the first, at most 10000 observations, got 7 and 14
          features=21 | features: expected at most 20 covariates, got 21 by features and 0 by features-ahead
          features=19 features-ahead=2 | features-ahead: expected at most 20 covariates, got 19 by features and 2 by features-ahead
          features-ahead=1 covariates=off | features-ahead: expected 0 where nothing is learned from them and no model reads them, got 1
          scaling=last | scaling: expected file as well, got none
          calendar=hour-of-day | calendar: expected file as well, got none
          horizon=1001 | horizon: expected at most 1000 for a learner of this size, got 1001
          horizon=451 size=small | horizon: expected at most 450 for a learner of this size, got 451
          state=carry | state: expected fresh without a network that forecasts alone (enabled: off), got carry
          enabled=off | file: expected a model where nothing is learned, got none
          """)
  void whatDoesNotGoTogetherIsOneProblem(String options, String problem) {
    ForecastSpec spec = spec(options);
    spec.add(Mode.MANY_TO_ONE, null, null);
    spec.settings();
    assertThat(front.problems).containsExactly(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MANY_TO_ONE | stride=1 |
          MANY_TO_ONE | stride=5 |
          MANY_TO_MANY | stride=5 |
          MANY_TO_ONE | stride=2 | stride: expected 1 or seq-len (5) with state: carry, got 2
          MANY_TO_MANY | stride=1 | stride: expected seq-len (5) for many-to-many with state: carry, got 1
          """)
  void carriedStateNeedsWindowsThatFollowEachOther(Mode mode, String stride, String problem) {
    ForecastSpec spec = spec("enabled=off state=carry " + stride);
    spec.add(mode, "m", null);
    assertThat(spec.settings().carries()).isTrue();
    assertThat(front.problems).isEqualTo(problem == null ? List.of() : List.of(problem));
  }

  @Test
  void carriedStateIsRefusedWhereNothingIsForecast() {
    spec("enabled=off state=carry").settings();
    assertThat(front.problems)
        .containsExactly(
            "state: expected fresh without a network that forecasts alone (enabled: off), got"
                + " carry");
  }

  @Test
  void carriedStateIsRefusedWithANetworkOfBothDirections() throws IOException {
    ForecastSpec spec = spec("enabled=off state=carry");
    byte[] file = BuiltInModels.bytes("builtin:sample-many-to-one");
    spec.add(Mode.MANY_TO_ONE, "m", spec.read(Mode.MANY_TO_ONE, "m", file, "m", null));
    spec.settings();
    assertThat(front.problems)
        .singleElement()
        .asString()
        .startsWith("file: bidirectional: expected a network of one direction with");
  }

  @Test
  void manyToManyForecastsAsManyValuesAsAWindowHas() {
    ForecastSpec spec = spec("seq-len=7");
    spec.add(Mode.MANY_TO_MANY, null, null);
    assertThat(spec.settings().modes().get(0).horizon()).isEqualTo(7);
    assertThat(front.problems).isEmpty();
    spec.set(ForecastOptions.HORIZON, 3);
    spec.settings();
    assertThat(front.problems)
        .containsExactly(
            "horizon: expected seq-len (7), since each step answers for one value, got 3");
  }

  @Test
  void modelThatForecastsAloneRaisesNoAlarmsAndExplainsNothing() throws IOException {
    ForecastSpec spec = spec("enabled=off explain=true season=7,365");
    spec.alarms(AlarmRules.of(IncidentSettings.defaults()));
    byte[] file = BuiltInModels.bytes("builtin:sample-many-to-one");
    ForecastModel model = spec.read(Mode.MANY_TO_ONE, "m", file, "m", null);
    spec.takeSizes(model);
    spec.add(Mode.MANY_TO_ONE, "m", model);
    ForecastSettings settings = spec.settings();
    assertThat(settings.modes().get(0).learning()).isNull();
    assertThat(front.problems)
        .containsExactly(
            "season: expected one season where learning is off, got [7, 365]",
            "enabled: expected false without a forecast that learns each series, got true",
            "explain: expected false without a forecast that learns each series, got true");
  }

  @ParameterizedTest
  @CsvSource({"scaling,window,last", "'readout','out[:, -1]',h_n", "cell,gru,rnn_tanh"})
  void wordThatTheFileContradictsIsRefused(String name, String given, String ofFile)
      throws IOException {
    ForecastSpec spec = new ForecastSpec(front);
    ForecastOptions.OF_MODE.stream()
        .filter(option -> option.name().equals(name))
        .forEach(option -> spec.parse(option, given));
    spec.read(Mode.MANY_TO_ONE, "m", BuiltInModels.bytes("builtin:sample-many-to-one"), "m", null);
    assertThat(front.problems)
        .containsExactly(
            "%s: expected %s, as the file says, got %s".formatted(name, ofFile, given));
  }

  @Test
  void defaultsAreThoseOfTheOptions() {
    ForecastSpec spec = spec(null);
    spec.add(Mode.MANY_TO_ONE, null, null);
    ForecastSettings settings = spec.settings();
    assertThat(front.problems).isEmpty();
    assertThat(settings.seqLen()).isEqualTo(5);
    assertThat(settings.modes().get(0).learning().learner()).isEqualTo(LearnerSettings.defaults(2));
  }

  private ClassifySettings classes(String options) {
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
    parse(options, all, spec::parse);
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
  void whatDoesNotGoTogetherToClassifyIsOneProblem(String options, String problem) {
    classes(options);
    assertThat(front.problems).containsExactly(problem);
  }

  @Test
  void seriesOfTooManyBytesIsRefused() {
    classes("seq-len=4096 waiting=10000 max-classes=100 features=199");
    assertThat(front.problems)
        .singleElement()
        .asString()
        .startsWith(
            "waiting: expected at most %,d bytes for each series, got "
                .formatted(ClassifySettings.MAX_SERIES_BYTES))
        .endsWith("; take a smaller waiting or max-classes");
  }

  @Test
  void defaultsOfClassesAreThoseOfTheOptions() {
    ClassifySettings settings = classes(null);
    assertThat(front.problems).isEmpty();
    assertThat(settings.seqLen()).isEqualTo(5);
    assertThat(settings.learning().maxClasses()).isEqualTo(10);
    assertThat(settings.learning().waiting()).isEqualTo(100);
    assertThat(classes("classes=" + "a,b,c,d,e,f,g,h,i,j,k,l").learning().maxClasses())
        .isEqualTo(12);
  }
}
