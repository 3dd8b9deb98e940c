package dev.weir.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoDeadlineTest {

  private static final List<String> MODES = List.of("many-to-one", "many-to-many");
  private static final Duration GIVEN = Duration.ofSeconds(15);

  @Test
  void aDemoThatHasShownEachModeEndsWhenItsTimeIsOver() {
    DemoDeadline end = new DemoDeadline(GIVEN, MODES);
    end.shown("many-to-many");
    end.shown("many-to-one");
    assertThat(end.isOver(GIVEN.minusNanos(1))).isFalse();
    assertThat(end.isOver(GIVEN)).isTrue();
    assertThat(end.isOverdue(GIVEN)).isFalse();
  }

  @Test
  void aDemoThatLacksAModeGoesOnUntilItHasShownThat() {
    DemoDeadline end = new DemoDeadline(GIVEN, MODES);
    end.shown("many-to-one");
    assertThat(end.isOverdue(GIVEN.minusNanos(1))).isFalse();
    assertThat(end.isOverdue(GIVEN)).isTrue();
    assertThat(end.isOver(GIVEN.plusSeconds(90))).isFalse();
    assertThat(end.missing()).isEqualTo("many-to-many");
    end.shown("many-to-many");
    assertThat(end.isOver(GIVEN.plusSeconds(90))).isTrue();
    assertThat(end.isComplete()).isTrue();
  }

  @Test
  void aDemoThatShowsNothingIsGivenUp() {
    DemoDeadline end = new DemoDeadline(GIVEN, MODES);
    Duration last = GIVEN.plusMinutes(2);
    assertThat(end.isOver(last.minusNanos(1))).isFalse();
    assertThat(end.isOver(last)).isTrue();
    assertThat(end.missing()).isEqualTo("many-to-one, many-to-many");
  }

  @Test
  void aDemoWithoutADurationNeverEnds() {
    DemoDeadline end = new DemoDeadline(null, MODES);
    assertThat(end.isOver(Duration.ofDays(1))).isFalse();
    assertThat(end.isOverdue(Duration.ofDays(1))).isFalse();
    end.shown("many-to-one");
    end.shown("many-to-many");
    assertThat(end.isOver(Duration.ofDays(1))).isFalse();
  }
}
