package dev.weir.cli.model;

import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Ridge regression of one score for each class, 1 for the true class and -1 for the others, on
 * features that it standardizes. Solved by a Cholesky decomposition of the smaller of the two Gram
 * matrices, in double precision: what regressions of several penalties have in common is computed
 * once.
 */
final class RidgeClassifier {

  private static final double CONSTANT = 1e-10; // variance of a feature that says nothing
  private static final double ASYMMETRY = 1e-9; // by rounding

  private final double[] mean; // (features)
  private final double[] factor; // (features): one over the deviation; 0 for a constant feature
  private final double[] bias; // (classes)
  private final RealMatrix transposed; // (features, windows), standardized
  private final RealMatrix targets; // (windows, classes), centered
  private final RealMatrix gram;
  private final boolean isDual; // one coefficient for each window, not for each feature

  /**
   * The layer that a regression gives.
   *
   * @param weights (classes, features), of features as they are
   * @param bias (classes)
   */
  record Layer(float[] weights, float[] bias) {}

  /**
   * @param features (windows)(features)
   * @param labels class of each window
   * @param classWeights what a window of each class counts; null: 1
   */
  RidgeClassifier(float[][] features, int[] labels, int classes, double[] classWeights) {
    int n = features.length;
    int width = features[0].length;
    double[] weights = new double[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = classWeights == null ? 1 : classWeights[labels[i]];
      total += weights[i];
    }
    this.mean = new double[width];
    this.factor = new double[width];
    this.transposed = new BlockRealMatrix(width, n);
    for (int j = 0; j < width; j++) {
      for (int i = 0; i < n; i++) {
        mean[j] += weights[i] * features[i][j] / total;
      }
      double variance = 0;
      for (int i = 0; i < n; i++) {
        double centered = features[i][j] - mean[j];
        variance += weights[i] * centered * centered / total;
      }
      factor[j] = variance > CONSTANT ? 1 / Math.sqrt(variance) : 0;
      for (int i = 0; i < n; i++) {
        double standardized = (features[i][j] - mean[j]) * factor[j];
        transposed.setEntry(j, i, Math.sqrt(weights[i]) * standardized);
      }
    }
    this.targets = new BlockRealMatrix(n, classes);
    this.bias = new double[classes];
    for (int k = 0; k < classes; k++) {
      for (int i = 0; i < n; i++) {
        bias[k] += weights[i] * target(labels[i], k) / total;
      }
      for (int i = 0; i < n; i++) {
        targets.setEntry(i, k, Math.sqrt(weights[i]) * (target(labels[i], k) - bias[k]));
      }
    }
    this.isDual = n <= width;
    this.gram =
        isDual
            ? transposed.transpose().multiply(transposed)
            : transposed.multiply(transposed.transpose());
  }

  private static int target(int label, int k) {
    return label == k ? 1 : -1;
  }

  /**
   * @param penalty above 0: added to the diagonal of the Gram matrix
   */
  Layer solve(double penalty) {
    RealMatrix system = gram.copy();
    for (int i = 0; i < system.getRowDimension(); i++) {
      system.addToEntry(i, i, penalty);
    }
    DecompositionSolver solver = new CholeskyDecomposition(system, ASYMMETRY, 0).getSolver();
    RealMatrix solution =
        isDual
            ? transposed.multiply(solver.solve(targets))
            : solver.solve(transposed.multiply(targets));
    int width = mean.length;
    float[] weights = new float[bias.length * width];
    float[] shifted = new float[bias.length];
    for (int k = 0; k < bias.length; k++) {
      double shift = bias[k];
      for (int j = 0; j < width; j++) {
        double weight = solution.getEntry(j, k) * factor[j];
        weights[k * width + j] = (float) weight;
        shift -= weight * mean[j];
      }
      shifted[k] = (float) shift;
    }
    return new Layer(weights, shifted);
  }
}
