package dev.weir.classify.convolution;

/**
 * Ridge regression of one score for each class, 1 for the true class and -1 for the others, on
 * standardized features. Solved by a Cholesky decomposition of the smaller of the two Gram
 * matrices, in double precision.
 *
 * <p>Immutable. Safe for use by several threads.
 */
public final class RidgeClassifier {

  private final float[] mean; // (features)
  private final float[] factor; // (features): one over the deviation; 0 for a constant feature
  private final float[][] weights; // (classes)(features)
  private final float[] bias; // (classes)

  private RidgeClassifier(float[] mean, float[] factor, float[][] weights, float[] bias) {
    this.mean = mean;
    this.factor = factor;
    this.weights = weights;
    this.bias = bias;
  }

  /** What the regressions of several penalties have in common. */
  public static final class Problem {
    private final int classes;
    private final float[] mean;
    private final float[] factor;
    private final boolean dual; // solves for one coefficient a window, not a feature
    private final double[][] standardized; // (features)(windows) if dual, else (windows)(features)
    private final double[][] targets; // (classes)(windows), centered
    private final float[] bias; // (classes)
    private final double[][] gram; // of the smaller size; upper triangle

    /**
     * @param features (windows)(features)
     * @param labels class of each window
     */
    public Problem(float[][] features, int[] labels, int classes) {
      this.classes = classes;
      int n = features.length;
      int width = features[0].length;
      this.mean = new float[width];
      this.factor = new float[width];
      this.dual = n <= width;
      this.standardized = dual ? new double[width][n] : new double[n][width];
      for (int j = 0; j < width; j++) {
        double sum = 0;
        double squares = 0;
        for (float[] row : features) {
          sum += row[j];
          squares += (double) row[j] * row[j];
        }
        double center = sum / n;
        double variance = squares / n - center * center;
        mean[j] = (float) center;
        factor[j] = variance > 1e-10 ? (float) (1 / Math.sqrt(variance)) : 0f;
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < width; j++) {
          double value = (features[i][j] - mean[j]) * factor[j];
          if (dual) {
            standardized[j][i] = value;
          } else {
            standardized[i][j] = value;
          }
        }
      }
      this.targets = new double[classes][n];
      this.bias = new float[classes];
      for (int k = 0; k < classes; k++) {
        double sum = 0;
        for (int label : labels) {
          sum += label == k ? 1 : -1;
        }
        bias[k] = (float) (sum / n);
        for (int i = 0; i < n; i++) {
          targets[k][i] = (labels[i] == k ? 1 : -1) - bias[k];
        }
      }
      this.gram = PositiveDefinite.gram(standardized);
    }

    /**
     * @param penalty above 0: added to the diagonal of the Gram matrix
     * @throws ArithmeticException when the penalty is too small for the matrix to be solved
     */
    public RidgeClassifier solve(double penalty) {
      double[][] system = new double[gram.length][];
      for (int i = 0; i < system.length; i++) {
        system[i] = gram[i].clone();
        system[i][i] += penalty;
      }
      if (!PositiveDefinite.decompose(system)) {
        throw new ArithmeticException("ridge: expected a larger penalty, got " + penalty);
      }
      float[][] weights = new float[classes][mean.length];
      for (int k = 0; k < classes; k++) {
        double[] solution = dual ? ofWindows(system, k) : ofFeatures(system, k);
        for (int j = 0; j < solution.length; j++) {
          weights[k][j] = (float) solution[j];
        }
      }
      return new RidgeClassifier(mean, factor, weights, bias);
    }

    private double[] ofWindows(double[][] decomposed, int k) {
      double[] coefficients = targets[k].clone();
      PositiveDefinite.solve(decomposed, coefficients);
      double[] solution = new double[mean.length];
      for (int j = 0; j < solution.length; j++) {
        for (int i = 0; i < coefficients.length; i++) {
          solution[j] += standardized[j][i] * coefficients[i];
        }
      }
      return solution;
    }

    private double[] ofFeatures(double[][] decomposed, int k) {
      double[] solution = new double[mean.length];
      for (int i = 0; i < standardized.length; i++) {
        PositiveDefinite.add(solution, 0, targets[k][i], standardized[i]);
      }
      PositiveDefinite.solve(decomposed, solution);
      return solution;
    }
  }

  /**
   * @param features of one window
   * @param scores (classes); overwritten
   */
  public void scores(float[] features, float[] scores) {
    for (int k = 0; k < scores.length; k++) {
      double sum = bias[k];
      for (int j = 0; j < features.length; j++) {
        sum += weights[k][j] * ((features[j] - mean[j]) * factor[j]);
      }
      scores[k] = (float) sum;
    }
  }
}
