package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.alarm.AlarmRate;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmSettings;
import dev.weir.forecast.alarm.IncidentSettings;
import dev.weir.forecast.alarm.Silence;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.forecast.window.Sampling.Gap;
import dev.weir.forecast.window.StateLimits;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.KafkaSettings.Delivery;
import dev.weir.kafka.ObservationTopics;
import dev.weir.kafka.SourcePosition;
import dev.weir.kafka.SourceRange;
import dev.weir.model.Calendar;
import dev.weir.model.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {

  private static final String GOOD =
      """
      name: pumps
      kafka:
        bootstrap-servers: broker:9092
        properties:
          security.protocol: SASL_SSL
      window:
        seq-len: 5
        out-of-orderness: PT30S
      forecast:
        many-to-one:
          model: pump-model
          horizon: 3
      """;

  private static JobSettings read(String text) {
    return read(text, Map.of());
  }

  private static JobSettings read(String text, Map<String, String> overrides) {
    return JobSettings.of(JobFile.parse(text, "pumps.yaml", overrides), Path.of("."));
  }

  private static ForecastSettings.Learning learning(String text, Map<String, String> overrides) {
    return read(text, overrides).forecast().modes().get(0).learning();
  }

  @Test
  void aFileSaysWhatItSaysAndTheRestHasDefaults() {
    JobSettings settings = read(GOOD);
    assertThat(settings.name()).isEqualTo("pumps");
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("broker:9092");
    assertThat(settings.kafka().properties()).containsEntry("security.protocol", "SASL_SSL");
    assertThat(settings.kafka().group()).isEqualTo("pumps");
    assertThat(settings.kafka().topics().observations())
        .isEqualTo(ObservationTopics.of("observations"));
    assertThat(settings.kafka().topics().deadLetters()).isEqualTo("observations.dlq");
    assertThat(settings.kafka().delivery().guarantee()).isEqualTo(Delivery.EXACTLY_ONCE);
    assertThat(settings.kafka().delivery().prefix()).isEqualTo("weir-pumps");
    assertThat(settings.forecast().outOfOrderness()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.forecast().stride()).isEqualTo(1);
    assertThat(settings.forecast().modes())
        .extracting(ModeSettings::mode, ModeSettings::model, ModeSettings::horizon)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(Mode.MANY_TO_ONE, "pump-model", 3));
  }

  @Test
  void maxFutureIsTooSmallForAnObservationToRestartItsSeries() {
    assertThat(read(GOOD).kafka().source().maxFuture()).isEqualTo(Duration.ofHours(1));
    assertThat(read(GOOD + "state: {ttl: 7 d}\n").kafka().source().maxFuture())
        .isEqualTo(Duration.ofHours(1));
    assertThat(read(GOOD + "state: {ttl: 40 min}\n").kafka().source().maxFuture())
        .isEqualTo(Duration.ofMinutes(20));
    String day = GOOD.replace("seq-len: 5", "seq-len: 5\n  max-future: PT24H");
    assertThat(read(day).kafka().source().maxFuture()).isEqualTo(Duration.ofDays(1));
    assertThat(read(day + "state: {ttl: PT25H}\n").kafka().source().maxFuture())
        .isEqualTo(Duration.ofDays(1));
  }

  @Test
  void seriesAreKeptForeverAndWithoutLimitByDefault() {
    assertThat(read(GOOD).forecast().limits()).isEqualTo(StateLimits.NONE);
    assertThat(read(GOOD + "state: {ttl: 7 d, max-series: 50000}\n").forecast().limits())
        .isEqualTo(new StateLimits(Duration.ofDays(7), 50_000));
    String halfHours = GOOD.replace("seq-len: 5", "seq-len: 5\n  interval: PT30M");
    assertThat(read(halfHours + "state: {ttl: PT31M}\n").forecast().limits().ttl())
        .isEqualTo(Duration.ofMinutes(31));
  }

  @Test
  void aJobStreamsFromWhereItsGroupIsUnlessTheFileSaysOtherwise() {
    assertThat(read(GOOD).kafka().source().span()).isEqualTo(SourceRange.STREAM);
    assertThat(read(GOOD + "source: {start: 1200}\n").kafka().source().span())
        .isEqualTo(new SourceRange(new SourcePosition(SourcePosition.Kind.OFFSET, 1200), null));
    assertThat(read(GOOD + "mode: bounded\n").kafka().source().span())
        .isEqualTo(new SourceRange(SourcePosition.EARLIEST, SourcePosition.LATEST));
    assertThat(
            read(GOOD + "mode: bounded\nsource: {start: committed, end: 2026-01-31T00:00:00Z}\n")
                .kafka()
                .source()
                .span())
        .isEqualTo(
            new SourceRange(
                SourcePosition.COMMITTED,
                new SourcePosition(SourcePosition.Kind.TIMESTAMP, 1_769_817_600_000L)));
    assertRefused(
        GOOD + "source:\n  start: yesterday\n  end: latest\n",
        "pumps.yaml line 14: source.start: expected earliest, latest, committed, an offset such as"
            + " 1200 or a time such as 2026-01-31T00:00:00Z, got 'yesterday'",
        "pumps.yaml line 15: source.end: expected source.mode: bounded as well, got streaming");
  }

  @Test
  void overridesWin() {
    JobSettings settings =
        read(GOOD, Map.of("window.stride", "5", "kafka.bootstrap-servers", "other:1"));
    assertThat(settings.forecast().stride()).isEqualTo(5);
    assertThat(settings.forecast().carries()).isFalse();
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("other:1");
    Map<String, String> carrying = Map.of("window.state", "carry", "learning", "off");
    assertThat(read(GOOD, carrying).forecast().carries()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jobs/many-to-one.yaml", "jobs/many-to-many.yaml"})
  void theShippedJobFilesAreAsTheyShouldBe(String file) throws Exception {
    JobSettings settings = JobSettings.read(Path.of(file), Map.of());
    assertThat(settings.forecast().modes()).hasSize(1);
    assertThat(settings.forecast().modes().get(0).initialModel()).isNotEmpty();
  }

  @Test
  void theDemosJobForecastsInBothModes() throws Exception {
    JobSettings settings = JobSettings.builtin("demo", Map.of());
    assertThat(settings.forecast().modes())
        .extracting(ModeSettings::mode)
        .containsExactly(Mode.MANY_TO_ONE, Mode.MANY_TO_MANY);
  }

  @Test
  void theDemosTopicsHaveNamesThatNoOtherJobHasUnasked() throws Exception {
    KafkaSettings.Topics topics = JobSettings.builtin("demo", Map.of()).kafka().topics();
    assertThat(
            List.of(
                topics.observations().first(),
                topics.forecasts(),
                topics.scores(),
                topics.deadLetters(),
                topics.models()))
        .allMatch(name -> name.startsWith("demo."));
  }

  @Test
  void alarmsAreOffUnlessAskedFor() {
    JobSettings off = read(GOOD, Map.of());
    assertThat(off.kafka().topics().alarms()).isNull();
    assertThat(off.forecast().modes()).allMatch(t -> t.learning().alarms() == null);
    JobSettings on = read(GOOD, Map.of("alarms", "on", "forecast.many-to-many.model", "w"));
    String topic = on.name() + ".alarms"; // two jobs on one broker share none
    assertThat(on.kafka().topics().alarms()).isEqualTo(topic);
    assertThat(on.kafka().topics().all()).contains(topic, topic + "-feedback");
    assertThat(on.forecast().modes().get(0).learning().alarms())
        .isEqualTo(
            AlarmRules.of(new IncidentSettings(AlarmSettings.defaults(), 1, 10, Silence.AUTO)));
    assertThat(on.forecast().modes().stream().filter(t -> t.learning().alarms() != null))
        .as("the first mode alone")
        .hasSize(1);
    IncidentSettings own =
        learning(
                GOOD,
                Map.of(
                    "alarms.enabled", "true",
                    "alarms.budget", "2.5",
                    "alarms.reasons", "level, error",
                    "alarms.min-duration", "3",
                    "alarms.quiet", "7",
                    "topics.alarms", "unusual"))
            .alarms()
            .common();
    assertThat(own)
        .isEqualTo(
            new IncidentSettings(
                new AlarmSettings(new AlarmRate(0.0025, 0), Set.of(Reason.LEVEL, Reason.ERROR)),
                3,
                7,
                Silence.AUTO));
  }

  private static final String RULES =
      GOOD
          + """
          alarms:
            enabled: true
            budget: 2
            quiet: 7
            thresholds:
              - {above: 90, within: 2, probability: 0.7}
              - series: "pump-.*"
                below: -1.5
            overrides:
              - series: "pump.*"
                budget: 3 per week
              - series: "test.*"
                enabled: false
              - {series: "t.*", budget: 9}
          """;

  @ParameterizedTest
  @CsvSource({
    "auto, auto",
    "off, off",
    "1.5x, 1.5x",
    "30x, 30x",
    "1 s, PT1S",
    "10 min, PT10M",
    "P2D, PT48H"
  })
  void aSilenceIsAMultipleOrADuration(String option, String silence) {
    Map<String, String> options = Map.of("alarms", "on", "alarms.silence", option);
    assertThat(learning(GOOD, options).alarms().common().silence()).hasToString(silence);
  }

  @Test
  void alarmsMayDependOnTheNamesOfSeries() {
    AlarmRules rules = learning(RULES, Map.of("alarms.overrides[2].budget", "8")).alarms();
    assertThat(rules.of("fan").settings()).isEqualTo(rules.common());
    assertThat(rules.common().alarms().budget()).isEqualTo(new AlarmRate(0.002, 0));
    assertThat(rules.common().quiet()).isEqualTo(7);
    assertThat(rules.of("pump-1").settings())
        .isEqualTo(rules.common().with(new AlarmRate(3, 604_800_000)));
    assertThat(rules.of("test-pump").settings()).isNull();
    assertThat(rules.of("tank").settings()).isEqualTo(rules.common().with(new AlarmRate(0.008, 0)));
    assertThat(rules.thresholds())
        .extracting(AlarmRules.SeriesThreshold::threshold)
        .containsExactly(new Threshold(90, true, 2, 0.7), new Threshold(-1.5, false, 1, 0.8));
    assertThat(rules.of("fan").thresholds()).containsExactly(0);
    assertThat(rules.of("pump-1").thresholds()).containsExactly(0, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          thresholds: [{above: 9, within: 4}] | line L: alarms.thresholds[0].within: expected at most the horizon of many-to-one, 3, got 4
          thresholds: [{within: 2}, {above: 9, within: 4}] | alarms.thresholds[1].within: expected at most the horizon of many-to-one, 3, got 4
          thresholds: [{above: 9}, {within: 2}] | alarms.thresholds[1].above: expected either above or below, got none of them
          thresholds: [{above: 9, below: 2}] | line L: alarms.thresholds[0].above: expected either above or below, got both
          thresholds: [{above: high}] | line L: alarms.thresholds[0].above: expected a number from -1e100 to 1e100, got 'high'
          thresholds: [{above: 9, probability: 1}] | line L: alarms.thresholds[0].probability: expected a number from 0.05 to 0.99, got '1'
          thresholds: [{above: 9, within: 101}] | line L: alarms.thresholds[0].within: expected a whole number from 1 to 100, got '101'
          thresholds: [{above: 9, series: 'a['}] | line L: alarms.thresholds[0].series: expected a regular expression, got 'a['
          thresholds: [{above: 9, over: 3}] | line L: alarms.thresholds[0].over: expected a known key, such as
          thresholds: [9] | line L: alarms.thresholds[0]: expected keys and values
          thresholds: [] | line L: alarms.thresholds: expected an entry, got none
          thresholds: 9 | line L: alarms.thresholds: expected a known key, such as
          thresholds: [{above: 1}, {above: 2}, {above: 3}, {above: 4}, {above: 5}, {above: 6}, {above: 7}, {above: 8}, {above: 9}] | alarms.thresholds: expected at most 8 entries, got 9
          overrides: [{budget: 3}] | alarms.overrides[0].series: expected a regular expression, got nothing
          overrides: [{series: 'a('}] | line L: alarms.overrides[0].series: expected a regular expression, got 'a('
          overrides: [{series: a}] | line L: alarms.overrides[0].series: expected enabled or a budget as well, got none
          overrides: [{series: a, budget: 99}] | line L: alarms.overrides[0].budget: expected a number from 0.01 to 50.0, or such as 1 per week, of hour, day, week, month or a number of values, got '99'
          overrides: [{series: a, enabled: false, budget: 3}] | line L: alarms.overrides[0].budget: expected nothing with enabled: false, got some
          overrides: [{series: a, budget: 3, budget: 4}] | alarms.overrides[0].budget: expected once, got it again after line L
          """)
  void wrongRuleGetsOneLine(String rule, String expected) {
    String text = GOOD + "alarms:\n  enabled: true\n  " + rule + "\n";
    String line = Long.toString(text.lines().count());
    assertThatThrownBy(() -> read(text))
        .hasMessageContaining(expected.replace("line L", "line " + line));
  }

  @Test
  void aBudgetInTimeNeedsTimesBetweenValues() {
    assertThatThrownBy(() -> read(RULES, Map.of("window.seq-len", "1")))
        .hasMessageContaining(
            "alarms.budget: expected window.interval or window.seq-len above 1 with a budget in"
                + " time, got neither");
    assertThat(read(RULES, Map.of("window.seq-len", "1", "window.interval", "PT1M"))).isNotNull();
  }

  @Test
  void alarmRulesNeedAlarmsAndNumbersInSuccession() {
    String off = RULES.replace("enabled: true", "enabled: false");
    assertThatThrownBy(() -> read(off, Map.of()))
        .hasMessageContaining("alarms.thresholds[0].above: expected alarms.enabled: true as well")
        .hasMessageContaining("alarms.overrides[2].budget: expected alarms.enabled: true as well");
    Map<String, String> gap = Map.of("alarms.overrides[7].budget", "8");
    assertThatThrownBy(() -> read(RULES, gap))
        .hasMessageContaining(
            "alarms.overrides[7].budget: expected entries that are numbered from 0 on, got 3"
                + " before");
  }

  /** Options of --set, and the only line that is said of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          window.strid=5 | window.strid: expected a known key, such as window.stride
          alarms.budget=2 | alarms.budget: expected alarms.enabled: true as well, got false
          topics.alarms=a | topics.alarms: expected alarms.enabled: true as well, got false
          alarms=maybe | alarms.enabled: expected true or false, on or off, got 'maybe'
          alarms=on alarms.budget=51 | alarms.budget: expected a number from 0.01 to 50.0, or such as 1 per week, of hour, day, week, month or a number of values, got '51'
          alarms=on alarms.reasons=spike | alarms.reasons: expected a list of novelty, level, drift, error and break, got 'spike'
          alarms=on alarms.silence=1x | alarms.silence: expected auto, off, a multiple of the usual time between two values such as 3x, or a duration from PT1S to P3650D, got '1x'
          alarms=on alarms.silence=PT0.5S | alarms.silence: expected auto, off, a multiple of the usual time between two values such as 3x, or a duration from PT1S to P3650D, got 'PT0.5S'
          alarms=on alarms.quiet=0 | alarms.quiet: expected a whole number from 1 to 10000, got '0'
          alarms=on alarms.min-duration=1e9 | alarms.min-duration: expected a whole number from 1 to 10000, got '1e9'
          alarms=on output=network | alarms.enabled: expected false without a forecast that learns each series, got true
          topics.pattern=.* | topics.pattern: expected none of the job's other topics to match, got [forecasts, scores, pumps.dlq, models]
          topics.pattern=a( | topics.pattern: expected a regular expression such as sensors[.].*, got 'a('
          topics.pattern=a.* topics.observations=b | topics.pattern: expected it or topics.observations, got both: [b]
          topics.observations=a,b mode=bounded | source.mode: expected one topic of observations as well, got several
          topics.observations=a,b source.start=latest | source.start: expected one topic of observations as well, got several
          kafka.bootstrap-servers=u:s3c/r'et@broker:9092 | kafka.bootstrap-servers: expected HOST:PORT, several joined by commas, got '[hidden]@broker:9092'
          """)
  void wrongOverrideGetsOneLine(String options, String expected) {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String option : options.split(" ")) {
      overrides.put(option.split("=")[0], option.split("=", 2)[1]);
    }
    assertThatThrownBy(() -> read(GOOD, overrides)).hasMessage("pumps.yaml --set: " + expected);
  }

  private static final String DURATION =
      "expected a duration of whole milliseconds such as PT30M or 10 s, from";
  private static final String SEASON =
      "season: expected auto, a whole number from 1 to 1000, a duration such as PT24H, or a list of"
          + " two such as [7, 365], got";

  /** Changes of a file that is good, and the only line that is said; L stands for its last line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          seq-len => seqlen | line 7: window.seqlen: expected a known key, such as window.seq-len
          # to YAML it is 8
          seq-len: 5 => seq-len: 010 | line 7: window.seq-len: expected a whole number from 1 to 4096, got '010'
          seq-len: 5 => seq-len: five | line 7: window.seq-len: expected a whole number from 1 to 4096, got 'five'
          PT30S => soon | line 8: window.out-of-orderness: (duration) PT0S to P3650D, got 'soon'
          PT30S => PT9999999999999H | line 8: window.out-of-orderness: (duration) PT0S to P3650D, got 'PT9999999999999H'
          out-of-orderness: PT30S => idle-timeout: 0s | line 8: window.idle-timeout: (duration) PT0.001S to P3650D, got '0s'
          out-of-orderness: PT30S => interval: PT1.0005S | line 8: window.interval: (duration) PT0.001S to P3650D, got 'PT1.0005S'
          out-of-orderness: PT30S => interval: 1500 us | line 8: window.interval: (duration) PT0.001S to P3650D, got '1500 us'
          +season: PT24H0.0001S | L: (season) 'PT24H0.0001S'
          +season: monthly | L: (season) 'monthly'
          +output: network~season: abc | L: (season) 'abc'
          +delivery:~  guarantee: twice | L: delivery.guarantee: expected exactly-once or at-least-once, got 'twice'
          horizon: 3 => horizon: [1, 2] | L: forecast.many-to-one.horizon: expected a whole number from 1 to 4096, got a list
          horizon: 3 => horizon: | L: forecast.many-to-one.horizon: expected a whole number from 1 to 4096, got nothing
          name: pumps => name: two words | line 1: name: expected a name of letters, digits, '.', '_' and '-', at most 249, got 'two words'
          +name: again | L: name: expected once, got it again after line 1
          `+  many-to-many:~    model: pump-model` | L: forecast.many-to-many.model: expected another name than that of many-to-one
          +intervals:~  levels: [0.9, 0.5] | L: intervals.levels: expected a list of ascending numbers between 0 and 1, at most 10, got '0.9,0.5'
          seq-len: 5 => calendar: [hour] | line 7: window.calendar: expected a list of minute-of-hour, hour-of-day, day-of-week, day-of-year, got 'hour'
          +output: mixture~learning: off | line 13: output: expected network, since learning is off, got mixture
          +    file: builtin:sample-many-to-one | L: forecast.many-to-one.file: horizon: expected 3, got 2 (model pump-model version 1)
          +    file: builtin:other | L: forecast.many-to-one.file: expected a readable file, got builtin:other (java.io.IOException: no such built-in model)
          seq-len: 5 => max-future: PT24H & +state:~  ttl: PT24H | line 7: window.max-future: expected less than state.ttl (PT24H), since one fast clock would make series start again, got PT24H
          seq-len: 5 => interval: PT30M & +state:~  ttl: PT30M | L: state.ttl: expected more than window.interval (PT30M), got PT30M
          """)
  void wrongFileGetsOneLine(String changes, String expected) {
    String text = GOOD;
    for (String change : changes.split(" & ")) {
      String[] parts = change.split(" => ", 2);
      text =
          change.startsWith("+")
              ? text + change.substring(1).replace('~', '\n') + "\n"
              : text.replace(parts[0], parts[1]);
    }
    assertThat(text).isNotEqualTo(GOOD);
    String problem =
        expected
            .replaceFirst("^L:", "line " + text.lines().count() + ":")
            .replace("(duration)", DURATION)
            .replace("(season)", SEASON);
    assertRefused(text, "pumps.yaml " + problem);
  }

  /** As above, of which only the beginning is compared. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: pumps~  window: [~ | pumps.yaml line 2: expected YAML, got: ",
        "'window: &w~  a: *w~' | pumps.yaml line 2: expected no aliases, got *w",
        "'' | pumps.yaml: expected options, got an empty file",
        "'- a~- b~' | pumps.yaml line 1: expected options as key: value",
      })
  void whatIsNoTreeIsRefused(String text, String beginning) {
    assertThatThrownBy(() -> read(text.replace('~', '\n')))
        .isInstanceOf(JobFileException.class)
        .hasMessageStartingWith(beginning);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "broker",
        "broker:",
        ":9092",
        "broker:9092,other",
        "broker:65536",
        "b:99999999999"
      })
  void brokersWithoutAPortAreRefused(String wrong) {
    assertRefused(
        GOOD.replace("broker:9092", "\"" + wrong + "\""),
        "pumps.yaml line 3: kafka.bootstrap-servers: expected HOST:PORT, several joined by commas, got '%s'"
            .formatted(wrong));
  }

  @Test
  void wrongWaysToLearnAreRefused() {
    assertThatThrownBy(() -> read(GOOD + "experts: [naive, oracle]\n"))
        .hasMessageStartingWith(
            "pumps.yaml line 13: experts: expected a list of experts, of naive,")
        .hasMessageEndingWith("got 'naive,oracle'");
    assertThatThrownBy(() -> read(GOOD, Map.of("alarms", "on", "topics.alarms", "scores")))
        .hasMessageContaining("topics: expected different names");
  }

  @Test
  void observationsMayComeFromSeveralTopics() {
    JobSettings list = read(GOOD, Map.of("observations.topic", "a, b.c"));
    assertThat(list.kafka().topics().observations().names()).containsExactly("a", "b.c");
    assertThat(list.kafka().topics().deadLetters()).isEqualTo("a.dlq");
    JobSettings pattern = read(GOOD, Map.of("observations.pattern", "sensors[.].*"));
    ObservationTopics topics = pattern.kafka().topics().observations();
    assertThat(topics.names()).isEmpty();
    assertThat(pattern.kafka().topics().deadLetters()).isEqualTo("pumps.dlq");
    assertThat(topics.found(List.of("sensors.b", "my.sensors.b", "sensors.a", "sensors")).names())
        .containsExactly("sensors.a", "sensors.b");
  }

  private static void assertRefused(String text, String... lines) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(JobFileException.class)
        .hasMessage(String.join("\n", lines));
  }

  private static JobSettings withWindow(String lines) {
    return read(GOOD.replace("  seq-len: 5\n", "  seq-len: 5\n" + lines.indent(2)));
  }

  @Test
  void anIntervalSkipsGapsUnlessToldOtherwise() {
    assertThat(read(GOOD).forecast().sampling()).isEqualTo(Sampling.BY_COUNT);
    assertThat(withWindow("interval: PT30M").forecast().sampling())
        .isEqualTo(new Sampling(1_800_000, Gap.SKIP, 100));
    assertThat(withWindow("interval: 10 s\ngap: linear\nmax-fill: 7").forecast().sampling())
        .isEqualTo(new Sampling(10_000, Gap.LINEAR, 7));
  }

  @Test
  void aCalendarIsAListOfItsCycles() {
    assertThat(withWindow("calendar: [hour-of-day, day-of-week]").forecast().inputs().calendar())
        .containsExactly(Calendar.HOUR_OF_DAY, Calendar.DAY_OF_WEEK);
    String all = "calendar: [minute-of-hour, hour-of-day, day-of-week, day-of-year]";
    assertThat(withWindow(all).forecast().inputs().calendar()).containsExactly(Calendar.values());
  }

  @ParameterizedTest
  @CsvSource({
    "interval: PT30M, PT24H, 48, 1",
    "interval: PT30M, P7D, 336, 1",
    "interval: 15 min, 24 h, 96, 1",
    "interval: PT30M, 24, 24, 1",
    "interval: PT30M, auto, 0, 1",
    "stride: 1, '[7, 365]', 7, 365",
    "stride: 1, '7,365', 7, 365",
    "stride: 1, '[1, 365]', 1, 365",
    "stride: 1, [7], 7, 1",
    "interval: P1D, '[7, P365D]', 7, 365",
    "interval: P1D, '[P7D, P365D]', 7, 365",
    "interval: PT1H, '[PT24H, PT168H]', 24, 168",
    "interval: PT1H, '[24, P365D]', 24, 8760"
  })
  void seasonsAreCountsOrDurationsOfWholeIntervals(
      String window, String seasons, int first, int second) {
    String text = GOOD.replace("seq-len: 5", "seq-len: 5\n  " + window) + "season: " + seasons;
    ForecastSettings.Learning learning = learning(text, Map.of());
    assertThat(learning.season()).isEqualTo(first);
    assertThat(learning.learner().secondSeason()).isEqualTo(second);
  }

  @Test
  void aSecretIsRefusedOnTheCommandLineAndNotRepeated() {
    for (String key :
        List.of("sasl.jaas.config", "ssl.keystore.password", "sasl.login.pwd", "my.api-key")) {
      assertThatThrownBy(
              () -> read(GOOD, Map.of("kafka.properties." + key, "M required password=s3cret;")))
          .isInstanceOf(JobFileException.class)
          .hasMessage(
              "pumps.yaml --set: kafka.properties.%s: expected no secret on the command line, where others can read it; write ${env:NAME} or ${file:/path:key} instead of it, or name a file in kafka.properties-file"
                  .formatted(key));
    }
    assertThat(
            read(
                    GOOD,
                    Map.of(
                        "kafka.properties.ssl.keystore.password", "${env:PW}",
                        "kafka.properties.ssl.keystore.location", "/etc/weir/client.p12"))
                .kafka()
                .properties())
        .containsEntry("ssl.keystore.password", "${env:PW}")
        .containsEntry("config.providers", "env");
  }

  @Test
  void aFileOfClientPropertiesIsReferredToAndTheJobFilesOwnWin(@TempDir Path dir) throws Exception {
    Path client =
        Files.writeString(
            dir.resolve("client.properties"),
            "ssl.key.password=s3cret\nsecurity.protocol=SSL\nlinger.ms=7\n");
    String text =
        GOOD.replace("  properties:", "  properties-file: client.properties\n  properties:");
    Path file = Files.writeString(dir.resolve("pumps.yaml"), text);
    assertThat(JobSettings.read(file, Map.of()).kafka().properties())
        .containsEntry("ssl.key.password", "${file:%s:ssl.key.password}".formatted(client))
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("linger.ms", "7");

    Files.delete(client);
    assertThatThrownBy(() -> JobSettings.read(file, Map.of()))
        .isInstanceOf(JobFileException.class)
        .hasMessage(
            "pumps.yaml line 4: kafka.properties-file: expected a readable file, got"
                + " client.properties");
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertRefused(
        "window:\n  seq-len: 0\n  stride: -1\n",
        "pumps.yaml line 2: window.seq-len: expected a whole number from 1 to 4096, got '0'",
        "pumps.yaml line 3: window.stride: expected a whole number from 1 to 1000000, got '-1'",
        "pumps.yaml: name: expected a name of letters, digits, '.', '_' and '-', at most 249, got"
            + " nothing",
        "pumps.yaml: forecast: expected many-to-one, many-to-many or both, or a section classify,"
            + " got none",
        "pumps.yaml: kafka.bootstrap-servers: expected HOST:PORT, several joined by commas, got"
            + " nothing");
  }

  @Test
  void aWeightFileThatIsNotThereOrDoesNotFitIsRefusedBeforeAnythingStarts() {
    assertThatThrownBy(() -> read(GOOD + "    file: no/such.safetensors\n"))
        .hasMessageStartingWith(
            "pumps.yaml line 13: forecast.many-to-one.file: expected a readable file, got"
                + " no/such.safetensors");
    assertThatThrownBy(() -> read(GOOD + "    file: pom.xml\n"))
        .hasMessageStartingWith("pumps.yaml line 13: forecast.many-to-one.file: ")
        .hasMessageContaining("expected");
    for (String device : List.of("/dev/zero", "file:///dev/zero")) {
      assertThatThrownBy(() -> read(GOOD + "    file: " + device + "\n"))
          .hasMessageContaining("got %s (java.io.IOException: expected a regular file)", device);
    }
  }

  @Test
  void theBuiltInNetworkForecastsAnyHorizonAlone() {
    String alone = GOOD + "    file: builtin:weir\nlearning: off\n";
    ModeSettings mode = read(alone).forecast().modes().get(0);
    assertThat(mode.horizon()).isEqualTo(3);
    assertThat(mode.learning().learner().isAlone()).isTrue();
    assertThat(mode.learning().season()).isEqualTo(LearnerSettings.AUTO);
    assertThat(read(GOOD + "    file: builtin:weir\n").forecast().modes().get(0).learning())
        .satisfies(learning -> assertThat(learning.learner().isAlone()).isFalse());
  }

  @Test
  void aJobNeedsNoModelToLearn() {
    JobSettings settings = read(GOOD.replace("    model: pump-model\n", ""));
    ModeSettings mode = settings.forecast().modes().get(0);
    assertThat(mode.model()).isNull();
    assertThat(mode.learning().season()).isEqualTo(LearnerSettings.AUTO);
    assertThat(mode.learning().learner()).isEqualTo(LearnerSettings.defaults(3));
  }

  @Test
  void whatIsLearnedAndHowCanBeChosen() {
    JobSettings settings =
        read(
            GOOD
                + """
                learning:
                  size: small
                experts: [naive, analogs]
                season: 24
                intervals:
                  levels: [0.5, 0.9]
                scores:
                  every: 1
                """);
    assertThat(settings.forecast().modes().get(0).learning())
        .isEqualTo(
            new ForecastSettings.Learning(
                LearnerSettings.small(3)
                    .withExperts(List.of("naive", "analogs"))
                    .withLevels(List.of(0.5, 0.9)),
                24,
                1));
  }

  @Test
  void withLearningOffOrTheNetworksOwnOutputTheModelAloneForecasts() {
    assertThat(read(GOOD + "learning: off\n").forecast().modes().get(0).learning()).isNull();
    assertThat(read(GOOD + "output: network\n").forecast().modes().get(0).learning()).isNull();
    assertThatThrownBy(() -> read(GOOD.replace("    model: pump-model\n", "") + "learning: off\n"))
        .hasMessageContaining("forecast.many-to-one.model: expected a model");
  }
}
