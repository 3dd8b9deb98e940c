package dev.weir.stream.contest;

import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.Output;
import dev.weir.forecast.contest.Contest;
import dev.weir.forecast.contest.ContestSettings;
import dev.weir.forecast.contest.ContestState;
import dev.weir.forecast.contest.ShadowScore;
import dev.weir.model.Mode;
import dev.weir.stream.WeirTypeInformation;
import java.io.IOException;
import java.util.EnumMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link Contest} for each mode. Scores wait until event time has passed the period after
 * theirs, so neither their order nor the number of tasks counts. What comes after that is counted
 * and left out.
 */
final class ContestFunction extends KeyedProcessFunction<String, ShadowScore, Output> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ContestFunction.class);

  /** The state's name is part of each savepoint. */
  private static final ValueStateDescriptor<ContestState> CONTEST =
      new ValueStateDescriptor<>(
          "contest", WeirTypeInformation.of(ContestState.class, ContestStateSerializer.INSTANCE));

  private final EnumMap<Mode, ContestSettings> settings;
  private transient EnumMap<Mode, Contest> contests;
  private transient ValueState<ContestState> contest;
  private transient Counter promotions;
  private transient Counter late;

  ContestFunction(EnumMap<Mode, ContestSettings> settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    contests = new EnumMap<>(Mode.class);
    settings.forEach((mode, each) -> contests.put(mode, new Contest(each, mode)));
    contest = getRuntimeContext().getState(CONTEST);
    register(getRuntimeContext().getMetricGroup());
  }

  void register(MetricGroup operator) {
    MetricGroup metrics = operator.addGroup("weir");
    promotions = metrics.counter("promotions");
    late = metrics.counter("lateShadowScores");
  }

  /** As it was saved; with other models in the job file it starts again. */
  private ContestState state(Contest of) throws IOException {
    ContestState saved = contest.value();
    return saved == null || !of.fits(saved) ? of.newState() : saved;
  }

  @Override
  public void processElement(ShadowScore score, Context context, Collector<Output> out)
      throws IOException {
    Contest of = contests.get(score.mode());
    ContestState state = state(of);
    if (!of.add(state, score)) {
      late.inc();
      return;
    }
    context.timerService().registerEventTimeTimer(of.due(score.period()));
    contest.update(state);
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Output> out) throws IOException {
    Contest of = contests.get(Mode.ofLabel(context.getCurrentKey()));
    if (of == null) {
      return; // of a job that had several models
    }
    ContestState state = state(of);
    for (ContestReport report : of.close(state, time)) {
      if (report.event() != Event.STANDINGS) {
        promotions.inc();
        LOG.info(
            "{} of job {}: model {} takes over from {}: {}",
            report.mode().label(),
            report.job(),
            report.champion(),
            report.before(),
            report.standings());
      }
      out.collect(report);
    }
    contest.update(state);
  }
}
