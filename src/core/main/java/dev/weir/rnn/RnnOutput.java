package dev.weir.rnn;

/**
 * What {@code torch.nn.RNN}, {@code LSTM} or {@code GRU} return. Owned by the caller and reused:
 * {@link Rnn#forward} overwrites it and allocates only when sizes change. Arrays are handed out
 * without a copy, so they hold until the next forward.
 *
 * <p>Of the two directions, {@code out} holds the forward one in the first hidden_size values of a
 * row and the backward one in the rest. A direction's h_n is its hidden state after it has read the
 * full sequence. Hence the forward h_n of the last layer is the <b>last</b> row of the forward half
 * of {@code out}, but the backward h_n is the <b>first</b> row of the backward half.
 */
public final class RnnOutput {

  private float[] out = {}; // (batch, seq_len, D * H) or (seq_len, batch, D * H)
  private float[] hN = {}; // (L * D, batch, H)
  private float[] cN; // as hN; null unless LSTM

  /** Makes room for a result; keeps arrays whose length is right already. */
  public void reshape(RnnConfig config, int batch, int seqLen) {
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
}
