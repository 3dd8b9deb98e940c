package dev.weir.forecast.network;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.rnn.Linear;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;

/**
 * A network of windows and its linear head with gradients: computes the forecasts of {@link
 * NetworkForecaster} on the network's own scale for a batch of windows, and back-propagates. The
 * caller keeps the weights:
 *
 * <pre>
 * network as in {@link RnnConfig#parameters()} | head's weight | head's bias
 * </pre>
 *
 * Many-to-one reads the final states of all directions, many-to-many the states of each step. Holds
 * scratch: one instance for each thread; a change of the batch's size allocates, nothing else does.
 */
final class TrainableNetwork {

  private final RnnConfig rnn;
  private final int seqLen;
  private final boolean finals; // reads h_n, not out
  private final int rows; // answers from each place that is read
  private final int width; // of such a place
  private final int headAt;
  private final int biasAt;
  private final TrainableRnn network;
  private final RnnOutput result = new RnnOutput();

  // scratch
  private float[] places = {}; // (batch, width): final states, side by side
  private float[] dPlaces = {}; // as places, or as out
  private float[] answer = {}; // (batch, horizon)
  private float[] dHN = {}; // as h_n
  private float[] weights;
  private int batch;

  TrainableNetwork(Mode mode, RnnConfig rnn, int seqLen, int horizon) {
    this.rnn = rnn;
    this.seqLen = seqLen;
    this.finals = mode == Mode.MANY_TO_ONE;
    this.rows = finals ? horizon : 1;
    this.width = rnn.outputSize();
    this.headAt = rnn.parameterCount();
    this.biasAt = headAt + rows * width;
    this.network = new TrainableRnn(rnn);
  }

  /** The head of a model that has these weights. */
  ForecastModel.Head head(float[] all) {
    return new ForecastModel.Head(
        Arrays.copyOfRange(all, headAt, biasAt), Arrays.copyOfRange(all, biasAt, count()));
  }

  int count() {
    return biasAt + rows;
  }

  /** Takes the weights: a copy of the network's, the head's where they are. */
  void load(float[] weights) {
    this.weights = weights;
    network.load(weights, 0);
  }

  /**
   * @param input (batch, seq_len), of exactly that length
   * @return (batch, horizon), valid until the next call
   */
  float[] forward(float[] input, int batch) {
    grow(batch);
    network.forward(input, batch, seqLen, true, null, null, result);
    if (finals) {
      copyFinals(result.hN(), places, true);
    }
    float[] read = finals ? places : result.out();
    for (int p = 0; p < count(batch); p++) {
      Linear.forward(
          weights, headAt, weights, biasAt, width, rows, read, p * width, answer, p * rows);
    }
    return answer;
  }

  private int count(int batch) {
    return finals ? batch : batch * seqLen;
  }

  /**
   * Back through the last {@link #forward}.
   *
   * @param dAnswers as the answers
   * @param gradient (count); added to
   */
  void backward(float[] dAnswers, float[] gradient) {
    Arrays.fill(dPlaces, 0f);
    float[] read = finals ? places : result.out();
    for (int p = 0; p < count(batch); p++) {
      Linear.backward(
          weights, headAt, width, rows, read, p * width, dAnswers, p * rows, gradient, headAt,
          gradient, biasAt, dPlaces, p * width);
    }
    if (finals) {
      copyFinals(dHN, dPlaces, false);
    }
    network.backward(
        finals ? null : dPlaces, finals ? dHN : null, null, gradient, 0, null, null, null);
  }

  /** Between the last layer's part of h_n, (directions, batch, hidden_size), and the places. */
  private void copyFinals(float[] hN, float[] sideBySide, boolean out) {
    int size = rnn.hiddenSize();
    int directions = rnn.numDirections();
    int layer = (rnn.numLayers() - 1) * directions * batch * size;
    for (int d = 0; d < directions; d++) {
      for (int b = 0; b < batch; b++) {
        int from = layer + (d * batch + b) * size;
        int to = (b * directions + d) * size;
        if (out) {
          System.arraycopy(hN, from, sideBySide, to, size);
        } else {
          System.arraycopy(sideBySide, to, hN, from, size);
        }
      }
    }
  }

  private void grow(int batch) {
    if (this.batch == batch) {
      return;
    }
    this.batch = batch;
    int read = count(batch) * width;
    places = new float[finals ? read : 0];
    dPlaces = new float[read];
    answer = new float[count(batch) * rows];
    dHN = new float[finals ? rnn.numLayers() * rnn.numDirections() * batch * rnn.hiddenSize() : 0];
  }
}
