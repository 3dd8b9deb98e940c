package dev.weir.classify;

import dev.weir.forecast.Classification;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.LabelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.window.SeriesResult.Counted;
import dev.weir.forecast.window.SeriesState;
import dev.weir.forecast.window.StateLimits;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.Initialization;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.TorchRandom;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;

/** Settings, models and series to classify, and what came of all calls of a classifier. */
public final class ClassFixture {

  public static final int CHANNELS = 2;
  public static final List<String> STATES = List.of("idle", "run", "fault");

  final List<Output> outputs = new ArrayList<>();
  final Map<Counted, Integer> counted = new EnumMap<>(Counted.class);
  final List<Long> timers = new ArrayList<>();
  final SeriesState<ClassState> series = new SeriesState<>();
  long watermark = Long.MIN_VALUE;
  long now = Long.MAX_VALUE / 2;
  int labelled;
  int right;

  /** A classifier of one series, whose state is given to each call. */
  public final class OneSeries {

    private final SeriesClassifier classifier;

    private OneSeries(ClassifySettings settings) throws IOException {
      classifier = new SeriesClassifier(settings, () -> now);
    }

    SeriesClassifier classifier() {
      return classifier;
    }

    public ClassState newState() {
      return classifier.newState();
    }

    /** Returns the state after it. */
    public ClassState observe(ClassState state, Observation observation, SourceRecord source)
        throws IOException {
      series.load(state);
      do {
        take(classifier.observe(series, observation, source, watermark));
      } while (classifier.result().hasMore());
      return series.times();
    }

    /** Event time goes on, as in Flink: each timer fires, in order. Returns the state after it. */
    public ClassState advance(ClassState state, long to) throws IOException {
      watermark = to;
      while (!timers.isEmpty() && Collections.min(timers) <= to) {
        long due = Collections.min(timers);
        timers.removeAll(List.of(due));
        wake(state, due);
        state = series.times();
      }
      return state;
    }

    /** Returns whether it was taken. */
    public boolean label(ClassState state, LabelEvent event) throws IOException {
      series.load(state);
      take(classifier.label(series, event, watermark));
      return series.isChanged();
    }

    /** Returns whether the series is kept. */
    public boolean wake(ClassState state, long time) throws IOException {
      watermark = Math.max(watermark, time);
      series.load(state);
      do {
        take(classifier.wake("machine", series, time, watermark));
      } while (classifier.result().hasMore());
      return series.times() != null;
    }
  }

  /** A classifier whose results come here. */
  public OneSeries classifier(ClassifySettings settings) throws IOException {
    return new OneSeries(settings);
  }

  private void take(ClassResult result) {
    outputs.addAll(result.outputs());
    for (Counted what : Counted.values()) {
      if (result.count(what) > 0) {
        counted.merge(what, (int) result.count(what), Integer::sum);
      }
    }
    for (ClassResult.Labelled label : result.labelled()) {
      labelled++;
      right += label.isRight() ? 1 : 0;
    }
    for (int i = 0; i < result.wakeUps(); i++) {
      timers.add(result.wakeUp(i));
    }
  }

  public List<Classification> classifications() {
    return outputs.stream()
        .filter(Classification.class::isInstance)
        .map(Classification.class::cast)
        .toList();
  }

  List<String> problems() {
    return outputs.stream()
        .filter(DeadLetter.class::isInstance)
        .map(letter -> ((DeadLetter) letter).message())
        .toList();
  }

  /** Windows that learn. */
  public static ClassifySettings settings(int seqLen, int stride, ClassifierModel model) {
    return settings(seqLen, stride, model, true, 6);
  }

  static ClassifySettings settings(
      int seqLen, int stride, ClassifierModel model, boolean learns, int waiting) {
    Settings settings = of(seqLen).stride(stride).waiting(waiting).model(model);
    return (learns ? settings : settings.fixed()).build();
  }

  /** Windows that learn, without a model, classes, limits or a ttl, unless it says so. */
  public static Settings of(int seqLen) {
    return new Settings(seqLen);
  }

  /** Builds settings. */
  public static final class Settings {
    private final int seqLen;
    private int stride = 1;
    private int channels = CHANNELS;
    private Duration outOfOrderness = Duration.ZERO;
    private String model;
    private byte[] initialModel;
    private List<String> classes = List.of();
    private int maxClasses = 5;
    private boolean learns = true;
    private int waiting = 6;
    private long seed = 11;
    private StateLimits limits = StateLimits.NONE;

    private Settings(int seqLen) {
      this.seqLen = seqLen;
    }

    public Settings stride(int wanted) {
      stride = wanted;
      return this;
    }

    public Settings channels(int wanted) {
      channels = wanted;
      return this;
    }

    public Settings outOfOrderness(Duration wanted) {
      outOfOrderness = wanted;
      return this;
    }

    /** Waits for a model of that name. */
    public Settings model(String name) {
      model = name;
      return this;
    }

    /**
     * @param wanted null for none
     */
    public Settings model(ClassifierModel wanted) {
      initialModel = wanted == null ? null : ClassifierFiles.toBytes(wanted);
      return model(wanted == null ? null : wanted.name());
    }

    public Settings classes(List<String> wanted) {
      classes = wanted;
      return this;
    }

    public Settings maxClasses(int wanted) {
      maxClasses = wanted;
      return this;
    }

    /** Learns nothing. */
    public Settings fixed() {
      learns = false;
      return this;
    }

    public Settings waiting(int wanted) {
      waiting = wanted;
      return this;
    }

    public Settings seed(long wanted) {
      seed = wanted;
      return this;
    }

    public Settings ttl(Duration wanted) {
      return limits(new StateLimits(wanted, limits.maxSeries()));
    }

    public Settings maxSeries(int wanted) {
      return limits(new StateLimits(limits.ttl(), wanted));
    }

    public Settings limits(StateLimits wanted) {
      limits = wanted;
      return this;
    }

    public ClassifySettings build() {
      return new ClassifySettings(
          seqLen,
          stride,
          channels,
          outOfOrderness,
          model,
          initialModel,
          new ClassifySettings.Learning(classes, maxClasses, learns, waiting, seed),
          limits);
    }
  }

  /** The same where a series waits for earlier observations. */
  public static ClassifySettings waiting(ClassifySettings of, Duration outOfOrderness) {
    return new ClassifySettings(
        of.seqLen(),
        of.stride(),
        of.channels(),
        outOfOrderness,
        of.model(),
        of.initialModel(),
        of.learning(),
        of.limits());
  }

  /** In another order: by time plus a delay of less than so much, the same each time. */
  public static <T> List<T> shuffled(List<T> events, ToLongFunction<T> time, long delay) {
    SplittableRandom random = new SplittableRandom(7);
    Map<T, Long> arrivals = new IdentityHashMap<>();
    events.forEach(event -> arrivals.put(event, time.applyAsLong(event) + random.nextLong(delay)));
    return events.stream().sorted(Comparator.comparing(arrivals::get)).toList();
  }

  /** An observation with its label. */
  public static Observation labelled(Observation observation, String label) {
    return new Observation(
        observation.series(),
        observation.time(),
        observation.value(),
        observation.features(),
        label);
  }

  /** A network with random weights. */
  public static ClassifierModel model(String name, long version, List<String> classes) {
    RnnConfig rnn = new RnnConfig(Cell.GRU, CHANNELS, 7, 1, true, true);
    float[] recurrent = Initialization.recurrent(rnn, new TorchRandom(version));
    int count = classes.size() * (rnn.outputSize() + 1);
    float[] weights = Arrays.copyOf(recurrent, recurrent.length + count);
    SplittableRandom random = new SplittableRandom(version);
    for (int i = recurrent.length; i < weights.length; i++) {
      weights[i] = (float) random.nextDouble(-1, 1);
    }
    return new ClassifierModel(
        name, version, Mode.MANY_TO_ONE, rnn, Readout.MEAN, classes, weights, Map.of());
  }

  static Observation observation(long time, double... values) {
    return new Observation(
        "machine", time, values[0], Arrays.copyOfRange(values, 1, values.length));
  }

  static LabelEvent label(long time, String label) {
    return new LabelEvent("machine", time, label, source(time));
  }

  static SourceRecord source(long time) {
    return new SourceRecord("labels", 0, time, time + 40, null, new byte[] {1});
  }

  /** An observation and its true state. */
  public record Step(Observation observation, String label) {}

  /**
   * A machine in one of three states: it is still, it swings slowly, or it swings fast with an
   * offset.
   */
  public static List<Step> steps(String series, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Step> steps = new ArrayList<>();
    int state = 0;
    for (int i = 0; i < count; i++) {
      if (random.nextDouble() < 0.02) {
        state = (state + 1 + random.nextInt(2)) % 3;
      }
      double phase = state == 1 ? i * 0.6 : i * 2.2;
      double swing = state == 0 ? 0 : Math.sin(phase);
      Observation observation =
          new Observation(
              series,
              1_000L * (i + 1),
              20 + 3 * swing + 0.6 * random.nextGaussian(),
              new double[] {1e4 + 40 * (state == 2 ? 1 : 0) + 60 * random.nextGaussian()});
      steps.add(new Step(observation, STATES.get(state)));
    }
    return steps;
  }
}
