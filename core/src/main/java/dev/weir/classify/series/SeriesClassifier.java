package dev.weir.classify.series;

import dev.weir.classify.Probabilities;
import dev.weir.classify.series.ClassContext.Counted;
import dev.weir.classify.series.ClassState.EarlyLabel;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * All that a task does to classify series, whatever engine it runs in: cuts each into windows, has
 * each window classified by the model and by what was learned of the series, learns from labels,
 * which come when they come, and forgets a series that is silent for too long. The engine is a
 * {@link ClassContext}.
 *
 * <p>Keeps no series' state itself. One instance for each task; not thread-safe.
 */
public final class SeriesClassifier {

  /** Labels of a series that came before their window, at most. */
  static final int MAX_EARLY = 10_000;

  private final ClassifySettings settings;
  private final ClassContext context;
  private final SeriesLearner learner;
  private final int channels;
  private final long half; // of a ttl, rounded up; 0 without one

  private float[] window = {};

  /**
   * @throws ModelFormatException if the initial model is no classifier
   * @throws IllegalArgumentException if the initial model does not fit
   */
  public SeriesClassifier(ClassifySettings settings, ClassContext context)
      throws ModelFormatException {
    this.settings = settings;
    this.context = context;
    this.channels = settings.channels();
    this.half = (settings.ttl().toMillis() + 1) / 2;
    this.learner = new SeriesLearner(settings);
  }

  /** Bytes of a series that has classified its first window, without what it reads of a model. */
  public static int seriesBytes(ClassifySettings settings) {
    try {
      SeriesClassifier classifier = new SeriesClassifier(settings.withoutModel(), null);
      return classifier.newState().bytes() + classifier.learner.bytes();
    } catch (ModelFormatException e) {
      throw new IllegalStateException("without a model nothing is read", e);
    }
  }

  /** Names of the methods that are mixed; empty where nothing is learned. */
  public List<String> methods() {
    return learner.methods();
  }

  /** The model to use from now on; null: the initial one. */
  public void use(ClassifierModel published) throws ModelFormatException {
    learner.use(published);
  }

  /** Version of the model in use; -1 without one. */
  public long modelVersion() {
    return learner.modelVersion();
  }

  /** What is remembered of a series that has no observations yet. */
  public ClassState newState() {
    ClassState state =
        new ClassState(settings.seqLen(), channels, settings.maxClasses(), settings.waiting());
    state.names.addAll(settings.classes());
    return state;
  }

  /**
   * Whether a restored state is one of these settings. One of others can't be used: the series
   * starts again.
   */
  public boolean fits(ClassState state) {
    return state.fits(settings);
  }

  /** Whether so much time between two observations of a series makes it start again. */
  public boolean isSilence(ClassState state, long time) {
    return half > 0
        && state.lastTime != Long.MIN_VALUE
        && time - state.lastTime > settings.ttl().toMillis();
  }

  /** Takes in the next observation of a series and classifies the windows that it ends. */
  public void observe(ClassState state, Observation observation, SourceRecord source) {
    long time = observation.time();
    WindowRule rule = settings.rule();
    if (time <= state.lastTime || isOfEndedWindow(state, time)) {
      late(state, observation, source);
      return;
    }
    if (state.size > 0 && rule.endsBefore(state.windowFirst, state.lastTime, time)) {
      close(observation.series(), state, rule.lastTime(state.windowFirst, state.lastTime));
    }
    if (half > 0 && Math.floorDiv(time, half) != Math.floorDiv(state.lastTime, half)) {
      wakeAfter(time);
    }
    append(state, observation);
    if (observation.label() != null) {
      hold(state, observation, source);
    }
    if (rule.kind() == WindowRule.Kind.SESSION && observation.endsWindow()) {
      close(observation.series(), state, time);
    } else if (!rule.isByCount()) {
      if (state.size == 1) { // it may grow: then it is woken again
        context.wakeAt(rule.lastTime(time, time) + 1);
      }
    } else if (state.sinceWindow >= settings.stride()) {
      classify(observation.series(), state, nextFirstTime(state), time);
    }
  }

  /** Event time may have ended a window before all of its observations came. */
  private boolean isOfEndedWindow(ClassState state, long time) {
    return !settings.rule().isByCount()
        && state.windows > 0
        && time <= state.lastTimes[state.place(0)];
  }

  /** Wants to find out whether the series has been silent for a ttl since. */
  private void wakeAfter(long time) {
    context.wakeAt((Math.floorDiv(time, half) + 3) * half);
  }

  private void late(ClassState state, Observation observation, SourceRecord source) {
    int newest = Math.floorMod(state.next - 1, settings.seqLen()) * channels;
    boolean isSame =
        observation.time() == state.lastTime // also the one that has just ended a session
            && state.rows[newest] == (float) observation.value();
    for (int f = 0; f + 1 < channels && isSame; f++) {
      isSame = state.rows[newest + 1 + f] == (float) observation.features()[f];
    }
    if (isSame) {
      context.count(Counted.DUPLICATE);
      return;
    }
    String message =
        "time: expected after %s, which series %s has reached, got %s"
            .formatted(
                Instant.ofEpochMilli(
                    isOfEndedWindow(state, observation.time())
                        ? state.lastTimes[state.place(0)]
                        : state.lastTime),
                observation.series(),
                Instant.ofEpochMilli(observation.time()));
    context.collect(new DeadLetter(Reason.LATE, message, source));
  }

  private void append(ClassState state, Observation observation) {
    int at = state.next * channels;
    state.times[state.next] = observation.time();
    state.rows[at] = finite(observation.value());
    for (int f = 0; f + 1 < channels; f++) {
      state.rows[at + 1 + f] = finite(observation.features()[f]);
    }
    if (state.size == 0) {
      state.windowFirst = observation.time();
    }
    state.next = (state.next + 1) % settings.seqLen();
    state.size = Math.min(state.size + 1, settings.seqLen());
    state.sinceWindow++;
    state.lastTime = observation.time();
    learner.observed(state, at);
  }

  /** A double beyond the range of floats counts as the largest of them. */
  static float finite(double value) {
    return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
  }

  /** By count a window owns the times after those of the one before. */
  private static long nextFirstTime(ClassState state) {
    return state.windows == 0 ? state.firstTime() : state.lastTimes[state.place(0)] + 1;
  }

  /**
   * A window by time or by session is over.
   *
   * @param last the last time that belongs to it
   */
  private void close(String series, ClassState state, long last) {
    classify(series, state, settings.rule().firstTime(state.windowFirst), last);
    state.size = 0;
  }

  /**
   * An observation says the class of its window, which is learned once the window was classified.
   * Of several in a window the newest counts.
   */
  private void hold(ClassState state, Observation observation, SourceRecord source) {
    addClasses(state);
    LabelEvent event =
        new LabelEvent(observation.series(), observation.time(), observation.label(), source);
    if (isRefused(state, event)) {
      return;
    }
    long first =
        settings.rule().isByCount()
            ? nextFirstTime(state)
            : settings.rule().firstTime(state.windowFirst);
    int end = state.early.size();
    while (end > 0 && state.early.get(end - 1).time() > event.time()) {
      end--;
    }
    int from = end;
    while (from > 0 && state.early.get(from - 1).time() >= first) {
      from--;
    }
    state.early.subList(from, end).clear();
    state.early.add(from, new EarlyLabel(event.time(), event.label(), source.timestamp()));
  }

  /** Refuses a label of a class that may not be. */
  private boolean isRefused(ClassState state, LabelEvent event) {
    if (state.names.contains(event.label()) || mayAdd(state)) {
      return false;
    }
    refuse(
        event, "label: expected one of %s, got %s".formatted(state.names, quoted(event.label())));
    return true;
  }

  /** The series is to be forgotten: classifies the window that is open, by time or by session. */
  public void end(String series, ClassState state) {
    WindowRule rule = settings.rule();
    if (!rule.isByCount() && state.size > 0) {
      close(series, state, rule.lastTime(state.windowFirst, state.lastTime));
    }
  }

  /**
   * Event time has come to where a series wanted to be woken.
   *
   * @return whether the series is to be kept; else all that is known of it is to be dropped
   */
  public boolean wake(String series, ClassState state, long timestamp) {
    WindowRule rule = settings.rule();
    if (!rule.isByCount() && state.size > 0) {
      long end = rule.lastTime(state.windowFirst, state.lastTime);
      if (end < timestamp) {
        close(series, state, end);
      } else {
        context.wakeAt(end + 1);
      }
    }
    boolean isSilent =
        half > 0
            && context.watermark() != Long.MAX_VALUE // the end of the input is no silence
            && timestamp - Math.max(0, state.lastTime) > settings.ttl().toMillis();
    if (isSilent) {
      end(series, state);
      context.count(Counted.EXPIRED);
    }
    return !isSilent;
  }

  /** Classifies the window as it is, which owns the labels of some times. */
  private void classify(String series, ClassState state, long firstTime, long lastTime) {
    int length = state.size * channels;
    if (window.length != length) {
      window = new float[length]; // the network wants just that length
    }
    int oldest = Math.floorMod(state.next - state.size, settings.seqLen());
    int upTo = Math.min(state.size, settings.seqLen() - oldest) * channels;
    System.arraycopy(state.rows, oldest * channels, window, 0, upTo);
    System.arraycopy(state.rows, 0, window, upTo, length - upTo);
    addClasses(state);
    double[] probabilities = learner.classify(state, window);
    remember(state, firstTime, lastTime, probabilities);
    state.sinceWindow = 0;
    context.collect(classification(series, state, probabilities));
    learnEarly(state, firstTime, lastTime);
  }

  private void remember(ClassState state, long firstTime, long lastTime, double[] probabilities) {
    int place = state.nextWindow;
    if (state.ends[place] != ClassState.LABELLED) {
      context.count(Counted.UNLABELLED); // the learner gives it up too
    }
    state.firstTimes[place] = firstTime;
    state.lastTimes[place] = lastTime;
    state.ends[place] = state.lastTime;
    int at = place * settings.maxClasses();
    for (int k = 0; k < settings.maxClasses(); k++) {
      state.said[at + k] = (float) probabilities[k];
    }
    state.nextWindow = (place + 1) % settings.waiting();
    state.windows = Math.min(settings.waiting(), state.windows + 1);
  }

  /** A sum of rounded numbers may be a little above 1, a probability may not. */
  private static double[] said(double[] probabilities, int known) {
    double[] said = Arrays.copyOf(probabilities, known);
    for (int k = 0; k < known; k++) {
      said[k] = Math.min(1, said[k]);
    }
    return said;
  }

  private Classification classification(String series, ClassState state, double[] probabilities) {
    int known = state.names.size();
    int best = Probabilities.largest(probabilities);
    boolean isFull = state.size == settings.seqLen() || !settings.rule().isByCount();
    Status status =
        known == 0
            ? Status.UNKNOWN
            : settings.model() != null && !learner.hasModel()
                ? Status.FALLBACK
                : isFull ? Status.OK : Status.WARMUP;
    return new Classification(
        series,
        state.firstTime(),
        state.lastTime,
        state.size,
        known == 0 ? "" : state.names.get(best),
        state.names,
        said(probabilities, known),
        settings.model() == null ? "" : settings.model(),
        modelVersion(),
        state.labels,
        state.scored == 0 ? Double.NaN : (double) state.right / state.scored,
        state.scored == 0 ? Double.NaN : state.lossSum / state.scored,
        status);
  }

  /**
   * Takes in a label: of a window that waits for it, or of one that is still to come.
   *
   * @return whether it could be taken; else there is a dead letter
   */
  public boolean label(ClassState state, LabelEvent event) {
    addClasses(state);
    if (isRefused(state, event)) {
      return false;
    }
    long time = event.time();
    if (state.windows == 0 || time > state.lastTimes[state.place(0)]) {
      if (state.early.size() >= MAX_EARLY) {
        refuse(event, "time: expected one of a window that there is, got " + instant(time));
        return false;
      }
      if (half > 0 && state.lastTime == Long.MIN_VALUE) { // of a series that may never come
        wakeAfter(Math.max(time, context.watermark()));
      }
      int at = state.early.size();
      while (at > 0 && state.early.get(at - 1).time() > time) {
        at--;
      }
      state.early.add(at, new EarlyLabel(time, event.label(), event.source().timestamp()));
      return true;
    }
    int age = age(state, time);
    if (age < 0) {
      refuse(
          event,
          "time: expected one of the %d newest windows of series %s, got %s"
              .formatted(state.windows, event.series(), instant(time)));
      return false;
    }
    learn(state, age, event.label(), event.source().timestamp());
    return true;
  }

  /** A job may name further classes than it did when the series was saved. */
  private void addClasses(ClassState state) {
    for (String name : settings.classes()) {
      if (!state.names.contains(name) && state.names.size() < settings.maxClasses()) {
        state.names.add(name);
      }
    }
  }

  private boolean mayAdd(ClassState state) {
    return settings.classes().isEmpty() && state.names.size() < settings.maxClasses();
  }

  private static String quoted(String label) {
    return label.replaceAll("[^\\x20-\\x7e]", ".");
  }

  private static String instant(long time) {
    return Instant.ofEpochMilli(time).toString();
  }

  private void refuse(LabelEvent event, String message) {
    context.collect(new DeadLetter(Reason.LABEL, message, event.source()));
  }

  /** How many windows came after the one that a time belongs to; -1 if it belongs to none. */
  private static int age(ClassState state, long time) {
    int low = 0;
    int high = state.windows - 1;
    while (low <= high) { // newer windows have later times
      int age = (low + high) >>> 1;
      int place = state.place(age);
      if (time > state.lastTimes[place]) {
        high = age - 1;
      } else if (time < state.firstTimes[place]) {
        low = age + 1;
      } else {
        return age;
      }
    }
    return -1;
  }

  /** The newest window is there: learns its label if it has come already. */
  private void learnEarly(ClassState state, long firstTime, long lastTime) {
    while (!state.early.isEmpty() && state.early.get(0).time() <= lastTime) {
      EarlyLabel label = state.early.remove(0);
      if (label.time() < firstTime || !(state.names.contains(label.label()) || mayAdd(state))) {
        context.count(Counted.UNUSED_LABEL);
      } else {
        learn(state, 0, label.label(), label.recordTime());
      }
    }
  }

  private void learn(ClassState state, int age, String label, long recordTime) {
    int place = state.place(age);
    if (state.ends[place] == ClassState.LABELLED) {
      context.count(Counted.REPEATED_LABEL);
      return;
    }
    int index = state.names.indexOf(label);
    if (index < 0) {
      index = state.names.size();
      state.names.add(label);
    }
    long delay = recordTime < 0 ? -1 : Math.max(0, recordTime - state.ends[place]);
    state.ends[place] = ClassState.LABELLED;
    score(state, place, index, delay);
    learner.learn(state, age, index);
  }

  private void score(ClassState state, int place, int label, long delay) {
    int at = place * settings.maxClasses();
    int best = 0;
    for (int k = 1; k < settings.maxClasses(); k++) {
      if (state.said[at + k] > state.said[at + best]) {
        best = k;
      }
    }
    state.labels++;
    if (state.said[at + best] == 0f) {
      return; // no class was known
    }
    boolean isRight = best == label;
    double loss = -Math.log(Math.max(Probabilities.LEAST, state.said[at + label]));
    state.scored++;
    state.right += isRight ? 1 : 0;
    state.lossSum += loss;
    context.labelled(isRight, loss, delay);
  }
}
