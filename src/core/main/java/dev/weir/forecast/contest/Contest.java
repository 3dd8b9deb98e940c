package dev.weir.forecast.contest;

import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.ContestReport.Standing;
import dev.weir.forecast.contest.ContestState.Sums;
import dev.weir.model.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Decides which network is the champion, from the scores of all series. The mean gain of a
 * challenger over the series of a period is one difference of its {@link SequentialTest}: series
 * may depend on each other as they like, only periods follow each other. A challenger is promoted
 * once its evidence is enough, after enough days; all tests then start again.
 *
 * <p>Depends on event time and scores alone. One instance for each task; not thread-safe.
 */
public final class Contest {

  private final ContestSettings settings;
  private final Mode mode;
  private final long period; // milliseconds
  private final int models;

  public Contest(ContestSettings settings, Mode mode) {
    this.settings = settings;
    this.mode = mode;
    this.period = settings.period().toMillis();
    this.models = settings.models().size();
  }

  /** What is known at the start. */
  public ContestState newState() {
    return new ContestState(models);
  }

  /** Whether a saved state is one of as many models. */
  public boolean fits(ContestState state) {
    return state.versions.length == models;
  }

  /** Event time at which all series have said what they have to say of a period. */
  public long due(long ofPeriod) {
    return (ofPeriod + 2) * period;
  }

  /**
   * Takes in the score of a series.
   *
   * @return whether it counts: not one that is too late
   */
  public boolean add(ContestState state, ShadowScore score) {
    if (score.epoch() < state.epoch) {
      return true; // of networks that were replaced meanwhile
    }
    if (score.epoch() > state.epoch) {
      start(state, score);
    }
    if (score.period() <= state.closed) {
      return false;
    }
    Sums sums = state.open.computeIfAbsent(score.period(), p -> new Sums(models));
    for (int i = 0; i < models; i++) {
      if (score.gains()[i] != ShadowScore.NONE) {
        sums.gains[i] += score.gains()[i];
        sums.series[i]++;
      }
    }
    return true;
  }

  /** Other networks: each test goes on only between versions that it has tested so far. */
  private void start(ContestState state, ShadowScore score) {
    state.epoch = score.epoch();
    state.open.clear();
    int champion = score.champion();
    boolean isSame =
        champion == state.champion && score.versions()[champion] == state.versions[champion];
    if (champion != state.champion) {
      state.before = state.champion;
      state.champion = champion;
    }
    for (int i = 0; i < models; i++) {
      if (!isSame || score.versions()[i] != state.versions[i]) {
        state.restart(i);
      }
      state.versions[i] = score.versions()[i];
    }
  }

  /**
   * Event time has passed.
   *
   * @return the standings after each period that is closed, and promotions
   */
  public List<ContestReport> close(ContestState state, long time) {
    List<ContestReport> reports = new ArrayList<>();
    while (!state.open.isEmpty() && due(state.open.firstKey()) <= time) {
      Map.Entry<Long, Sums> each = state.open.pollFirstEntry();
      state.closed = each.getKey();
      count(state, each.getValue());
      long end = (state.closed + 1) * period;
      reports.add(report(Event.STANDINGS, end, state, state.champion));
      int better = better(state);
      if (better >= 0 && settings.isAuto()) {
        Event event = better == state.before ? Event.ROLLED_BACK : Event.PROMOTED;
        reports.add(report(event, end, state, better));
        promote(state, better);
      }
    }
    return reports;
  }

  private void count(ContestState state, Sums sums) {
    for (int i = 0; i < models; i++) {
      if (i != state.champion && sums.series[i] >= settings.minSeries()) {
        state.tests[i].add((double) sums.gains[i] / ShadowScore.ONE / sums.series[i]);
        state.series[i] = sums.series[i];
      }
    }
  }

  /** The challenger with most evidence, if it is enough; else -1. */
  private int better(ContestState state) {
    int best = -1;
    for (int i = 0; i < models; i++) {
      SequentialTest test = state.tests[i];
      boolean isEnough =
          i != state.champion
              && test.evidence() >= settings.enough()
              && test.mean() > 0 // also if some differences were beyond the test's limit
              && period * test.count() >= Duration.ofDays(settings.minDays()).toMillis();
      if (isEnough && (best < 0 || test.evidence() > state.tests[best].evidence())) {
        best = i;
      }
    }
    return best;
  }

  private void promote(ContestState state, int model) {
    state.before = state.champion;
    state.champion = model;
    state.epoch++; // scores of the old champion's time no longer count
    state.open.clear();
    for (int i = 0; i < models; i++) {
      state.restart(i);
    }
  }

  private ContestReport report(Event event, long time, ContestState state, int champion) {
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < models; i++) {
      SequentialTest test = state.tests[i];
      double gain = test.mean();
      standings.add(
          new Standing(
              settings.models().get(i),
              state.versions[i],
              Duration.ofMillis(period * test.count()).toDays(),
              state.series[i],
              2 * gain / (1 + gain),
              i == state.champion ? Double.NaN : test.evidence()));
    }
    return new ContestReport(
        settings.job(),
        mode,
        event,
        time,
        settings.models().get(champion),
        settings.models().get(state.champion),
        settings.enough(),
        standings);
  }
}
