package dev.weir.cli.demo;

import dev.weir.model.Mode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * When a demo ends: after the time it was given, but not before a forecast of each mode was shown,
 * which a busy machine may take longer for. Not thread-safe.
 */
final class DemoDeadline {

  /** How long after its time a demo waits for what it has not shown yet. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Duration duration;
  private final Set<Mode> missing = EnumSet.allOf(Mode.class);

  /**
   * @param duration null for a demo without an end
   */
  DemoDeadline(Duration duration) {
    this.duration = duration;
  }

  void shown(Mode mode) {
    missing.remove(mode);
  }

  /** Whether it has shown what it is there for. */
  boolean isComplete() {
    return missing.isEmpty();
  }

  /** The modes without a shown forecast. */
  String missing() {
    return missing.stream().map(Mode::label).collect(Collectors.joining(", "));
  }

  /**
   * @param running how long the demo has run
   */
  boolean isOver(Duration running) {
    return duration != null
        && running.compareTo(isComplete() ? duration : duration.plus(PATIENCE)) >= 0;
  }

  /**
   * Whether it goes on only for what it has not shown.
   *
   * @param running how long the demo has run
   */
  boolean isOverdue(Duration running) {
    return duration != null && !isComplete() && running.compareTo(duration) >= 0;
  }
}
