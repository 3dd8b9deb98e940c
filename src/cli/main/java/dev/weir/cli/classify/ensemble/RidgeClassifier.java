package dev.weir.cli.classify.ensemble;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

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
    private final DMatrixRMaj standardized; // (windows, features)
    private final DMatrixRMaj targets; // (windows, classes), centered
    private final float[] bias; // (classes)
    private final boolean dual; // solves for one coefficient a window, not a feature
    private final DMatrixRMaj gram;

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
      this.standardized = new DMatrixRMaj(n, width);
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
          standardized.data[i * width + j] = (features[i][j] - mean[j]) * factor[j];
        }
      }
      this.targets = new DMatrixRMaj(n, classes);
      this.bias = new float[classes];
      for (int k = 0; k < classes; k++) {
        double sum = 0;
        for (int label : labels) {
          sum += label == k ? 1 : -1;
        }
        bias[k] = (float) (sum / n);
        for (int i = 0; i < n; i++) {
          targets.data[i * classes + k] = (labels[i] == k ? 1 : -1) - bias[k];
        }
      }
      this.dual = n <= width;
      int size = Math.min(n, width);
      this.gram = new DMatrixRMaj(size, size);
      if (dual) {
        CommonOps_DDRM.multOuter(standardized, gram);
      } else {
        CommonOps_DDRM.multTransA(standardized, standardized, gram); // faster than multInner
      }
    }

    /**
     * @param penalty above 0: added to the diagonal of the Gram matrix
     * @throws ArithmeticException when the penalty is too small for the matrix to be solved
     */
    public RidgeClassifier solve(double penalty) {
      DMatrixRMaj system = gram.copy();
      for (int i = 0; i < system.numRows; i++) {
        system.data[i * system.numCols + i] += penalty;
      }
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(system.numRows);
      if (!solver.setA(system)) {
        throw new ArithmeticException("ridge: expected a larger penalty, got " + penalty);
      }
      int width = mean.length;
      DMatrixRMaj solution = new DMatrixRMaj(width, classes);
      if (dual) {
        DMatrixRMaj coefficients = new DMatrixRMaj(targets.numRows, classes);
        solver.solve(targets, coefficients);
        CommonOps_DDRM.multTransA(standardized, coefficients, solution);
      } else {
        DMatrixRMaj projected = new DMatrixRMaj(width, classes);
        CommonOps_DDRM.multTransA(standardized, targets, projected);
        solver.solve(projected, solution);
      }
      float[][] weights = new float[classes][width];
      for (int k = 0; k < classes; k++) {
        for (int j = 0; j < width; j++) {
          weights[k][j] = (float) solution.data[j * classes + k];
        }
      }
      return new RidgeClassifier(mean, factor, weights, bias);
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
