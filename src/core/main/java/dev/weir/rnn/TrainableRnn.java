package dev.weir.rnn;

import java.util.Arrays;
import java.util.Objects;

/**
 * A recurrent network that learns: {@link Rnn}'s semantics, and back-propagation through time. It
 * gives gradients; {@link Adam} turns them into new weights.
 *
 * <pre>{@code
 * network.load(weights, 0);
 * network.forward(input, batch, seqLen, true, h0, null, result);
 * double loss = Loss.meanSquared(result.out(), target, null, target.length, dOut);
 * Arrays.fill(gradient, 0f);
 * network.backward(dOut, null, null, gradient, 0, null, null, null);
 * adam.step(loss, gradient, 0, weights, 0, state, 0, gradient.length);
 * }</pre>
 *
 * <p>The caller keeps the learned weights, anywhere in an array, so that one instance serves any
 * number of series of one shape, one after another. Between {@link #forward} and {@link #backward}
 * it keeps scratch only, which needs no saving.
 *
 * <p>Not thread-safe: one instance per thread. It allocates only when a batch or a sequence is
 * larger than ever before, provided that the caller reuses a result of the same sizes. The same
 * inputs give the same bits, whatever ran before. Gradients agree with PyTorch within 1e-5 of the
 * largest.
 *
 * @see <a href="https://doi.org/10.1109/5.58337">Werbos, Backpropagation through time, 1990</a>
 */
public final class TrainableRnn {

  private final RnnConfig config;
  private final TrainableDirection[][] tapes; // (num_layers)(num_directions)

  private boolean loaded;
  private int batch; // 0 until there is something to go back through
  private int seqLen;
  private boolean batchFirst;

  // scratch; rows = seq_len * batch, in time order whatever batch_first is
  private final float[][] layerInputs; // (num_layers + 1)(rows, layer_input_size): the last is out
  private float[] dOut = {}; // (rows, num_directions * hidden_size)
  private final float[] dInputRow; // (input_size)
  private final float[] dRow; // (num_directions * hidden_size)
  private final float[] fromInput; // (gates * hidden_size)
  private final float[] fromHidden; // (gates * hidden_size)

  public TrainableRnn(RnnConfig config) {
    this.config = config;
    this.tapes = new TrainableDirection[config.numLayers()][config.numDirections()];
    for (int layer = 0; layer < config.numLayers(); layer++) {
      for (int direction = 0; direction < config.numDirections(); direction++) {
        tapes[layer][direction] = new TrainableDirection(config, layer, direction);
      }
    }
    this.layerInputs = new float[config.numLayers() + 1][0];
    this.dInputRow = new float[config.inputSize()];
    this.dRow = new float[config.outputSize()];
    this.fromInput = new float[config.cell().gates() * config.hiddenSize()];
    this.fromHidden = new float[fromInput.length];
  }

  public RnnConfig config() {
    return config;
  }

  /**
   * Takes a copy of the weights, for {@link #forward} and {@link #backward}.
   *
   * @param weights laid out as {@link RnnConfig#parameters()} from {@code offset} on
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public void load(float[] weights, int offset) {
    Objects.checkFromIndexSize(offset, config.parameterCount(), weights.length);
    int next = offset;
    for (TrainableDirection[] layer : tapes) {
      for (TrainableDirection tape : layer) {
        next = tape.pack(weights, next);
      }
    }
    loaded = true;
    batch = 0;
  }

  /**
   * Runs the network, from a given state if there is one, and keeps what {@link #backward} needs.
   * Arguments, shapes and errors are those of {@link Rnn#forward}.
   */
  public void forward(
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0,
      RnnOutput result) {
    if (!loaded) {
      throw new IllegalStateException("weights: expected load() before forward(), got none yet");
    }
    Rnn.requireShapes(config, input, batch, seqLen, batchFirst, h0, c0);
    this.batch = batch;
    this.seqLen = seqLen;
    this.batchFirst = batchFirst;
    growScratch();
    result.reshape(config, batch, seqLen);
    toTimeOrder(input, layerInputs[0], config.inputSize());
    int state = batch * config.hiddenSize();
    int width = config.outputSize();
    for (int layer = 0; layer < tapes.length; layer++) {
      int stateOffset = layer * config.numDirections() * state;
      for (int direction = 0; direction < tapes[layer].length; direction++) {
        int given = stateOffset + direction * state;
        tapes[layer][direction].begin(layerInputs[layer], h0, c0, given);
      }
      float[] out = layerInputs[layer + 1];
      for (int step = 0; step < seqLen; step++) {
        for (int direction = 0; direction < tapes[layer].length; direction++) {
          tapes[layer][direction].step(step, out, direction * config.hiddenSize(), width);
        }
      }
      for (int direction = 0; direction < tapes[layer].length; direction++) {
        int last = stateOffset + direction * state;
        tapes[layer][direction].finish(result.hN(), result.cN(), last);
      }
    }
    fromTimeOrder(layerInputs[tapes.length], result.out(), width);
  }

  private void growScratch() {
    int rows = Math.multiplyExact(batch, seqLen);
    for (TrainableDirection[] layer : tapes) {
      for (TrainableDirection tape : layer) {
        tape.reshape(batch, seqLen);
      }
    }
    if (dOut.length < rows * config.outputSize()) {
      dOut = new float[rows * config.outputSize()];
      for (int layer = 0; layer < layerInputs.length; layer++) {
        layerInputs[layer] = new float[rows * config.layerInputSize(layer)];
      }
    }
  }

  private void toTimeOrder(float[] from, float[] to, int width) {
    if (!batchFirst) {
      System.arraycopy(from, 0, to, 0, seqLen * batch * width);
      return;
    }
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < seqLen; t++) {
        System.arraycopy(from, (b * seqLen + t) * width, to, (t * batch + b) * width, width);
      }
    }
  }

  private void fromTimeOrder(float[] from, float[] to, int width) {
    if (!batchFirst) {
      System.arraycopy(from, 0, to, 0, seqLen * batch * width);
      return;
    }
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < seqLen; t++) {
        System.arraycopy(from, (t * batch + b) * width, to, (b * seqLen + t) * width, width);
      }
    }
  }

  /**
   * Gradients of a loss, by the chain rule back through the last {@link #forward}. May be called
   * again for another loss of the same forward.
   *
   * @param dOut dLoss/dOut, of out's shape; null means zeros
   * @param dHN dLoss/dHn, of h_n's shape; null means zeros
   * @param dCN dLoss/dCn, LSTM only; null means zeros
   * @param gradient dLoss/dWeights is <b>added</b> here, laid out as {@link RnnConfig#parameters()}
   *     from {@code gradientOffset} on
   * @param dInput dLoss/dInput, of input's shape, overwritten; null to skip it
   * @param dH0 dLoss/dh_0, of h_0's shape, overwritten, also where h_0 was null; null to skip it
   * @param dC0 as dH0, LSTM only
   * @throws IllegalArgumentException if a length does not fit, naming it
   * @throws IllegalStateException if there was no forward since the weights were loaded
   */
  public void backward(
      float[] dOut,
      float[] dHN,
      float[] dCN,
      float[] gradient,
      int gradientOffset,
      float[] dInput,
      float[] dH0,
      float[] dC0) {
    if (batch == 0) {
      throw new IllegalStateException(
          "activations: expected forward() before backward(), got none since load()");
    }
    Objects.checkFromIndexSize(gradientOffset, config.parameterCount(), gradient.length);
    requireRows("gradient of out", dOut, config.outputSize());
    requireRows("gradient of input", dInput, config.inputSize());
    requireState("gradient of h_n", dHN, true);
    requireState("gradient of c_n", dCN, config.cell() == Cell.LSTM);
    requireState("gradient of h_0", dH0, true);
    requireState("gradient of c_0", dC0, config.cell() == Cell.LSTM);
    int width = config.outputSize();
    if (dOut == null) {
      Arrays.fill(this.dOut, 0, seqLen * batch * width, 0f);
    } else {
      toTimeOrder(dOut, this.dOut, width);
    }
    for (int layer = tapes.length - 1; layer >= 0; layer--) {
      int state = batch * config.hiddenSize();
      int stateOffset = layer * config.numDirections() * state;
      for (int direction = 0; direction < tapes[layer].length; direction++) {
        tapes[layer][direction].beginBackward(dHN, dCN, stateOffset + direction * state);
      }
      for (int step = seqLen - 1; step >= 0; step--) {
        for (int direction = 0; direction < tapes[layer].length; direction++) {
          int outOffset = direction * config.hiddenSize();
          tapes[layer][direction].stepBack(step, this.dOut, outOffset, width);
        }
      }
      for (int direction = 0; direction < tapes[layer].length; direction++) {
        tapes[layer][direction].finishBackward(dH0, dC0, stateOffset + direction * state);
      }
      if (layer > 0) {
        goDown(layer);
      }
    }
    if (dInput != null) {
      inputGradient(dInput);
    }
    int next = gradientOffset;
    for (int layer = 0; layer < tapes.length; layer++) {
      for (TrainableDirection tape : tapes[layer]) {
        next = tape.addWeightGradient(layerInputs[layer], gradient, next);
      }
    }
  }

  /** From a layer's gates to the output of the layer below, all of which both directions read. */
  private void goDown(int layer) {
    int width = config.outputSize();
    for (int row = 0; row < seqLen * batch; row++) {
      inputGradient(layer, row, dRow);
      System.arraycopy(dRow, 0, dOut, row * width, width);
    }
  }

  private void inputGradient(float[] dInput) {
    int width = config.inputSize();
    for (int row = 0; row < seqLen * batch; row++) {
      inputGradient(0, row, dInputRow);
      int to = (batchFirst ? row % batch * seqLen + row / batch : row) * width;
      System.arraycopy(dInputRow, 0, dInput, to, width);
    }
  }

  private void inputGradient(int layer, int row, float[] dX) {
    Arrays.fill(dX, 0f);
    for (TrainableDirection tape : tapes[layer]) {
      tape.addInputGradient(row, dX);
    }
  }

  private void requireRows(String what, float[] values, int width) {
    if (values != null && values.length != seqLen * batch * width) {
      throw new IllegalArgumentException(
          "%s: expected batch %d * seq_len %d * %d = %d values, got %d"
              .formatted(what, batch, seqLen, width, seqLen * batch * width, values.length));
    }
  }

  private void requireState(String what, float[] state, boolean exists) {
    if (state == null) {
      return;
    }
    if (!exists) {
      throw new IllegalArgumentException(
          "%s: expected none, since only an LSTM has it, got %d values for %s"
              .formatted(what, state.length, config.cell()));
    }
    Rnn.requireState(config, what, batch, state);
  }

  /**
   * One step of one series with a carried state: what a forward of batch 1 and seq_len 1 gives,
   * within rounding. Reads the weights where they are, without {@link #load}, since for a single
   * step packing would cost more than the arithmetic; leaves the last forward untouched.
   *
   * @param weights laid out as {@link RnnConfig#parameters()} from {@code weightsOffset} on
   * @param x (input_size) from {@code xOffset} on
   * @param h (num_layers, hidden_size) from {@code hOffset} on: the state, overwritten by the next;
   *     its last hidden_size values are the step's out
   * @param c as h, LSTM only, else null
   * @throws IllegalStateException if the network is bidirectional: its other half needs the future
   * @throws IndexOutOfBoundsException if an array is too short
   */
  public void step(
      float[] weights,
      int weightsOffset,
      float[] x,
      int xOffset,
      float[] h,
      int hOffset,
      float[] c,
      int cOffset) {
    if (config.bidirectional()) {
      throw new IllegalStateException(
          "bidirectional: expected false for a network that runs step by step, got true");
    }
    int size = config.hiddenSize();
    Objects.checkFromIndexSize(weightsOffset, config.parameterCount(), weights.length);
    Objects.checkFromIndexSize(hOffset, config.numLayers() * size, h.length);
    if (config.cell() == Cell.LSTM) {
      Objects.checkFromIndexSize(cOffset, config.numLayers() * size, c.length);
    }
    int rows = fromInput.length;
    int next = weightsOffset;
    for (int layer = 0; layer < config.numLayers(); layer++) {
      int width = config.layerInputSize(layer);
      int weightHh = next + rows * width;
      int biasIh = weightHh + rows * size;
      int biasHh = biasIh + rows;
      float[] bias = config.bias() ? weights : null;
      float[] below = layer == 0 ? x : h;
      int belowOffset = layer == 0 ? xOffset : hOffset + (layer - 1) * size;
      int state = hOffset + layer * size;
      Linear.forward(weights, next, bias, biasIh, width, rows, below, belowOffset, fromInput, 0);
      Linear.forward(weights, weightHh, bias, biasHh, size, rows, h, state, fromHidden, 0);
      switch (config.cell()) {
        case RNN_TANH, RNN_RELU -> elmanStep(h, state);
        case LSTM -> lstmStep(h, state, c, cOffset + layer * size);
        case GRU -> gruStep(h, state);
      }
      next = config.bias() ? biasHh + rows : biasIh;
    }
  }

  private void elmanStep(float[] h, int state) {
    for (int k = 0; k < config.hiddenSize(); k++) {
      float sum = fromInput[k] + fromHidden[k];
      h[state + k] = config.cell() == Cell.RNN_TANH ? Activation.tanh(sum) : Math.max(sum, 0f);
    }
  }

  private void lstmStep(float[] h, int state, float[] c, int cell) {
    int size = config.hiddenSize();
    for (int k = 0; k < size; k++) {
      float i = sigmoid(fromInput[k] + fromHidden[k]);
      float f = sigmoid(fromInput[size + k] + fromHidden[size + k]);
      float g = Activation.tanh(fromInput[2 * size + k] + fromHidden[2 * size + k]);
      float o = sigmoid(fromInput[3 * size + k] + fromHidden[3 * size + k]);
      c[cell + k] = Math.fma(f, c[cell + k], i * g);
      h[state + k] = o * Activation.tanh(c[cell + k]);
    }
  }

  private void gruStep(float[] h, int state) {
    int size = config.hiddenSize();
    for (int k = 0; k < size; k++) {
      float r = sigmoid(fromInput[k] + fromHidden[k]);
      float z = sigmoid(fromInput[size + k] + fromHidden[size + k]);
      float n = Activation.tanh(Math.fma(r, fromHidden[2 * size + k], fromInput[2 * size + k]));
      h[state + k] = Math.fma(z, h[state + k] - n, n);
    }
  }

  private static float sigmoid(float x) {
    return Activation.sigmoidFromTanh(Activation.tanh(0.5f * x));
  }
}
