package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a series learns must not depend on the kind of loops that its JVM has. */
class TrainingMatrixTest {

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "2,3,5",
    "5,4,9",
    "8,20,16",
    "9,17,7",
    "12,1,6",
    "16,10,11",
    "17,33,13",
    "24,8,4",
    "31,65,10",
    "33,16,3",
    "40,47,12",
    "96,35,6",
    "128,32,9"
  })
  void bothKindsGiveTheSameBits(int rows, int width, int count) {
    assumeTrue(Kernels.vectorApi(), "the module jdk.incubator.vector");
    assertThat(products(VectorMatrix::new, rows, width, count))
        .containsExactly(products(ColumnMatrix::new, rows, width, count));
  }

  @ParameterizedTest
  @CsvSource({
    "RNN_TANH,3,7,2,true,5,6", "RNN_TANH,1,33,2,true,1,9", "RNN_TANH,20,8,1,false,2,8",
    "RNN_RELU,5,17,3,true,4,3", "RNN_RELU,2,4,1,true,7,5", "LSTM,4,9,2,true,3,5",
    "LSTM,1,2,3,false,1,7", "GRU,20,8,1,false,2,16", "GRU,3,21,2,true,9,4"
  })
  void networksTrainedWithAndWithoutVectorsAreEqual(
      Cell cell, int input, int hidden, int layers, boolean both, int batch, int seqLen) {
    assumeTrue(Kernels.vectorApi(), "the module jdk.incubator.vector");
    RnnConfig config = new RnnConfig(cell, input, hidden, layers, both, true);
    float[] plain = train(new TrainableRnn(config, ColumnMatrix::new), batch, seqLen);
    assertThat(train(new TrainableRnn(config), batch, seqLen)).containsExactly(plain);
  }

  /** The weights, Adam's state and the last gradients of inputs and of h_0. */
  private static float[] train(TrainableRnn network, int batch, int seqLen) {
    RnnConfig config = network.config();
    Random random = new Random(5);
    float[] weights = Initialization.recurrent(config, new TorchRandom(3));
    Adam adam = new Adam(1e-2, Adam.BETA1, Adam.BETA2, Adam.EPSILON, 0.01, 0.5);
    float[] state = new float[adam.stateLength(weights.length)];
    float[] gradient = new float[weights.length];
    float[] dInput = new float[batch * seqLen * config.inputSize()];
    float[] h0 = normal(random, config.numLayers() * batch * config.outputSize());
    float[] dH0 = new float[h0.length];
    RnnOutput result = new RnnOutput();
    for (int step = 0; step < 5; step++) {
      float[] input = normal(random, dInput.length);
      network.load(weights, 0);
      network.forward(input, batch, seqLen, step % 2 == 0, h0, null, result);
      float[] target = normal(random, result.out().length);
      float[] dOut = new float[target.length];
      double loss = Loss.meanSquared(result.out(), target, null, target.length, dOut);
      Arrays.fill(gradient, 0f);
      network.backward(dOut, h0, null, gradient, 0, dInput, dH0, null);
      assertThat(adam.step(loss, gradient, 0, weights, 0, state, 0, weights.length)).isTrue();
    }
    return joined(weights, state, dInput, dH0);
  }

  private static float[] products(TrainingMatrix.Factory kind, int rows, int width, int count) {
    Random random = new Random(11);
    float[] scales = new float[rows];
    for (int row = 0; row < rows; row++) {
      scales[row] = row % 3 == 0 ? 0.5f : 1f;
    }
    TrainingMatrix matrix = kind.of(rows, width, scales);
    assertThat(matrix.pack(normal(random, 2 + rows * width), 2)).isEqualTo(2 + rows * width);
    float[] x = normal(random, 3 + count * width);
    float[][] sums = padded(random, count + 1, rows);
    float[][] d = padded(random, count + 1, rows);
    float[][] dX = padded(random, count, width);
    float[] gradient = normal(random, 1 + rows * width + rows);
    matrix.forward(sums, 1, count, x, 3);
    matrix.backward(d, 1, count, dX);
    int next = matrix.addGradient(d, count, x, 3, gradient, 1);
    assertThat(matrix.addBiasGradient(d, count, gradient, next)).isEqualTo(gradient.length);
    float[] all = gradient;
    for (int k = 0; k < count; k++) {
      all = joined(all, Arrays.copyOf(sums[k + 1], rows), Arrays.copyOf(dX[k], width));
    }
    return all;
  }

  private static float[][] padded(Random random, int count, int length) {
    float[][] all = new float[count][];
    for (int k = 0; k < count; k++) {
      all[k] = Arrays.copyOf(normal(random, length), TrainingMatrix.padded(length));
    }
    return all;
  }

  private static float[] normal(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] joined(float[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
