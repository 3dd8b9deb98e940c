package dev.weir.cli.demo;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * When a demo ends: after the time it was given, but not before an output of each kind was shown,
 * which a busy machine may take longer for. Not thread-safe.
 */
final class DemoDeadline {

  /** How long after its time a demo waits for what it has not shown yet. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Duration duration;
  private final Set<String> missing;

  /**
   * @param duration null for a demo without an end
   * @param outputs kinds of which it shows at least one
   */
  DemoDeadline(Duration duration, Collection<String> outputs) {
    this.duration = duration;
    this.missing = new LinkedHashSet<>(outputs);
  }

  void shown(String output) {
    missing.remove(output);
  }

  /** Whether it has shown what it is there for. */
  boolean isComplete() {
    return missing.isEmpty();
  }

  /** The kinds that are not shown yet. */
  String missing() {
    return String.join(", ", missing);
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
