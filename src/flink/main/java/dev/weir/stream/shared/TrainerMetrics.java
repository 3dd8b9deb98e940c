package dev.weir.stream.shared;

import dev.weir.forecast.shared.SharedTrainer;
import dev.weir.model.Mode;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What a trainer counts and measures, in the group {@code weir.mode.<mode>} of its operator;
 * docs/metrics.md says what each is.
 */
final class TrainerMetrics {

  final Counter published;
  final Counter rolledBack;
  final Counter dropped;

  TrainerMetrics(MetricGroup operator, Mode mode, SharedTrainer trainer) {
    MetricGroup group = operator.addGroup("weir").addGroup("mode", mode.label());
    published = group.counter("sharedPublished");
    rolledBack = group.counter("sharedRolledBack");
    dropped = group.counter("sharedDropped");
    group.gauge("sharedSamples", trainer::windows);
    group.gauge("sharedRounds", trainer::rounds);
    group.gauge("sharedWaiting", trainer::waitingValues);
    group.gauge("sharedActiveError", trainer::activeError);
    group.gauge("sharedCandidateError", trainer::candidateError);
  }
}
