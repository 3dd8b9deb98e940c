package dev.weir.classify;

/**
 * Scores of classifications: counts them as they come. Not thread-safe.
 *
 * <p>The calibration error is the mean over ten bins of the largest probability of the distance
 * between that probability and the share of right answers, weighted by the bins' counts.
 *
 * @see <a href="https://arxiv.org/abs/1706.04599">Guo et al., On calibration of modern neural
 *     networks, 2017</a>
 */
public final class ClassScore {

  private static final int BINS = 10;
  private static final double LEAST = 1e-15;

  private final long[][] confusion; // (true class)(answer)
  private final long[] binCounts = new long[BINS];
  private final long[] binRight = new long[BINS];
  private final double[] binSums = new double[BINS];
  private long count;
  private long right;
  private double logLoss;

  public ClassScore(int classes) {
    confusion = new long[classes][classes];
  }

  /** Counts one classification. */
  public void add(double[] probabilities, int trueClass) {
    int answer = Probabilities.largest(probabilities);
    confusion[trueClass][answer]++;
    count++;
    boolean isRight = answer == trueClass;
    right += isRight ? 1 : 0;
    logLoss -= Math.log(Math.max(LEAST, probabilities[trueClass]));
    int bin = Math.min(BINS - 1, (int) (probabilities[answer] * BINS));
    binCounts[bin]++;
    binRight[bin] += isRight ? 1 : 0;
    binSums[bin] += probabilities[answer];
  }

  /** Number of classifications. */
  public long count() {
    return count;
  }

  /** Share of right answers; NaN without any. */
  public double accuracy() {
    return (double) right / count;
  }

  /** Mean of -log of the true classes' probabilities, in nats. */
  public double logLoss() {
    return logLoss / count;
  }

  /** Mean of the F1 scores of the classes that are true or answered at least once. */
  public double macroF1() {
    double sum = 0;
    int classes = 0;
    for (int k = 0; k < confusion.length; k++) {
      long trueCount = 0;
      long answers = 0;
      for (int other = 0; other < confusion.length; other++) {
        trueCount += confusion[k][other];
        answers += confusion[other][k];
      }
      if (trueCount + answers > 0) {
        sum += 2.0 * confusion[k][k] / (trueCount + answers);
        classes++;
      }
    }
    return sum / classes;
  }

  /** The expected calibration error, from 0 to 1. */
  public double calibrationError() {
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += Math.abs(binSums[bin] - binRight[bin]);
    }
    return sum / count;
  }

  /** Number of windows by true class and answer; a copy. */
  public long[][] confusion() {
    long[][] copy = new long[confusion.length][];
    for (int k = 0; k < copy.length; k++) {
      copy[k] = confusion[k].clone();
    }
    return copy;
  }
}
