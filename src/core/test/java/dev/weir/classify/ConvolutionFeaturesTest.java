package dev.weir.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.model.ClassifierModel;
import dev.weir.model.Convolution;
import dev.weir.model.InputView;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConvolutionFeaturesTest {

  private static final int CHANNELS = 2;
  private static final long SEED = 5;

  /** Windows of 7 to 41 steps, so that some are shorter than a kernel. */
  private static LabelledWindows windows() {
    SplittableRandom random = new SplittableRandom(3);
    float[][] windows = new float[6][];
    int[] lengths = {7, 23, 41, 9, 30, 12};
    for (int i = 0; i < windows.length; i++) {
      windows[i] = new float[lengths[i] * CHANNELS];
      for (int at = 0; at < windows[i].length; at++) {
        windows[i][at] = (float) (4 + random.nextGaussian());
      }
    }
    return new LabelledWindows(
        CHANNELS, List.of("a", "b", "c"), windows, new int[] {0, 1, 2, 0, 1, 2});
  }

  private static InputView view(LabelledWindows windows) {
    return InputViews.of(windows, List.of(InputView.Block.WINDOW, InputView.Block.DIFFERENCE))
        .withPatch(3);
  }

  private static Convolution convolution(double share, float[] thresholds) {
    SplittableRandom random = new SplittableRandom(4);
    float[] weights = new float[3 * thresholds.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (0.2 * random.nextGaussian());
    }
    return new Convolution(share, 41, SEED, thresholds, weights, new float[] {0.3f, -0.1f, 0.2f});
  }

  @Test
  void aModelHasTheFeaturesThatItWasFittedWith() {
    LabelledWindows windows = windows();
    ConvolutionFeatures fitted = ConvolutionFeatures.fit(view(windows), windows, 260, SEED);
    assertThat(fitted.thresholds()).hasSize(3 * Convolution.KERNELS);
    ConvolutionFeatures read =
        ConvolutionFeatures.of(view(windows), convolution(0.4, fitted.thresholds()));
    for (float[] window : windows.windows()) {
      assertThat(read.of(window)).containsExactly(fitted.of(window)).doesNotContain(Float.NaN);
    }
  }

  @Test
  void aClassifierMixesTheProbabilitiesOfNetworkAndConvolution() {
    LabelledWindows windows = windows();
    InputView view = view(windows);
    ConvolutionFeatures features = ConvolutionFeatures.fit(view, windows, 100, SEED);
    Convolution convolution = convolution(0.4, features.thresholds());
    RnnConfig rnn = new RnnConfig(Cell.GRU, view.inputSize(), 4, 1, true, true);
    float[] weights = new float[rnn.parameterCount() + 3 * 8 + 3];
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    ClassifierModel model =
        new ClassifierModel(
            "m",
            1,
            Mode.MANY_TO_ONE,
            rnn,
            Readout.MEAN,
            view,
            windows.classes(),
            1.7,
            weights,
            convolution,
            Map.of());
    NetworkClassifier network = new NetworkClassifier(view, rnn, Readout.MEAN, 3, weights);
    NetworkClassifier classifier = NetworkClassifier.of(model);
    float[] logits = new float[3];
    double[] mixed = new double[3];
    double[] ofNetwork = new double[3];
    for (float[] window : windows.windows()) {
      classifier.logits(window, logits);
      Probabilities.softmax(logits, 1.7, mixed);
      network.logits(window, logits);
      Probabilities.softmax(logits, 1.7, ofNetwork);
      float[] said = features.of(window);
      double[] scores = new double[3];
      double sum = 0;
      for (int k = 0; k < 3; k++) {
        double score = convolution.bias()[k];
        for (int j = 0; j < said.length; j++) {
          score += convolution.weights()[k * said.length + j] * said[j];
        }
        scores[k] = Math.exp(score);
        sum += scores[k];
      }
      for (int k = 0; k < 3; k++) {
        assertThat(mixed[k]).isCloseTo(0.4 * scores[k] / sum + 0.6 * ofNetwork[k], within(1e-6));
      }
    }
  }
}
