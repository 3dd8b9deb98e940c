package dev.weir.stream.group;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Member;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Worst;
import dev.weir.forecast.Output;
import dev.weir.forecast.alarm.GroupState;
import dev.weir.forecast.alarm.GroupState.GroupIncident;
import dev.weir.forecast.alarm.GroupTracker;
import dev.weir.forecast.alarm.GroupTracker.Change;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Reports the incidents of groups, keyed by group. Surprises wait until event time has passed them,
 * so neither the order of members nor the number of tasks counts. What comes after that is counted
 * and left out.
 */
final class GroupFunction extends KeyedProcessFunction<String, MemberSurprise, Output> {

  private static final long serialVersionUID = 1L;

  /** The state's name is part of each savepoint. */
  private static final ValueStateDescriptor<GroupState> GROUP =
      new ValueStateDescriptor<>(
          "group", WeirTypeInformation.of(GroupState.class, GroupStateSerializer.INSTANCE));

  private final int quiet;
  private transient GroupTracker tracker;
  private transient ValueState<GroupState> group;
  private transient Counter incidents;
  private transient Counter late;

  GroupFunction(int quiet) {
    this.quiet = quiet;
  }

  @Override
  public void open(OpenContext context) {
    tracker = new GroupTracker(quiet);
    group = getRuntimeContext().getState(GROUP);
    register(getRuntimeContext().getMetricGroup());
  }

  void register(MetricGroup operator) {
    MetricGroup metrics = operator.addGroup("weir");
    incidents = metrics.counter("groupIncidents");
    late = metrics.counter("lateSurprises");
  }

  @Override
  public void processElement(MemberSurprise surprise, Context context, Collector<Output> out)
      throws IOException {
    GroupState state = group.value();
    if (state == null) {
      state = new GroupState();
    }
    boolean isLate = surprise.end() <= context.timerService().currentWatermark();
    if (isLate || !tracker.add(state, surprise)) {
      late.inc();
      return;
    }
    while (tracker.isFull(state)) {
      report(context.getCurrentKey(), tracker.next(state), out);
    }
    context.timerService().registerEventTimeTimer(surprise.end());
    group.update(state);
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Output> out) throws IOException {
    GroupState state = group.value();
    if (state == null) {
      return;
    }
    while (state.next() != null && state.next() <= time) {
      report(context.getCurrentKey(), tracker.next(state), out);
    }
    Long next = state.next();
    if (next == null && state.silentUntil() <= time) {
      group.clear();
      return;
    }
    context.timerService().registerEventTimeTimer(next == null ? state.silentUntil() : next);
    group.update(state);
  }

  private void report(String name, Change change, Collector<Output> out) {
    if (change == null) {
      return;
    }
    GroupIncident incident = tracker.newest();
    Event event =
        switch (change) {
          case OPENED -> Event.OPENED;
          case WORSE -> Event.UPDATED;
          case CLOSED -> Event.CLOSED;
        };
    if (event == Event.OPENED) {
      incidents.inc();
    }
    out.collect(
        new Incident(
            name,
            Incident.groupId(name, incident.start()),
            event,
            event == Event.CLOSED ? incident.closes() : incident.end(),
            incident.start(),
            incident.end(),
            incident.values(),
            new Worst(
                incident.worstTime(),
                incident.worst().get(0).value(),
                Double.NaN,
                Double.NaN,
                incident.sum()),
            Reason.GROUP,
            Severity.values()[GroupTracker.severity(incident.sum())],
            List.of(),
            "",
            -1,
            null,
            incident.worst().stream()
                .map(part -> new Member(part.series(), part.surprise()))
                .toList()));
  }
}
