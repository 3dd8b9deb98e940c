package dev.weir.forecast.network;

import dev.weir.forecast.Observation;
import dev.weir.model.AheadInputs;
import dev.weir.model.Calendar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The series that a model is trained on, each cut in time: the first {@value #TRAINED} of it is
 * learned from, the next {@value #VALIDATED} validates, the rest is held out. A window belongs to
 * the part that its targets lie in.
 */
final class TrainingData {

  static final double TRAINED = 0.7;
  static final double VALIDATED = 0.15;

  /** Of the largest number: a covariate that deviates less in training counts as constant. */
  private static final double RELATIVE_ROUNDING = 1e-9;

  /**
   * A stretch of one series.
   *
   * @param series its number
   * @param begin the first origin, the index of a window's newest value
   * @param end the last origin, exclusive
   */
  record Part(int series, int begin, int end) {}

  private final ModelTrainer.Network network;
  private final List<double[]> series;
  private final List<float[]> covariates; // (values, features and calendar) for each series
  private final List<double[]> known; // (values, ahead) for each series, as they are
  private final AheadInputs ahead;
  private final List<float[]> aheadInputs = new ArrayList<>(); // the same as the network reads them
  private final List<Part> trained = new ArrayList<>();
  private final List<Part> validated = new ArrayList<>();
  private final List<Part> heldOut = new ArrayList<>();

  private TrainingData(
      ModelTrainer.Network network,
      List<double[]> series,
      List<float[]> covariates,
      List<double[]> known) {
    this.network = network;
    this.series = List.copyOf(series);
    this.covariates = List.copyOf(covariates);
    this.known = List.copyOf(known);
    for (int i = 0; i < series.size(); i++) {
      int n = series.get(i).length;
      int trainedEnd = (int) (n * TRAINED);
      int validatedEnd = (int) (n * (TRAINED + VALIDATED));
      addPart(trained, i, network.seqLen() - 1, trainedEnd);
      addPart(validated, i, Math.max(trainedEnd, network.seqLen() - 1), validatedEnd);
      addPart(heldOut, i, Math.max(validatedEnd, network.seqLen() - 1), n);
    }
    if (trained.isEmpty() || validated.isEmpty() || heldOut.isEmpty()) {
      throw new IllegalArgumentException(
          "series: expected one at least of %d values or more, got %s"
              .formatted(
                  (int)
                      Math.ceil((network.seqLen() + network.horizon()) / (1 - TRAINED - VALIDATED)),
                  series.isEmpty() ? "none" : "shorter ones"));
    }
    this.ahead = standardization();
    for (double[] numbers : known) {
      aheadInputs.add(inputs(numbers));
    }
  }

  private AheadInputs standardization() {
    int count = network.ahead();
    List<Double> center = new ArrayList<>();
    List<Double> scale = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      DoubleSummaryStatistics all = new DoubleSummaryStatistics();
      trainedNumbers(k).forEach(all);
      double mean = all.getCount() == 0 ? 0 : all.getAverage();
      double variance = trainedNumbers(k).map(x -> (x - mean) * (x - mean)).average().orElse(0);
      center.add(mean);
      scale.add(scale(all, Math.sqrt(variance)));
    }
    return new AheadInputs(center, scale);
  }

  /** The deviation; 1 where rounding alone may have made it. */
  private static double scale(DoubleSummaryStatistics numbers, double deviation) {
    double largest = Math.max(Math.abs(numbers.getMin()), Math.abs(numbers.getMax()));
    boolean isConstant =
        numbers.getMin() == numbers.getMax() || deviation < largest * RELATIVE_ROUNDING;
    return isConstant || deviation < Double.MIN_NORMAL ? 1 : deviation;
  }

  private DoubleStream trainedNumbers(int k) {
    int count = network.ahead();
    return known.stream()
        .flatMapToDouble(
            numbers ->
                IntStream.range(0, (int) (numbers.length / count * TRAINED))
                    .mapToDouble(t -> numbers[t * count + k]))
        .filter(Double::isFinite);
  }

  private float[] inputs(double[] numbers) {
    float[] inputs = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      inputs[i] = ahead.input(i % ahead.count(), numbers[i]);
    }
    return inputs;
  }

  /** Of values alone, oldest first. */
  static TrainingData withoutCovariates(ModelTrainer.Network network, List<double[]> series) {
    if (network.rnn().inputSize() > 1) {
      throw new IllegalArgumentException(
          "input_size: expected 1 without times and features, got " + network.rnn().inputSize());
    }
    return new TrainingData(
        network,
        series,
        Collections.nCopies(series.size(), new float[0]),
        Collections.nCopies(series.size(), Observation.NO_FEATURES));
  }

  /**
   * Of observations, oldest first, with what is known ahead of their own times.
   *
   * @throws IllegalArgumentException when one has another number of covariates than the settings
   */
  static TrainingData of(ModelTrainer.Network network, Collection<List<Observation>> series) {
    List<double[]> values = new ArrayList<>();
    List<float[]> covariates = new ArrayList<>();
    List<double[]> known = new ArrayList<>();
    int features = network.features();
    int width = features + Calendar.inputs(network.calendar());
    int ahead = network.ahead();
    for (List<Observation> observations : series) {
      double[] value = new double[observations.size()];
      float[] rows = new float[width * value.length];
      double[] numbers = new double[ahead * value.length];
      for (int t = 0; t < value.length; t++) {
        Observation observation = observations.get(t);
        if (features > 0) {
          checkCount("features", features, observation.features(), observation);
        }
        if (ahead > 0) {
          checkCount("ahead", ahead, observation.ahead(), observation);
          System.arraycopy(observation.ahead(), 0, numbers, t * ahead, ahead);
        }
        value[t] = observation.value();
        for (int f = 0; f < features; f++) {
          rows[t * width + f] = (float) observation.features()[f];
        }
        Calendar.fill(network.calendar(), observation.time(), rows, t * width + features);
      }
      values.add(value);
      covariates.add(rows);
      known.add(numbers);
    }
    return new TrainingData(network, values, covariates, known);
  }

  private static void checkCount(
      String what, int expected, double[] numbers, Observation observation) {
    if (numbers.length != expected) {
      throw new IllegalArgumentException(
          "%s: expected %d, got %d (%s)"
              .formatted(what, expected, numbers.length, observation.series()));
    }
  }

  /** All origins whose window and targets exist and whose targets lie before {@code end}. */
  private void addPart(List<Part> parts, int index, int begin, int end) {
    int last = end - network.horizon();
    if (begin < last) {
      parts.add(new Part(index, begin, last));
    }
  }

  List<Part> validated() {
    return validated;
  }

  List<Part> heldOut() {
    return heldOut;
  }

  double[] values(int series) {
    return this.series.get(series);
  }

  /** Beside the values, (values, features and calendar). */
  float[] covariates(int series) {
    return covariates.get(series);
  }

  /** How the network reads what is known ahead. */
  AheadInputs ahead() {
    return ahead;
  }

  /** What is known ahead of each value's own time, as the network reads it: (values, ahead). */
  float[] aheadInputs(int series) {
    return aheadInputs.get(series);
  }

  /** A window's series and origin in one number. */
  static long window(int series, int origin) {
    return (long) series << 32 | origin;
  }

  static int series(long window) {
    return (int) (window >>> 32);
  }

  static int origin(long window) {
    return (int) window;
  }

  /**
   * Windows to learn from, in random order.
   *
   * @param most of a series with more windows, so many are chosen at random
   */
  long[] shuffled(int most, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Long> all = new ArrayList<>();
    for (Part part : trained) {
      int size = part.end - part.begin;
      for (int i = 0; i < Math.min(size, most); i++) {
        int origin = part.begin + (size <= most ? i : random.nextInt(size));
        all.add(window(part.series, origin));
      }
    }
    long[] windows = all.stream().mapToLong(Long::longValue).toArray();
    for (int i = windows.length - 1; i > 0; i--) { // Fisher and Yates
      int j = random.nextInt(i + 1);
      long swapped = windows[i];
      windows[i] = windows[j];
      windows[j] = swapped;
    }
    return windows;
  }
}
