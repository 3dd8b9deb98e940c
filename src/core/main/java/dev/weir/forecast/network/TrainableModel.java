package dev.weir.forecast.network;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Readout;
import dev.weir.rnn.Linear;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;

/**
 * A {@link ForecastModel}'s network and head with gradients: what {@link NetworkForecaster} answers
 * on the network's own scale, for a batch of windows, and back. Weights lie with the caller:
 *
 * <pre>
 * network as in {@link RnnConfig#parameters()} | head's weight | head's bias
 * </pre>
 *
 * without the last two where the model has no head. Holds scratch: one instance for each thread and
 * size of batch; a change of it allocates, nothing else does.
 */
final class TrainableModel {

  private final RnnConfig rnn;
  private final int seqLen;
  private final boolean headed;
  private final boolean finals; // reads h_n, not out
  private final int firstStep; // of out that is read; the last one is always
  private final int rows; // answers from each place that is read
  private final int width; // of such a place
  private final int headAt;
  private final int biasAt;
  private final int answers; // of each window
  private final TrainableRnn network;
  private final RnnOutput result = new RnnOutput();

  // scratch
  private final float[] hidden; // (width)
  private final float[] dHidden; // (width)
  private float[] answer = {}; // (batch, answers)
  private float[] dHN = {}; // as h_n; empty where out is read
  private float[] dOut = {}; // as out; empty where h_n is read
  private float[] weights;
  private int at;
  private int batch;

  /**
   * @param readout of a many-to-one model
   * @param headed whether there is a linear head; else the hidden state, of as many units as
   *     answers, is the answer
   */
  TrainableModel(
      Mode mode, RnnConfig rnn, int seqLen, int horizon, Readout readout, boolean headed) {
    this.rnn = rnn;
    this.seqLen = seqLen;
    this.headed = headed;
    boolean manyToOne = mode == Mode.MANY_TO_ONE;
    this.finals = manyToOne && readout == Readout.FINAL_HIDDEN;
    this.firstStep = manyToOne ? seqLen - 1 : 0;
    this.rows = manyToOne ? horizon : 1;
    this.width = rnn.outputSize();
    this.headAt = rnn.parameterCount();
    this.biasAt = headAt + rows * width;
    this.answers = (seqLen - firstStep) * rows;
    this.network = new TrainableRnn(rnn);
    this.hidden = new float[width];
    this.dHidden = new float[width];
  }

  /** One that answers as the model does. */
  static TrainableModel of(ForecastModel model) {
    return new TrainableModel(
        model.mode(),
        model.rnn(),
        model.seqLen(),
        model.horizon(),
        model.readout(),
        model.head() != null);
  }

  /** All of a model's weights, in our order; a new array. */
  static float[] weights(ForecastModel model) {
    int network = model.weights().length;
    if (model.head() == null) {
      return model.weights().clone();
    }
    float[] weight = model.head().weight();
    float[] bias = model.head().bias();
    float[] all = Arrays.copyOf(model.weights(), network + weight.length + bias.length);
    System.arraycopy(weight, 0, all, network, weight.length);
    System.arraycopy(bias, 0, all, network + weight.length, bias.length);
    return all;
  }

  static int count(ForecastModel model) {
    ForecastModel.Head head = model.head();
    return model.weights().length + (head == null ? 0 : head.weight().length + head.bias().length);
  }

  /** The head of a model that has these weights; null where it has none. */
  ForecastModel.Head head(float[] all) {
    return headed
        ? new ForecastModel.Head(
            Arrays.copyOfRange(all, headAt, biasAt), Arrays.copyOfRange(all, biasAt, count()))
        : null;
  }

  int count() {
    return headed ? biasAt + rows : headAt;
  }

  int answers() {
    return answers;
  }

  /** Takes the weights from {@code at} on: a copy of the network's, the head's where they are. */
  void load(float[] weights, int at) {
    this.weights = weights;
    this.at = at;
    network.load(weights, at);
  }

  /**
   * @param input (batch, seq_len, input_size), of just that length
   * @return (batch, {@link #answers()}), valid until the next call
   */
  float[] forward(float[] input, int batch) {
    grow(batch);
    network.forward(input, batch, seqLen, true, null, null, result);
    for (int b = 0; b < batch; b++) {
      if (finals) {
        gather(b);
        answer(hidden, 0, b * rows);
      } else {
        for (int t = firstStep; t < seqLen; t++) {
          answer(result.out(), (b * seqLen + t) * width, answerAt(b, t));
        }
      }
    }
    return answer;
  }

  private int answerAt(int b, int t) {
    return b * answers + (t - firstStep) * rows;
  }

  private void answer(float[] from, int x, int to) {
    if (headed) {
      Linear.forward(weights, at + headAt, weights, at + biasAt, width, rows, from, x, answer, to);
      return;
    }
    for (int unit = 0; unit < rows; unit++) { // the hidden state is the answer
      answer[to + unit] =
          rnn.bidirectional() ? 0.5f * (from[x + unit] + from[x + rows + unit]) : from[x + unit];
    }
  }

  /**
   * Back through the last {@link #forward}.
   *
   * @param dAnswers as the answers
   * @param gradient (count); added to
   */
  void backward(float[] dAnswers, float[] gradient) {
    Arrays.fill(dHN, 0f);
    Arrays.fill(dOut, 0f);
    int size = rnn.hiddenSize();
    for (int b = 0; b < batch; b++) {
      if (finals) {
        gather(b);
        Arrays.fill(dHidden, 0f);
        backward(hidden, 0, dAnswers, b * rows, gradient, dHidden, 0);
        for (int d = 0; d < rnn.numDirections(); d++) {
          System.arraycopy(dHidden, d * size, dHN, hN(b, d), size);
        }
      } else {
        for (int t = firstStep; t < seqLen; t++) {
          int x = (b * seqLen + t) * width;
          backward(result.out(), x, dAnswers, answerAt(b, t), gradient, dOut, x);
        }
      }
    }
    network.backward(
        finals ? null : dOut, finals ? dHN : null, null, gradient, 0, null, null, null);
  }

  private void backward(
      float[] from, int x, float[] dAnswers, int d, float[] gradient, float[] dX, int dXAt) {
    if (headed) {
      Linear.backward(
          weights,
          at + headAt,
          width,
          rows,
          from,
          x,
          dAnswers,
          d,
          gradient,
          headAt,
          gradient,
          biasAt,
          dX,
          dXAt);
      return;
    }
    for (int unit = 0; unit < rows; unit++) {
      if (rnn.bidirectional()) {
        dX[dXAt + unit] += 0.5f * dAnswers[d + unit];
        dX[dXAt + rows + unit] += 0.5f * dAnswers[d + unit];
      } else {
        dX[dXAt + unit] += dAnswers[d + unit];
      }
    }
  }

  /** The last layer's final hidden states of all directions, side by side. */
  private void gather(int b) {
    int size = rnn.hiddenSize();
    for (int d = 0; d < rnn.numDirections(); d++) {
      System.arraycopy(result.hN(), hN(b, d), hidden, d * size, size);
    }
  }

  private int hN(int b, int direction) {
    int row = (rnn.numLayers() - 1) * rnn.numDirections() + direction;
    return (row * batch + b) * rnn.hiddenSize();
  }

  private void grow(int batch) {
    if (this.batch == batch) {
      return;
    }
    this.batch = batch;
    answer = new float[batch * answers];
    dHN = new float[finals ? rnn.numLayers() * rnn.numDirections() * batch * rnn.hiddenSize() : 0];
    dOut = new float[finals ? 0 : batch * seqLen * width];
  }
}
