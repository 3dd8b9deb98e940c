package dev.weir.classify;

import dev.weir.classify.ClassResult.Labelled;
import dev.weir.classify.ClassState.Mark;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.SeriesEngine;
import dev.weir.forecast.window.SeriesOrder;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.SeriesState;
import dev.weir.forecast.window.Windows;
import dev.weir.forecast.window.Windows.Outcome;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Classifies series, independent of the engine that runs it: cuts each into windows, classifies
 * each window by the model and by what was learned of the series, learns from labels, which may
 * come at any time, and forgets a series that is silent for too long. A call changes the given
 * state of a series and returns one reused {@link ClassResult}.
 *
 * <p>Keeps no series' state itself. One instance for each task; not thread-safe.
 */
public final class SeriesClassifier
    extends SeriesEngine<ClassState, SeriesState<ClassState>, ClassResult> {

  /** Labels of a series that came before their window, at most. */
  static final int MAX_EARLY = 10_000;

  private final ClassifySettings settings;
  private final ClassifySettings.Learning learning;
  private final LongSupplier clock;
  private final SeriesLearner learner;
  private final int channels;
  private final float[] row; // (channels)

  private float[] window = {};

  /**
   * @param clock the machine's, milliseconds since 1970
   * @throws ModelFormatException if the initial model is no classifier
   * @throws IllegalArgumentException if the initial model does not fit
   */
  public SeriesClassifier(ClassifySettings settings, LongSupplier clock)
      throws ModelFormatException {
    super(
        new Windows(settings.seqLen(), settings.stride(), settings.channels() - 1),
        new SeriesOrder(settings.limits().ttl(), clock),
        settings.outOfOrderness().isZero(),
        new ClassResult());
    this.settings = settings;
    this.learning = settings.learning();
    this.clock = clock;
    this.channels = settings.channels();
    this.row = new float[channels];
    this.learner = new SeriesLearner(settings);
  }

  /**
   * Bytes of a series that has classified its first window, without what it reads of a model.
   *
   * @param classes of the series
   * @param waiting windows that wait for their label
   */
  public static int seriesBytes(ClassifySettings settings, int classes, int waiting) {
    try {
      SeriesClassifier classifier = new SeriesClassifier(settings.withoutModel(), () -> 0);
      return classifier.newState().bytes()
          + Float.BYTES * waiting * classes
          + classifier.learner.bytes(classes, waiting);
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

  @Override
  public ClassState newState() {
    ClassState state =
        new ClassState(settings.seqLen(), channels, learning.maxClasses(), learning.waiting());
    state.names.addAll(learning.classes());
    return state;
  }

  /** Of a state with other settings only observations and waiting labels can be used. */
  @Override
  protected ClassState fit(ClassState existing) {
    if (existing.fits(settings)) {
      return existing;
    }
    ClassState state = windows.fit(existing, newState());
    state.early.addAll(existing.early);
    state.marks.addAll(existing.features() == state.features() ? existing.marks : List.of());
    return state;
  }

  /**
   * Takes in the next observation of a series and classifies the windows that it ends. To be called
   * again while the result {@link ClassResult#hasMore}.
   *
   * @param source the record that brought it
   * @param watermark event time, milliseconds since 1970; {@link Long#MAX_VALUE} once the input has
   *     ended
   */
  public ClassResult observe(
      SeriesState<ClassState> kept, Observation observation, SourceRecord source, long watermark)
      throws IOException {
    result.clear();
    Outcome outcome = take(kept, observation, source, watermark);
    if (outcome == Outcome.PENDING || outcome == Outcome.CORRECTED) {
      mark(kept.times(), observation, source);
    }
    return result;
  }

  /** Keeps the label of a pending observation, in place of one that it corrects. */
  private void mark(ClassState state, Observation observation, SourceRecord source) {
    String label = observation.label();
    if (label != null) {
      addClasses(state);
      label = isRefused(state, label, source) ? null : label;
    }
    long time = observation.time();
    if (label != null) {
      ClassState.put(state.marks, time, new Mark(time, label, source.timestamp()));
    } else {
      state.marks.removeIf(mark -> mark.time() == time);
    }
  }

  @Override
  protected void advance(
      String series, SeriesState<ClassState> kept, ClassState state, Arrival arrival) {
    if (arrival.goesBack()) {
      goBack(state, arrival.time());
    }
    append(state, arrival);
    read(state, state.size() - 1, row, 0);
    learner.observed(state, row);
    if (arrival.observation() == null) {
      takeMark(state);
    } else {
      takeLabel(state, arrival.observation(), arrival.source());
    }
    if (windows.isDue(state)) {
      classify(series, state);
    }
  }

  /** The series goes on at an earlier time: labels from then on are of windows to come. */
  private static void goBack(ClassState state, long time) {
    for (int age = 0; age < state.windows; age++) {
      int place = state.place(age);
      if (state.lastTimes[place] >= time) {
        state.firstTimes[place] = time; // of no time at all
        state.lastTimes[place] = time - 1;
      }
    }
  }

  /** Takes the label of an observation that was pending. */
  private static void takeMark(ClassState state) {
    while (!state.marks.isEmpty() && state.marks.get(0).time() <= state.lastTime()) {
      hold(state, state.marks.remove(0));
    }
  }

  /** Takes the label of the observation of this call. */
  private void takeLabel(ClassState state, Observation observation, SourceRecord source) {
    String label = observation.label();
    if (label != null) {
      addClasses(state);
      if (!isRefused(state, label, source)) {
        hold(state, new Mark(observation.time(), label, source.timestamp()));
      }
    }
  }

  /** Copies an observation, 0 being the oldest that is kept. */
  private void read(ClassState state, int index, float[] to, int at) {
    to[at] = finite(state.value(index));
    for (int f = 0; f + 1 < channels; f++) {
      to[at + 1 + f] = finite(state.feature(index, f));
    }
  }

  /** A double beyond the range of floats counts as the largest of them. */
  static float finite(double value) {
    return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
  }

  /** A window owns the times after those of the one before. */
  private static long nextFirstTime(ClassState state) {
    return state.windows == 0 ? state.time(0) : state.lastTimes[state.place(0)] + 1;
  }

  /** Keeps the label of a window until the window is classified; the newest of several counts. */
  private static void hold(ClassState state, Mark label) {
    ClassState.put(state.early, nextFirstTime(state), label);
  }

  private boolean isRefused(ClassState state, String label, SourceRecord source) {
    if (state.names.contains(label) || mayAdd(state)) {
      return false;
    }
    refuse(source, "label: expected one of %s, got %s".formatted(state.names, quoted(label)));
    return true;
  }

  @Override
  protected void silence(
      String series, SeriesState<ClassState> kept, ClassState state, boolean isOver) {
    result.count(Counted.UNUSED_LABEL, isOver ? state.early.size() : 0);
  }

  /** Classifies the current window. */
  private void classify(String series, ClassState state) {
    long firstTime = nextFirstTime(state);
    long lastTime = state.lastTime();
    int size = state.size();
    if (window.length != size * channels) {
      window = new float[size * channels]; // the network expects exactly that length
    }
    for (int i = 0; i < size; i++) {
      read(state, i, window, i * channels);
    }
    addClasses(state);
    double[] probabilities = learner.classify(state, window);
    remember(state, firstTime, lastTime, probabilities);
    result.add(classification(series, state, probabilities));
    learnEarly(state, firstTime, lastTime);
  }

  private void remember(ClassState state, long firstTime, long lastTime, double[] probabilities) {
    int place = state.nextWindow;
    if (!state.isLabelled(place)) {
      result.count(Counted.UNLABELLED, 1); // the learner gives it up too
    }
    state.firstTimes[place] = firstTime;
    state.lastTimes[place] = lastTime;
    state.ends[place] = state.lastTime();
    state.nextWindow = (place + 1) % learning.waiting();
    state.windows = Math.min(learning.waiting(), state.windows + 1);
    state.addProbabilities(probabilities);
  }

  /** A sum of rounded numbers may be a little above 1, a probability may not. */
  private static double[] clipped(double[] probabilities, int classCount) {
    double[] clipped = Arrays.copyOf(probabilities, classCount);
    for (int k = 0; k < classCount; k++) {
      clipped[k] = Math.min(1, clipped[k]);
    }
    return clipped;
  }

  private Classification classification(String series, ClassState state, double[] probabilities) {
    int classCount = state.names.size();
    int best = Probabilities.largest(probabilities);
    Status status =
        classCount == 0
            ? Status.UNKNOWN
            : settings.model() != null && !learner.hasModel()
                ? Status.FALLBACK
                : state.size() == settings.seqLen() ? Status.OK : Status.WARMUP;
    return new Classification(
        series,
        state.time(0),
        state.lastTime(),
        state.size(),
        classCount == 0 ? "" : state.names.get(best),
        state.names,
        clipped(probabilities, classCount),
        settings.model() == null ? "" : settings.model(),
        modelVersion(),
        state.labels,
        state.scored == 0 ? Double.NaN : (double) state.right / state.scored,
        state.scored == 0 ? Double.NaN : state.lossSum / state.scored,
        status);
  }

  /**
   * Takes in a label: of a window that waits for it, or of one that is still to come, where the
   * newest counts. A label that does not fit changes nothing and becomes a dead letter.
   *
   * @param watermark as for {@link #observe}
   */
  public ClassResult label(SeriesState<ClassState> kept, LabelEvent event, long watermark)
      throws IOException {
    result.clear();
    ClassState state = fitted(kept);
    if (isTaken(kept, state, event, watermark)) {
      kept.times(state);
    }
    return result;
  }

  private boolean isTaken(
      SeriesState<ClassState> kept, ClassState state, LabelEvent event, long watermark)
      throws IOException {
    addClasses(state);
    if (isRefused(state, event.label(), event.source())) {
      return false;
    }
    long time = event.time();
    if (state.windows == 0 || time > state.lastTimes[state.place(0)]) {
      return await(kept, state, event, watermark);
    }
    int age = age(state, time);
    if (age < 0) {
      refuse(
          event.source(),
          "time: expected one of the %d newest windows of series %s, got %s"
              .formatted(state.windows, event.series(), instant(time)));
      return false;
    }
    if (learn(state, age, event.label(), event.source().timestamp())) {
      return true;
    }
    contradicts(event);
    return false;
  }

  private boolean await(
      SeriesState<ClassState> kept, ClassState state, LabelEvent event, long watermark)
      throws IOException {
    long time = event.time();
    int at = ClassState.after(state.early, time);
    if (at > 0 && state.early.get(at - 1).time() == time) {
      boolean isSame = state.early.get(at - 1).label().equals(event.label());
      result.count(isSame ? Counted.REPEATED_LABEL : Counted.CORRECTED_LABEL, 1);
      if (!isSame) {
        state.early.set(at - 1, new Mark(time, event.label(), event.source().timestamp()));
      }
      return true;
    }
    if (state.early.size() >= MAX_EARLY) {
      refuse(event.source(), "time: expected one of a window that there is, got " + instant(time));
      return false;
    }
    if (state.newestTime() == Long.MIN_VALUE) { // of a series that may never come
      result.count(Counted.UNKNOWN_SERIES_LABEL, 1);
      long seen = Math.min(time, clock.getAsLong());
      order().touched(kept, state, Long.MIN_VALUE, seen, watermark, result);
    }
    state.early.add(at, new Mark(time, event.label(), event.source().timestamp()));
    return true;
  }

  private void contradicts(LabelEvent event) {
    refuse(
        event.source(),
        "label: expected the one that the window at %s of series %s has already, got %s"
            .formatted(instant(event.time()), event.series(), quoted(event.label())));
  }

  /** A job may name further classes than it did when the series was saved. */
  private void addClasses(ClassState state) {
    for (String name : learning.classes()) {
      if (!state.names.contains(name) && state.names.size() < learning.maxClasses()) {
        state.names.add(name);
      }
    }
  }

  private boolean mayAdd(ClassState state) {
    return learning.classes().isEmpty() && state.names.size() < learning.maxClasses();
  }

  private static String quoted(String label) {
    return label.replaceAll("[^\\x20-\\x7e]", ".");
  }

  private static String instant(long time) {
    return Instant.ofEpochMilli(time).toString();
  }

  private void refuse(SourceRecord source, String message) {
    result.add(new DeadLetter(Reason.LABEL, message, source));
  }

  /** Number of windows after the one that contains a time; -1 if none contains it. */
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

  /** Learns the label of the newest window if it came early; the newest of several. */
  private void learnEarly(ClassState state, long firstTime, long lastTime) {
    Mark newest = null;
    while (!state.early.isEmpty() && state.early.get(0).time() <= lastTime) {
      Mark label = state.early.remove(0);
      if (label.time() < firstTime || !(state.names.contains(label.label()) || mayAdd(state))) {
        result.count(Counted.UNUSED_LABEL, 1);
        continue;
      }
      if (newest != null) {
        boolean isSame = newest.label().equals(label.label());
        result.count(isSame ? Counted.REPEATED_LABEL : Counted.CORRECTED_LABEL, 1);
      }
      newest = label;
      result.labels.put(label.time(), label.label());
    }
    if (newest != null) {
      learn(state, 0, newest.label(), newest.recordTime());
    }
  }

  /**
   * @return false if the window has another label
   */
  private boolean learn(ClassState state, int age, String label, long recordTime) {
    int place = state.place(age);
    int index = state.names.indexOf(label);
    if (state.isLabelled(place)) {
      boolean isSame = state.mayBe(place, index);
      result.count(isSame ? Counted.REPEATED_LABEL : Counted.CONTRADICTING_LABEL, 1);
      return isSame;
    }
    if (index < 0) {
      index = state.names.size();
      state.names.add(label);
    }
    long delay = recordTime < 0 ? -1 : Math.max(0, recordTime - state.ends[place]);
    state.labelled(place, index);
    score(state, age, index, delay);
    learner.learn(state, age, index);
    return true;
  }

  private void score(ClassState state, int age, int label, long delay) {
    int best = 0;
    for (int k = 1; k < state.names.size(); k++) {
      if (state.probability(age, k) > state.probability(age, best)) {
        best = k;
      }
    }
    state.labels++;
    if (state.probability(age, best) == 0f) {
      return; // there was no class yet
    }
    boolean isRight = best == label;
    double loss = -Math.log(Math.max(Probabilities.LEAST, state.probability(age, label)));
    state.scored++;
    state.right += isRight ? 1 : 0;
    state.lossSum += loss;
    result.labelled.add(new Labelled(isRight, loss, delay));
  }
}
