package dev.weir.core;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.weir.core.ForecasterBuilder.Gap;
import dev.weir.core.ForecasterBuilder.Size;
import dev.weir.model.BuiltInModels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Options that would fail late, or be ignored, are refused when they are given. */
class BuilderChecksTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final String INTERVAL =
      "interval: expected a duration of whole milliseconds such as PT30M or 10 s, from PT0.001S to"
          + " P3650D, got ";

  /** Anything that a caller does. */
  @FunctionalInterface
  private interface Call {
    Object run() throws Exception;
  }

  private static ForecasterBuilder small() {
    return Forecaster.builder().horizon(3).size(Size.SMALL);
  }

  private static Classifier.Builder classes() {
    return Classifier.builder().window(7);
  }

  private static byte[] model() throws IOException {
    return BuiltInModels.bytes("builtin:window-many-to-one");
  }

  private static Arguments wrong(String message, Call call) {
    return arguments(message, call);
  }

  private static Stream<Arguments> wrong() {
    return Stream.of(
        wrong(INTERVAL + "'PT0.0015S'", () -> small().interval(Duration.ofNanos(1_500_000))),
        wrong(
            INTERVAL + "'PT87600H0.001S'",
            () -> small().interval(DAY.multipliedBy(3650).plusMillis(1))),
        wrong("interval: expected a value, got null", () -> small().interval(null)),
        wrong("gap: expected a value, got null", () -> small().gap(null)),
        wrong("size: expected a value, got null", () -> small().size(null)),
        wrong("levels: expected a value, got null", () -> small().levels((double[]) null)),
        wrong("experts: expected a value, got null", () -> small().experts((String[]) null)),
        wrong("alarms: expected a value, got null", () -> small().alarms(null)),
        wrong("zone: expected a value, got null", () -> small().zone(null)),
        wrong("model: expected a value, got null", () -> small().model((Path) null)),
        wrong("model: expected a value, got null", () -> small().model(null, "x")),
        wrong(
            "model: expected a name of one character or more, got null",
            () -> small().model(model(), null)),
        wrong("readout: expected model as well, got none", () -> small().readout("h_n").build()),
        wrong("scaling: expected model as well, got none", () -> small().scaling("last").build()),
        wrong("cell: expected model as well, got none", () -> small().cell("gru").build()),
        wrong("scaling: expected none, window or last, got fixed", () -> small().scaling("fixed")),
        wrong(
            "maxFill: expected gap carry or linear as well, since nothing else fills, got skip",
            () -> small().interval(DAY).maxFill(3).build()),
        wrong(
            "model: seq_len: expected 9, got 5 (model x version 1)",
            () -> small().window(9).model(model(), "x").build()),
        wrong(
            "horizon: expected the number of values, got none", () -> Forecaster.builder().build()),
        wrong("horizon: expected a whole number from 1 to 4096, got '0'", () -> small().horizon(0)),
        wrong("season: expected 1 to 1,000, got 0", () -> small().season(0)),
        wrong(
            "seasons: expected a second season of more than 2 times the first, at most 10000"
                + " observations, got 7 and 9",
            () -> small().seasons(7, 9).build()),
        wrong("window: expected a whole number from 1 to 4096, got '0'", () -> small().window(0)),
        wrong(
            "maxFill: expected a whole number from 0 to 10000, got '-1'",
            () -> small().maxFill(-1)),
        wrong(
            "levels: expected a list of ascending numbers between 0 and 1, at most 10, got '0.9,"
                + " 0.5'",
            () -> small().levels(0.9, 0.5)),
        wrong(
            "featuresAhead: expected a whole number from 0 to 20, got '21'",
            () -> small().featuresAhead(21)),
        wrong(
            "min: expected a number from -1e30 to 1e30, got 'NaN'", () -> small().min(Double.NaN)),
        wrong(
            "within: expected at most the horizon, 3, got 4",
            () -> small().alarms(Alarms.DEFAULT.above(3, 4)).build()),
        wrong(
            "perThousand: expected 0.01 to 50.0, got 0.0",
            () -> small().alarms(Alarms.DEFAULT.perThousand(0))),
        wrong(
            "per: expected a number and a time above 0, got 1.0 and PT0S",
            () -> small().alarms(Alarms.DEFAULT.per(1, Duration.ZERO))),
        wrong("readout: expected h_n or out[:, -1], got 'x'", () -> small().readout("x")),
        wrong(
            "cell: expected rnn_tanh or rnn_relu or lstm or gru, got 'rnn'",
            () -> small().cell("rnn")),
        wrong("minDuration: expected 1 to 10,000, got 0", () -> Alarms.DEFAULT.incidents(0, 1)),
        wrong("quiet: expected 1 to 10,000, got 10,001", () -> Alarms.DEFAULT.incidents(1, 10_001)),
        wrong("observation: expected a value, got null", () -> small().build().observe(null)),
        wrong("series: expected a value, got null", () -> small().build().series(null)),
        wrong("classes: expected a value, got null", () -> classes().classes((String[]) null)),
        wrong(
            "classes: expected names of 1 to 200 characters, got  ",
            () -> classes().classes("a", " ")),
        wrong(
            "maxClasses: expected a whole number from 2 to 100, got '1'",
            () -> classes().maxClasses(1).build()),
        wrong(
            "waiting: expected a whole number from 1 to 10000, got '0'",
            () -> classes().waiting(0).build()),
        wrong(
            "label: expected a value, got null",
            () -> {
              classes().build().series("a").label(0, null);
              return null;
            }),
        wrong(
            "time: expected 1970 to 9999, got 1969-12-31T23:59:59.999Z",
            () -> {
              classes().build().series("a").label(-1, "b");
              return null;
            }),
        wrong(
            "ahead: expected none, since a class is not forecast, got 2 numbers",
            () -> classes().build().series("a").observe(new Observation(1, 2).ahead(3, 4))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void wrongValueGivesOneClearLine(String message, Call call) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void expertsAreNamedOnceEach() {
    assertThatThrownBy(() -> small().experts("naive", "rls-ar", "naive"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(", got 'naive, rls-ar, naive'");
    assertThatThrownBy(() -> small().experts())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(", got ''");
  }

  @Test
  void longestIntervalIsThatOfAJob() {
    assertThatCode(() -> small().interval(DAY.multipliedBy(3650)).build())
        .doesNotThrowAnyException();
    assertThatCode(() -> small().interval(Duration.ofMillis(1)).gap(Gap.CARRY).maxFill(3).build())
        .doesNotThrowAnyException();
  }
}
