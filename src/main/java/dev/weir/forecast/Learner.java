package dev.weir.forecast;

import dev.weir.forecast.Sampling.Gap;
import dev.weir.forecast.expert.Corrector;
import dev.weir.forecast.expert.DelayLine;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.ExpertMemory;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.expert.History;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Learns series while they come in, and forecasts them: a mixture of {@link Expert}s whose weights
 * follow their errors, with intervals whose width follows theirs.
 *
 * <pre>
 * b   = sum of w_e X_e           weighted mean of the experts ({@link PhasedHedge})
 * st  = b + a regression's correction of it                   ({@link Stack})
 * out = weighted mean of b and st, by their errors            ({@link Hedge})
 * </pre>
 *
 * all of it for each step ahead. {@link #observe} does, in this order: score the open forecasts of
 * this value, learn from them, let the experts learn, make the next forecasts. So a forecast
 * depends only on values up to its origin. {@link #forecast} reads what was made.
 *
 * <p>A flyweight: what is known of a series lies in its {@link SeriesMemory}; one learner serves
 * all series of a task. Not thread-safe. Allocates nothing for a value, except when a series'
 * season is found or changes.
 *
 * <p>Nothing that comes in makes it forget how to count: sizes beyond 1e30 are learnt as 1e30; a
 * value more than {@value #WILD_DEVIATIONS} deviations out is learnt as that far out, and answered
 * with itself; when a series calms down to a hundred-thousandth of its former range, it is learnt
 * anew.
 */
public final class Learner {

  private static final double LARGEST = 1e30;
  private static final double WILD_DEVIATIONS = 30;
  private static final int WILD_AFTER = 50;
  private static final int CALM_VALUES = 24;
  private static final double CALM = 1e-5;

  /** Missing values passed one by one; of more, only those that keep the phase of the season. */
  private static final int MOST_PASSED = 2_600;

  private final LearnerSettings settings;
  private final int horizon;
  private final int levels;
  private final Expert[] experts;
  private final int firstCorrector; // experts from here on are told the mean of those before
  private final boolean[] flat; // (experts)
  private final PhasedHedge hedge;
  private final Hedge finalHedge;
  private final Stack stack;
  private final IntervalTracker tracker;
  private final SeasonDetector detector = new SeasonDetector();
  private final long layoutId;
  private final List<MemoryLayout> layouts = new ArrayList<>();

  // scratch
  private final History history = new History();
  private final ExpertMemory slice = new ExpertMemory();
  private final double[][] made; // (experts, horizon)
  private final double[] mean; // (horizon), of the experts before the correctors
  private final double[] said; // (experts), relative to the anchor
  private final double[] weights; // (experts)
  private final double[] finalSaid = new double[2];
  private final double[] finalWeights = new double[2];
  private MemoryLayout layout;
  private SeriesMemory memory;
  private long restarts;

  public Learner(LearnerSettings settings) {
    this(settings, List.of());
  }

  /**
   * @param own experts beside those that the settings name
   */
  public Learner(LearnerSettings settings, List<Expert> own) {
    this.settings = settings;
    this.horizon = settings.horizon();
    this.levels = settings.levels().size();
    List<Expert> all = new ArrayList<>();
    all.addAll(
        Experts.create(
            settings.experts(),
            settings.analogWindow(),
            settings.analogNeighbours(),
            settings.tail(),
            settings.training()));
    all.addAll(own);
    // in their order, but correctors after those that they correct
    all.sort(Comparator.comparing(expert -> expert instanceof Corrector));
    this.experts = all.toArray(Expert[]::new);
    int first = 0;
    while (first < experts.length && !(experts[first] instanceof Corrector)) {
      first++;
    }
    if (first == 0) {
      throw new IllegalArgumentException(
          "experts: expected one that needs no others, got " + settings.experts());
    }
    this.firstCorrector = first;
    this.mean = new double[horizon];
    this.flat = new boolean[experts.length];
    StringBuilder names = new StringBuilder();
    for (int e = 0; e < experts.length; e++) {
      flat[e] = experts[e].flat();
      names.append(experts[e].name()).append(' ');
    }
    this.layoutId =
        SeriesMemory.LAYOUT_VERSION * 1_000_000_007L + (names + settings.layout()).hashCode();
    this.finalHedge = new Hedge(settings.eta(), settings.discount());
    this.hedge = new PhasedHedge(finalHedge, experts.length, horizon);
    this.stack = settings.stacking() ? new Stack(experts.length, horizon) : null;
    this.tracker = new IntervalTracker(horizon, settings.levels(), settings.intervalStep());
    this.made = new double[experts.length][horizon];
    this.said = new double[experts.length];
    this.weights = new double[experts.length];
  }

  public LearnerSettings settings() {
    return settings;
  }

  public int horizon() {
    return horizon;
  }

  public int experts() {
    return experts.length;
  }

  public String expertName(int e) {
    return experts[e].name();
  }

  /**
   * An empty memory for a new series.
   *
   * @param series its name; all randomness follows from it
   * @param season observations in a season, {@link LearnerSettings#NONE} or {@link
   *     LearnerSettings#AUTO}
   */
  public SeriesMemory newSeries(String series, int season) {
    if (season < 0) {
      throw new IllegalArgumentException("season: expected at least 0, got " + season);
    }
    boolean auto = season == LearnerSettings.AUTO;
    SeriesMemory memory = emptied(auto ? 1 : season, auto);
    attach(memory);
    history.seed(seed(series));
    begin(0);
    return memory;
  }

  private SeriesMemory emptied(int season, boolean detect) {
    MemoryLayout layout = layout(season);
    SeriesMemory memory =
        new SeriesMemory(
            new long[SeriesMemory.LONGS + History.LONGS],
            new double[layout.doubles],
            new float[layout.floats]);
    memory.longs[SeriesMemory.LAYOUT] = layoutId;
    memory.longs[SeriesMemory.SEASON] = season;
    memory.longs[SeriesMemory.DETECT] = detect ? 1 : 0;
    memory.longs[SeriesMemory.FORMAT] = SeriesMemory.HISTORY_FORMAT;
    return memory;
  }

  /** FNV-1a: {@link String#hashCode} is too weak to tell similar names apart. */
  private static long seed(String series) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < series.length(); i++) {
      hash = (hash ^ series.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Whether a restored memory was written by a learner with these settings. */
  public boolean fits(SeriesMemory memory) {
    if (memory.longs.length != SeriesMemory.LONGS + History.LONGS
        || memory.longs[SeriesMemory.LAYOUT] != layoutId) {
      return false;
    }
    long season = memory.longs[SeriesMemory.SEASON];
    if (season < 1 || season > settings.exactLimit() / 2) {
      return false;
    }
    MemoryLayout expected = layout((int) season);
    return memory.doubles.length == expected.doubles && memory.floats.length == expected.floats;
  }

  /**
   * As {@link #fits(SeriesMemory)}, and whether the season is the wanted one, or is found in the
   * data if that is wanted.
   */
  public boolean fits(SeriesMemory memory, int season) {
    return fits(memory)
        && (season == LearnerSettings.AUTO
            ? memory.longs[SeriesMemory.DETECT] == 1
            : memory.longs[SeriesMemory.DETECT] == 0 && memory.season() == season);
  }

  /**
   * A memory for a series that was learnt with other settings, or by an older version: its newest
   * values, as far back as they were kept, are learnt again. Index, seed and a season that was
   * found are those of before.
   *
   * @param season as in {@link #newSeries}
   * @return null when there is nothing in it that can be read
   */
  public SeriesMemory relearn(SeriesMemory old, int season) {
    if (old.longs.length != SeriesMemory.LONGS + History.LONGS
        || old.longs[SeriesMemory.FORMAT] != SeriesMemory.HISTORY_FORMAT) {
      return null;
    }
    double[] values = History.values(old.longs, SeriesMemory.LONGS, old.doubles, old.floats);
    if (values == null || values.length == 0) {
      return null;
    }
    boolean found = season == LearnerSettings.AUTO && old.longs[SeriesMemory.DETECT] == 1;
    long first = season == LearnerSettings.AUTO ? 1 : season;
    if (found && old.season() >= 1 && old.season() <= settings.exactLimit() / 2) {
      first = old.season();
    }
    SeriesMemory memory = emptied((int) first, season == LearnerSettings.AUTO);
    attach(memory);
    history.seed(History.seed(old.longs, SeriesMemory.LONGS));
    begin(old.count() - values.length);
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return null;
      }
      take(Math.max(-LARGEST, Math.min(LARGEST, value)));
    }
    memory.doubles[layout.raw] = values[values.length - 1];
    memory.longs[SeriesMemory.TIME] = old.longs[SeriesMemory.TIME];
    return memory;
  }

  private MemoryLayout layout(int season) {
    for (int i = 0; i < layouts.size(); i++) {
      if (layouts.get(i).shape.season() == season) {
        return layouts.get(i);
      }
    }
    MemoryLayout layout = new MemoryLayout(settings, experts, hedge, stack, tracker, season);
    layouts.add(layout);
    return layout;
  }

  private void attach(SeriesMemory memory) {
    if (memory.longs[SeriesMemory.LAYOUT] != layoutId) {
      throw new IllegalArgumentException(
          "memory: expected one of a learner with the same settings, got another");
    }
    this.memory = memory;
    int season = (int) memory.longs[SeriesMemory.SEASON];
    if (layout == null || layout.shape.season() != season) {
      layout = layout(season);
    }
    history.attach(
        layout.shape, memory.longs, SeriesMemory.LONGS, memory.doubles, 0, memory.floats, 0);
  }

  /** Everything as it was before the first value, which has the given index. */
  private void begin(long index) {
    Arrays.fill(memory.doubles, 0);
    Arrays.fill(memory.floats, 0);
    memory.longs[SeriesMemory.BEGUN] = index;
    memory.longs[SeriesMemory.WILD] = 0;
    if (stack != null) {
      stack.begin(memory.doubles, layout.stackDoubles);
    }
    tracker.begin(memory.doubles, layout.trackerDoubles, memory.floats, layout.trackerFloats);
    beginSeason(index);
  }

  private void beginSeason(long index) {
    history.begin(index);
    tracker.beginSeason(memory.floats, layout.trackerFloats, layout.shape.season());
    hedge.beginSeason(memory.floats, layout.phaseLosses, layout.shape.season());
    for (int e = 0; e < experts.length; e++) {
      experts[e].begin(layout.shape, slice(e));
    }
  }

  private ExpertMemory slice(int e) {
    return slice.at(memory.doubles, layout.expertDoubles[e], memory.floats, layout.expertFloats[e]);
  }

  /**
   * Takes in the next value of a series.
   *
   * @param time in milliseconds; where values come regularly it tells how many are in a day
   * @throws IllegalArgumentException when the value is not a finite number
   */
  public void observe(SeriesMemory memory, long time, double value) {
    attach(memory);
    observe(time, value, history.age(), 0);
  }

  /**
   * Takes in the newest value of a window, after going past what is missing before it (where the
   * window's {@link Sampling} says that something is): the experts move on by one index for each
   * missing value, so that seasons keep their phase, with the value that was filled in or, where
   * none was, with that of a week or a season before. Such values are never scored, nor is a
   * forecast made at one.
   *
   * @throws IllegalArgumentException when the value is not a finite number
   */
  public void observe(SeriesMemory memory, SequenceWindow window) {
    long passed = passed(memory, window);
    long age = history.age();
    boolean fills = window.gap() == Gap.CARRY || window.gap() == Gap.LINEAR;
    for (long k = 1; k <= passed; k++) {
      int period = Math.max(history.season(), history.shape().week());
      pass(fills ? window.filled(k) : history.lag(1, period));
    }
    if (passed < window.missing()) { // what is under way was meant for other times
      Arrays.fill(
          memory.floats, layout.issued, layout.issued + DelayLine.floats(horizon), Float.NaN);
    }
    observe(window.origin(), window.last(), age, window.interval());
  }

  /**
   * Whether what was learnt is of values as far apart as the window says, or of an unknown spacing.
   * A season of other steps would be another season.
   */
  public boolean isSpacedAs(SeriesMemory memory, SequenceWindow window) {
    attach(memory);
    long known = Spacing.regular(memory.doubles, layout.spacing);
    return window.interval() == 0 || known == 0 || known == window.interval();
  }

  /**
   * How many indices the series goes on by before the window's newest value: what is missing, or a
   * part of it that leaves the phase as it should be where so many are missing that it pays.
   */
  public long passed(SeriesMemory memory, SequenceWindow window) {
    attach(memory);
    long missing = window.missing();
    if (missing == 0 || history.age() == 0) {
      return 0;
    }
    if (missing <= MOST_PASSED) {
      return missing;
    }
    return missing % Math.max(history.season(), history.shape().week());
  }

  /** Goes on to the next index, with a value that nobody has seen. */
  private void pass(double value) {
    history.append(tame(value));
    learnAndMake();
    long t = history.t();
    for (int i = 1; i <= horizon; i++) {
      memory.floats[layout.issued + DelayLine.at(t, i)] = Float.NaN; // no forecast to score
    }
  }

  /**
   * @param before values before, without those just passed
   * @param interval 0 when none is given
   */
  private void observe(long time, double value, long before, long interval) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value: expected a finite number, got " + value);
    }
    if (interval > 0) {
      Spacing.set(memory.doubles, layout.spacing, interval);
    } else if (before > 0) {
      long step = time - memory.longs[SeriesMemory.TIME];
      Spacing.observe(memory.doubles, layout.spacing, step, before);
    }
    double tamed = tame(value);
    if (history.age() >= CALM_VALUES && isCalm(tamed)) {
      learnAnew();
    }
    take(tamed);
    if (!isSound()) {
      restarts++;
      begin(history.t());
      take(tamed);
    }
    memory.doubles[layout.raw] = value;
    memory.longs[SeriesMemory.WILD] = tamed == value ? 0 : 1;
    memory.longs[SeriesMemory.TIME] = time;
    if (memory.longs[SeriesMemory.DETECT] == 1
        && SeasonDetector.isDue(Math.min(before, history.age() - 1), history.age())) {
      detectSeason();
    }
  }

  /**
   * Whether the forecast just made is one. No value leads to another, but a memory that was broken
   * elsewhere may hold NaN, which would stay in it for ever.
   */
  private boolean isSound() {
    long t = history.t();
    boolean sound = true;
    for (int i = 1; i <= horizon; i++) {
      sound &= Float.isFinite(memory.floats[layout.issued + DelayLine.at(t, i)]);
      for (int k = 0; k < levels; k++) {
        double lower = tracker.end(memory.floats, layout.trackerFloats, t, i, k, false);
        double upper = tracker.end(memory.floats, layout.trackerFloats, t, i, k, true);
        sound &= Double.isFinite(lower) && Double.isFinite(upper);
      }
    }
    return sound;
  }

  private double tame(double value) {
    double tamed = Math.max(-LARGEST, Math.min(LARGEST, value));
    double deviation = history.deviation();
    if (history.age() >= WILD_AFTER && history.isUsable(deviation)) {
      double most = WILD_DEVIATIONS * deviation;
      tamed = Math.max(history.mean() - most, Math.min(history.mean() + most, tamed));
    }
    return tamed;
  }

  /** Whether the newest values, with this one, hardly move on the scale that was learnt. */
  private boolean isCalm(double value) {
    double most = CALM * history.deviation();
    double low = value;
    double high = value;
    for (int i = 0; i < CALM_VALUES; i++) { // ends at once while the series is not calm
      double other = history.at(history.t() - i);
      low = Math.min(low, other);
      high = Math.max(high, other);
      if (high - low >= most) {
        return false;
      }
    }
    return high - low > Math.max(1e-9 * Math.max(Math.abs(low), Math.abs(high)), 1e-25);
  }

  /** Begins with the newest values as the first. */
  private void learnAnew() {
    double[] values = new double[CALM_VALUES];
    long first = history.t() - CALM_VALUES + 1;
    for (int i = 0; i < CALM_VALUES; i++) {
      values[i] = history.at(first + i);
    }
    begin(first);
    for (double value : values) {
      take(value);
    }
  }

  private void take(double value) {
    long t = history.t() + 1;
    long begun = memory.longs[SeriesMemory.BEGUN];
    for (int i = 1; i <= horizon && t - i >= begun && history.has(t - i); i++) {
      if (!Float.isNaN(memory.floats[layout.issued + DelayLine.at(t - i, i)])) {
        score(t, i, value);
      }
    }
    history.append(value);
    learnAndMake();
    for (int e = 0; e < experts.length; e++) {
      keep(e, t, value);
    }
    int known = known();
    for (int i = 1; i <= horizon; i++) {
      mix(t, i, value, known);
    }
  }

  /** The last step of those, from the first on, that have had an error. */
  private int known() {
    int known = 0;
    while (known < horizon && counted(known + 1) > 0) {
      known++;
    }
    return known;
  }

  private long counted(int i) {
    return (long) memory.doubles[layout.scores + (3 + levels) * horizon + i - 1];
  }

  private void learnAndMake() {
    double newest = history.newest();
    for (int e = 0; e < experts.length; e++) {
      if (e == firstCorrector) {
        fillMean();
      }
      experts[e].observe(history, slice(e));
      double[] out = made[e];
      if (experts[e] instanceof Corrector corrector) {
        corrector.correct(history, slice(e), mean, out);
      } else {
        experts[e].forecast(history, slice(e), out);
      }
      boolean sound = true;
      for (int i = 0; i < horizon; i++) {
        sound &= Double.isFinite(out[i]);
        if (!(Math.abs(out[i]) <= 4 * LARGEST)) {
          out[i] = newest;
        }
      }
      if (!sound) {
        restart(e);
      }
    }
  }

  /** Lets one expert forget a memory that it can't make a forecast of. */
  private void restart(int e) {
    restarts++;
    boolean last = e == experts.length - 1;
    int doublesEnd = last ? layout.doubles : layout.expertDoubles[e + 1];
    int floatsEnd = last ? layout.floats : layout.expertFloats[e + 1];
    Arrays.fill(memory.doubles, layout.expertDoubles[e], doublesEnd, 0);
    Arrays.fill(memory.floats, layout.expertFloats[e], floatsEnd, 0);
    experts[e].begin(layout.shape, slice(e));
  }

  private void fillMean() {
    // when a new season is learnt from the past again, as little as was known then
    int known = (int) Math.min(known(), history.t() - memory.longs[SeriesMemory.BEGUN]);
    for (int i = 1; i <= horizon; i++) {
      weigh(Math.min(i, known), history.t() + i, firstCorrector);
      mean[i - 1] = 0;
      for (int e = 0; e < firstCorrector; e++) {
        mean[i - 1] += weights[e] * made[e][i - 1];
      }
    }
  }

  private void keep(int e, long t, double anchor) {
    float[] floats = memory.floats;
    int at = layout.said[e];
    if (flat[e]) {
      floats[at + (int) (t % horizon)] = (float) (made[e][0] - anchor);
      return;
    }
    for (int i = 1; i <= horizon; i++) {
      floats[at + DelayLine.at(t, i)] = (float) (made[e][i - 1] - anchor);
    }
  }

  /** What expert e said at {@code t} for step i, relative to the value at t. */
  private double said(int e, long t, int i) {
    int place = flat[e] ? (int) (t % horizon) : DelayLine.at(t, i);
    return memory.floats[layout.said[e] + place];
  }

  /** Learns from the value at t about the forecast of step i made at t - i. */
  private void score(long t, int i, double value) {
    float[] floats = memory.floats;
    double[] doubles = memory.doubles;
    long origin = t - i;
    double anchor = history.at(origin);
    double truth = value - anchor;
    int losses = layout.losses + (i - 1) * experts.length;
    for (int e = 0; e < experts.length; e++) {
      said[e] = said(e, origin, i);
    }
    int season = layout.shape.season();
    hedge.learn(floats, losses, layout.phaseLosses, season, t, said, truth);
    int place = DelayLine.at(origin, i);
    double mean = floats[layout.mean + place];
    if (stack != null) {
      boolean usable = history.isUsable(doubles[layout.stackDoubles + i - 1]);
      stack.learn(doubles, layout.stackDoubles, i, said, mean, truth, usable);
      int finals = layout.finalLosses + 2 * (i - 1);
      finalSaid[0] = mean;
      finalSaid[1] = floats[layout.corrected + place];
      finalHedge.learn(floats, finals, 2, finalSaid, truth);
    }
    double error = truth - floats[layout.issued + place];
    count(origin, i, truth, error);
    tracker.learn(
        doubles,
        layout.trackerDoubles,
        floats,
        layout.trackerFloats,
        t,
        i,
        layout.shape.season(),
        error,
        counted(i));
  }

  private void count(long origin, int i, double truth, double error) {
    double[] doubles = memory.doubles;
    int at = layout.scores + i - 1;
    doubles[at] += Math.abs(error);
    doubles[at + horizon] += Math.abs(truth);
    int season = layout.shape.season();
    long before = origin + i - (long) season * ((i + season - 1) / season);
    double seasonal =
        season > 1 && history.has(before) ? history.at(before) - history.at(origin) : 0;
    doubles[at + 2 * horizon] += Math.abs(truth - seasonal);
    for (int k = 0; k < levels; k++) {
      double lower = tracker.end(memory.floats, layout.trackerFloats, origin, i, k, false);
      double upper = tracker.end(memory.floats, layout.trackerFloats, origin, i, k, true);
      if (error >= lower && error <= upper) {
        doubles[at + (3 + k) * horizon]++;
      }
    }
    doubles[at + (3 + levels) * horizon]++;
  }

  /** Makes the forecast of step i; {@code known} is the last step that has had an error. */
  private void mix(long t, int i, double anchor, int known) {
    float[] floats = memory.floats;
    weigh(Math.min(i, known), t + i, experts.length);
    double mean = 0;
    for (int e = 0; e < experts.length; e++) {
      said[e] = made[e][i - 1] - anchor;
      mean += weights[e] * said[e];
    }
    int place = DelayLine.at(t, i);
    double result = mean;
    floats[layout.mean + place] = (float) mean;
    if (stack != null) {
      double corrected = stack.forecast(memory.doubles, layout.stackDoubles, i, said, mean);
      floats[layout.corrected + place] = (float) corrected;
      if (i <= known) {
        finalHedge.weigh(floats, layout.finalLosses + 2 * (i - 1), 2, finalWeights);
        result = finalWeights[0] * mean + finalWeights[1] * corrected;
      }
    }
    floats[layout.issued + place] = (float) result;
    double disagreement = 0;
    for (int e = 0; e < experts.length; e++) {
      disagreement += Math.abs(said[e] - result);
    }
    tracker.issue(
        memory.doubles,
        layout.trackerDoubles,
        floats,
        layout.trackerFloats,
        t,
        i,
        layout.shape.season(),
        disagreement / experts.length,
        known);
  }

  private void weigh(int step, long index, int count) {
    if (step <= 0) {
      Arrays.fill(weights, 0, count, 1.0 / count);
    } else {
      hedge.weigh(
          memory.floats,
          layout.losses + (step - 1) * experts.length,
          layout.phaseLosses,
          layout.shape.season(),
          index,
          count,
          weights);
    }
  }

  private void detectSeason() {
    double[] values = history.values();
    int[] calendar = Spacing.calendar(Spacing.regular(memory.doubles, layout.spacing));
    int season = detector.detect(values, values.length, layout.shape.season(), calendar);
    if (season != layout.shape.season() && 2 * season + horizon + 4 <= settings.exactLimit()) {
      changeSeason(season);
    }
  }

  /** Keeps what was learnt of the mixture, and lets the experts learn the past again. */
  private void changeSeason(int season) {
    double[] values = history.values();
    long first = history.t() - values.length + 1;
    SeriesMemory old = new SeriesMemory(memory.longs, memory.doubles, memory.floats);
    MemoryLayout before = layout;
    MemoryLayout after = layout(season);
    memory.doubles = new double[after.doubles];
    memory.floats = new float[after.floats];
    after.copyMixture(old, before, memory);
    memory.longs[SeriesMemory.SEASON] = season;
    attach(memory);
    beginSeason(first);
    for (double value : values) {
      history.append(value);
      learnAndMake();
    }
    long t = history.t();
    for (int e = 0; e < experts.length; e++) {
      keep(e, t, history.newest());
    }
    int known = known();
    for (int i = 1; i <= horizon; i++) {
      mix(t, i, history.newest(), known);
    }
  }

  /**
   * The forecast made at the newest value. Before the first value: zeros.
   *
   * @param values (horizon); overwritten
   * @param lower (levels, horizon), lower ends of each level's interval; or null
   * @param upper as lower
   */
  public void forecast(SeriesMemory memory, double[] values, double[][] lower, double[][] upper) {
    attach(memory);
    long t = history.t();
    boolean wild = memory.longs[SeriesMemory.WILD] == 1;
    double anchor = memory.doubles[layout.raw];
    for (int i = 1; i <= horizon; i++) {
      boolean known = history.age() > 0;
      double value =
          anchor + (known && !wild ? memory.floats[layout.issued + DelayLine.at(t, i)] : 0);
      values[i - 1] = value;
      for (int k = 0; k < levels; k++) {
        if (lower != null) {
          lower[k][i - 1] =
              known
                  ? bounded(
                      value + tracker.end(memory.floats, layout.trackerFloats, t, i, k, false))
                  : 0;
        }
        if (upper != null) {
          upper[k][i - 1] =
              known
                  ? bounded(value + tracker.end(memory.floats, layout.trackerFloats, t, i, k, true))
                  : 0;
        }
      }
    }
  }

  private static double bounded(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }

  /** Updates of networks left out so far, for all series: see {@link Expert#skippedUpdates}. */
  public long skippedUpdates() {
    long sum = 0;
    for (Expert expert : experts) {
      sum += expert.skippedUpdates();
    }
    return sum;
  }

  /** How often a series or an expert of it was begun anew because its memory held no numbers. */
  public long restarts() {
    return restarts;
  }

  /** The newest forecast of one expert alone, for step i from 1. */
  public double expertForecast(SeriesMemory memory, int e, int i) {
    attach(memory);
    return history.newest() + said(e, history.t(), i);
  }

  /** The share of an expert in the weighted mean of step i, within [0, 1]. */
  public double share(SeriesMemory memory, int e, int i) {
    attach(memory);
    weigh(Math.min(i, known()), history.t() + i, experts.length);
    return weights[e];
  }

  /** The share of the stacked regression in the forecast of step i; 0 without one. */
  public double stackShare(SeriesMemory memory, int i) {
    attach(memory);
    if (stack == null || scored(memory, i) == 0) {
      return 0;
    }
    finalHedge.weigh(memory.floats, layout.finalLosses + 2 * (i - 1), 2, finalWeights);
    return finalWeights[1];
  }

  /** The running error of an expert at step i, about 50 values deep. */
  public double runningError(SeriesMemory memory, int e, int i) {
    attach(memory);
    long matured = scored(memory, i);
    double loss = memory.floats[layout.losses + (i - 1) * experts.length + e];
    return matured == 0 ? 0 : loss / (1 - Math.pow(settings.discount(), matured));
  }

  /** Forecasts of step i that have met their truth. */
  public long scored(SeriesMemory memory, int i) {
    attach(memory);
    return counted(i);
  }

  /** Our mean absolute error at step i since the series began; NaN before the first. */
  public double meanError(SeriesMemory memory, int i) {
    return score(memory, 0, i);
  }

  /** The same of "repeat the newest value". */
  public double naiveError(SeriesMemory memory, int i) {
    return score(memory, 1, i);
  }

  /** The same of "repeat the value of a season ago". */
  public double seasonalNaiveError(SeriesMemory memory, int i) {
    return score(memory, 2, i);
  }

  /** The share of truths at step i within the interval of a level, by its number from 0. */
  public double coverage(SeriesMemory memory, int level, int i) {
    return score(memory, 3 + level, i);
  }

  private double score(SeriesMemory memory, int row, int i) {
    attach(memory);
    long scored = scored(memory, i);
    return scored == 0
        ? Double.NaN
        : memory.doubles[layout.scores + row * horizon + i - 1] / scored;
  }
}
