package dev.weir.classify.series;

import dev.weir.classify.Probabilities;
import dev.weir.classify.convolution.MiniRocket;
import dev.weir.classify.series.ClassContext.Counted;
import dev.weir.classify.series.ClassState.EarlyLabel;
import dev.weir.classify.stream.FeatureRegression;
import dev.weir.classify.stream.RowScaling;
import dev.weir.classify.stream.StreamClassifier;
import dev.weir.forecast.Classification;
import dev.weir.forecast.Classification.Status;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import java.time.Instant;
import java.util.ArrayList;
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

  private static final String NETWORK = "model";
  private static final String READOUT = "model-readout";
  private static final String CONVOLUTION = "convolution";

  /** A window of fewer steps has no shapes to look for. */
  private static final int LEAST_CONVOLVED = 10;

  private static final int CONVOLVED_FEATURES = 2 * MiniRocket.KERNELS;
  private static final int SUMMARIES = 5; // of each channel of a window

  /** Bias of a class that the model does not know. */
  private static final float UNKNOWN_BIAS = -3f;

  private final ClassifySettings settings;
  private final ClassContext context;
  private final StreamClassifier learner; // null where nothing is learned
  private final double[][] external; // (methods)(max classes)
  private final int channels;
  private final float[] summary;
  private final double[] network; // (max classes): what the model says
  private final long half; // of a ttl, rounded up; 0 without one

  // null where windows are too short
  private MiniRocket rocket;
  private MiniRocket.Scratch rocketScratch;
  private FeatureRegression convolution;
  private RowScaling scaling;
  private float[] convolved;
  private float[] scaled = {};

  private ModelRun model; // null until one has come
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
    this.network = new double[settings.maxClasses()];
    this.summary = new float[channels * (settings.seqLen() == 1 ? 1 : SUMMARIES)];
    this.half = (settings.ttl().toMillis() + 1) / 2;
    if (!settings.learns()) {
      learner = null;
      external = new double[0][];
    } else {
      List<String> methods = new ArrayList<>();
      if (settings.model() != null) {
        methods.add(NETWORK);
        methods.add(READOUT);
      }
      if (settings.seqLen() >= LEAST_CONVOLVED) {
        methods.add(CONVOLUTION);
        rocket =
            MiniRocket.standard(settings.seqLen(), channels, CONVOLVED_FEATURES, settings.seed());
        rocketScratch = new MiniRocket.Scratch();
        convolution =
            new FeatureRegression(rocket.features(), settings.maxClasses(), settings.waiting());
        scaling = new RowScaling(channels, 0);
        convolved = new float[rocket.features()];
      }
      external = new double[methods.size()][settings.maxClasses()];
      learner =
          new StreamClassifier(
              new StreamClassifier.Settings(
                  summary.length,
                  settings.maxClasses(),
                  settings.waiting(),
                  methods,
                  settings.seed()));
    }
    useInitial();
  }

  /** Bytes of a series that has classified its first window, without what it reads of a model. */
  public int seriesBytes() {
    ClassState state = newState();
    int learned = learner == null ? 0 : learner.stateLength();
    int convolved = convolution == null ? 0 : convolution.stateLength();
    return state.bytes() + 4 * (learned + convolved);
  }

  /** Names of the methods that are mixed; empty where nothing is learned. */
  public List<String> methods() {
    return learner == null ? List.of() : learner.methods();
  }

  /** The model to use from now on; null: the initial one. */
  public void use(ClassifierModel published) throws ModelFormatException {
    if (published == null) {
      useInitial();
    } else {
      model = new ModelRun(published, settings);
    }
  }

  private void useInitial() throws ModelFormatException {
    if (settings.initialModel() == null) {
      model = null;
      return;
    }
    ClassifierModel initial =
        ClassifierFiles.fromBytes(settings.initialModel(), settings.model(), "initial model");
    String problem = settings.problemWith(initial);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    model = new ModelRun(initial, settings);
  }

  /** Version of the model in use; -1 without one. */
  public long modelVersion() {
    return model == null ? -1 : model.model().version();
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
      close(observation.series(), state);
    }
    if (half > 0 && Math.floorDiv(time, half) != Math.floorDiv(state.lastTime, half)) {
      wakeAfter(time);
    }
    append(state, observation);
    if (!rule.isByCount()) {
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
        state.size > 0
            && observation.time() == state.lastTime
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
    if (convolution != null) {
      if (state.scaling.length != scaling.length()) {
        state.scaling = new float[scaling.length()];
      }
      scaling.add(state.scaling, state.rows, at);
    }
  }

  /** A double beyond the range of floats counts as the largest of them. */
  private static float finite(double value) {
    return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
  }

  /** By count a window owns the times after those of the one before. */
  private static long nextFirstTime(ClassState state) {
    return state.windows == 0 ? state.firstTime() : state.lastTimes[state.place(0)] + 1;
  }

  /** A window by time or by session is over. */
  private void close(String series, ClassState state) {
    WindowRule rule = settings.rule();
    long last = rule.lastTime(state.windowFirst, state.lastTime);
    classify(series, state, rule.firstTime(state.windowFirst), last);
    state.size = 0;
  }

  /** The series is to be forgotten: classifies the window that is open, by time or by session. */
  public void end(String series, ClassState state) {
    if (!settings.rule().isByCount() && state.size > 0) {
      close(series, state);
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
        close(series, state);
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
    if (model != null) {
      model.addNames(state.names);
    }
    double[] probabilities = probabilities(state);
    remember(state, firstTime, lastTime, probabilities);
    state.sinceWindow = 0;
    context.collect(classification(series, state, probabilities));
    learnEarly(state, firstTime, lastTime);
  }

  private double[] probabilities(ClassState state) {
    int known = state.names.size();
    if (model != null) {
      model.run(window, state.names, network);
    } else {
      Arrays.fill(network, 0);
      Arrays.fill(network, 0, known, 1.0 / Math.max(1, known));
    }
    if (learner == null) {
      forgetLearned(state);
      return network;
    }
    if (!isLearned(state)) { // a new series, or one that was restored with other settings
      forgetLearned(state);
      state.learner = learner.newState();
      if (convolution != null) {
        state.convolution = convolution.newState();
      }
    }
    int at = 0;
    int answers = Math.max(1, known); // before the first class nothing can be wrong
    if (settings.model() != null) {
      System.arraycopy(network, 0, external[at++], 0, network.length);
      readout(state, answers, external[at++]);
    }
    if (convolution != null) {
      convolve(state, answers, external[at]);
    }
    summarize(state);
    double[] mixture = learner.classify(state.learner, summary, answers, external)[0];
    state.learnerWindows = Math.min(settings.waiting(), state.learnerWindows + 1);
    return known > 0 ? mixture : network; // which says nothing
  }

  private boolean isLearned(ClassState state) {
    int convolved = convolution == null ? 0 : convolution.stateLength();
    return state.learner.length == learner.stateLength() && state.convolution.length == convolved;
  }

  private static void forgetLearned(ClassState state) {
    state.learner = ClassState.NOTHING;
    state.convolution = ClassState.NOTHING;
    state.learnerWindows = 0;
  }

  /** What the series has learned to read from the model's network. */
  private void readout(ClassState state, int known, double[] probabilities) {
    if (model == null) {
      System.arraycopy(network, 0, probabilities, 0, network.length);
      return;
    }
    FeatureRegression regression = model.readout();
    if (state.readoutModel != model.id() || state.readout.length != regression.stateLength()) {
      state.readout = regression.newState();
      state.readoutModel = model.id();
      state.readoutWindows = 0;
      model.start(state.readout, state.names, UNKNOWN_BIAS);
    }
    regression.classify(state.readout, model.features(), known, probabilities);
    state.readoutWindows = Math.min(settings.waiting(), state.readoutWindows + 1);
  }

  private void convolve(ClassState state, int known, double[] probabilities) {
    if (scaled.length != window.length) {
      scaled = new float[window.length];
    }
    for (int at = 0; at < window.length; at += channels) {
      scaling.standardize(state.scaling, window, at, scaled, at);
    }
    rocket.transform(scaled, convolved, rocketScratch);
    for (int f = 0; f < convolved.length; f++) {
      convolved[f] -= 0.5f; // it is a share
    }
    convolution.classify(state.convolution, convolved, known, probabilities);
  }

  /** Of each channel: newest value, mean, deviation, least and largest value. */
  private void summarize(ClassState state) {
    for (int c = 0; c < channels; c++) {
      float newest = window[window.length - channels + c];
      if (settings.seqLen() == 1) {
        summary[c] = newest;
        continue;
      }
      double sum = 0;
      float least = newest;
      float largest = newest;
      for (int at = c; at < window.length; at += channels) {
        sum += window[at];
        least = Math.min(least, window[at]);
        largest = Math.max(largest, window[at]);
      }
      double mean = sum / state.size;
      double squares = 0;
      for (int at = c; at < window.length; at += channels) {
        squares += (window[at] - mean) * (window[at] - mean);
      }
      int to = c * SUMMARIES;
      summary[to] = newest;
      summary[to + 1] = (float) mean;
      summary[to + 2] = finite(Math.sqrt(squares / state.size));
      summary[to + 3] = least;
      summary[to + 4] = largest;
    }
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

  private Classification classification(String series, ClassState state, double[] probabilities) {
    int known = state.names.size();
    int best = Probabilities.largest(probabilities);
    boolean isFull = state.size == settings.seqLen() || !settings.rule().isByCount();
    Status status =
        known == 0
            ? Status.UNKNOWN
            : settings.model() != null && model == null
                ? Status.FALLBACK
                : isFull ? Status.OK : Status.WARMUP;
    return new Classification(
        series,
        state.firstTime(),
        state.lastTime,
        state.size,
        known == 0 ? "" : state.names.get(best),
        state.names,
        Arrays.copyOf(probabilities, known),
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
    if (!state.names.contains(event.label()) && !mayAdd(state)) {
      refuse(
          event, "label: expected one of %s, got %s".formatted(state.names, quoted(event.label())));
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
    if (learner == null || !isLearned(state) || age >= state.learnerWindows) {
      return; // the window was classified with other settings
    }
    int known = state.names.size();
    learner.learn(state.learner, age, known, index);
    if (convolution != null) {
      convolution.learn(state.convolution, age, known, index);
    }
    if (model != null && state.readoutModel == model.id() && age < state.readoutWindows) {
      model.readout().learn(state.readout, age, known, index);
    }
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
