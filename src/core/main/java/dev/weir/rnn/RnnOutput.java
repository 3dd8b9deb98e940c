package dev.weir.rnn;

/**
 * What {@code torch.nn.RNN}, {@code LSTM} or {@code GRU} return, and views that keep the directions
 * apart. Owned by the caller and reused: {@link Rnn#forward} overwrites it and allocates only when
 * sizes change. Arrays are handed out without a copy, so they hold until the next forward.
 *
 * <p>Of the two directions, {@code out} holds the forward one in the first hidden_size values of a
 * row and the backward one in the rest. A direction's h_n is its hidden state after it has read the
 * whole sequence. Hence the forward h_n of the last layer is the <b>last</b> row of the forward
 * half of {@code out}, but the backward h_n is the <b>first</b> row of the backward half.
 */
public final class RnnOutput {

  private RnnConfig config;
  private int batch;
  private int seqLen;
  private boolean batchFirst;
  private float[] out = {}; // (batch, seq_len, D * H) or (seq_len, batch, D * H)
  private float[] hN = {}; // (L * D, batch, H)
  private float[] cN; // as hN; null unless LSTM

  /** Makes room for a result; keeps arrays whose length is right already. */
  public void reshape(RnnConfig config, int batch, int seqLen, boolean batchFirst) {
    this.config = config;
    this.batch = batch;
    this.seqLen = seqLen;
    this.batchFirst = batchFirst;
    out = ofLength(out, Math.toIntExact((long) batch * seqLen * config.outputSize()));
    int states = Math.toIntExact((long) batch * config.numLayers() * config.outputSize());
    hN = ofLength(hN, states);
    cN = config.cell() == Cell.LSTM ? ofLength(cN, states) : null;
  }

  private static float[] ofLength(float[] array, int length) {
    return array != null && array.length == length ? array : new float[length];
  }

  /**
   * The last layer's hidden state at each step: (batch, seq_len, num_directions * hidden_size) if
   * batch_first, else (seq_len, batch, num_directions * hidden_size), row-major.
   */
  public float[] out() {
    return out;
  }

  /**
   * Each layer's and direction's final hidden state: (num_layers * num_directions, batch,
   * hidden_size), row-major, layer by layer and forward before backward, whatever batch_first is.
   */
  public float[] hN() {
    return hN;
  }

  /** Each final cell state, laid out as {@link #hN()}; null unless the network is an LSTM. */
  public float[] cN() {
    return cN;
  }

  /** A new array with the shape of {@link #out()}. */
  public int[] outShape() {
    requireResult();
    return batchFirst
        ? new int[] {batch, seqLen, config.outputSize()}
        : new int[] {seqLen, batch, config.outputSize()};
  }

  /** A new array with the shape of {@link #hN()}. */
  public int[] hNShape() {
    requireResult();
    return new int[] {config.numLayers() * config.numDirections(), batch, config.hiddenSize()};
  }

  /**
   * One value of {@code out.view(batch, seq_len, num_directions, hidden_size)}, whatever
   * batch_first is.
   *
   * @param direction 0 forward, 1 backward
   */
  public float out(int b, int t, int direction, int unit) {
    requireIndex("batch", b, batch);
    requireIndex("seq_len", t, seqLen);
    requireUnit(direction, unit);
    return out[outRow(b, t) + direction * config.hiddenSize() + unit];
  }

  /** One value of {@code h_n.view(num_layers, num_directions, batch, hidden_size)}. */
  public float hN(int layer, int direction, int b, int unit) {
    return hN[stateIndex(layer, direction, b, unit)];
  }

  /**
   * One value of {@code c_n.view(num_layers, num_directions, batch, hidden_size)}.
   *
   * @throws IllegalStateException unless the network is an LSTM
   */
  public float cN(int layer, int direction, int b, int unit) {
    int index = stateIndex(layer, direction, b, unit);
    if (cN == null) {
      throw new IllegalStateException("c_n: expected an LSTM, got " + config.cell());
    }
    return cN[index];
  }

  /**
   * A copy of one direction of {@code out}: (batch, seq_len, hidden_size) if batch_first, else
   * (seq_len, batch, hidden_size).
   */
  public float[] outOfDirection(int direction) {
    requireUnit(direction, 0);
    int hiddenSize = config.hiddenSize();
    float[] copy = new float[batch * seqLen * hiddenSize];
    for (int row = 0; row < batch * seqLen; row++) {
      int from = row * config.outputSize() + direction * hiddenSize;
      System.arraycopy(out, from, copy, row * hiddenSize, hiddenSize);
    }
    return copy;
  }

  /** A copy of one direction of {@code h_n}: (num_layers, batch, hidden_size). */
  public float[] hNOfDirection(int direction) {
    requireUnit(direction, 0);
    int length = batch * config.hiddenSize();
    float[] copy = new float[config.numLayers() * length];
    for (int layer = 0; layer < config.numLayers(); layer++) {
      int from = (layer * config.numDirections() + direction) * length;
      System.arraycopy(hN, from, copy, layer * length, length);
    }
    return copy;
  }

  private int outRow(int b, int t) {
    return (batchFirst ? b * seqLen + t : t * batch + b) * config.outputSize();
  }

  private int stateIndex(int layer, int direction, int b, int unit) {
    requireUnit(direction, unit);
    requireIndex("num_layers", layer, config.numLayers());
    requireIndex("batch", b, batch);
    int row = (layer * config.numDirections() + direction) * batch + b;
    return row * config.hiddenSize() + unit;
  }

  private void requireUnit(int direction, int unit) {
    requireResult();
    requireIndex("num_directions", direction, config.numDirections());
    requireIndex("hidden_size", unit, config.hiddenSize());
  }

  private void requireResult() {
    if (config == null) {
      throw new IllegalStateException("result: expected one forward at least, got none yet");
    }
  }

  private static void requireIndex(String axis, int index, int size) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          "%s: expected an index from 0 to %d, got %d".formatted(axis, size - 1, index));
    }
  }
}
