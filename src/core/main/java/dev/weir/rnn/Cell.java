package dev.weir.rnn;

/**
 * The recurrent cells of PyTorch. The gate order is torch's: LSTM i, f, g, o; GRU r, z, n.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html">torch.nn.RNN</a>
 * @see <a
 *     href="https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html">torch.nn.LSTM</a>
 * @see <a href="https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html">torch.nn.GRU</a>
 */
public enum Cell {
  RNN_TANH(1),
  RNN_RELU(1),
  LSTM(4),
  GRU(3);

  private final int gates;

  Cell(int gates) {
    this.gates = gates;
  }

  /** How many blocks of {@code hidden_size} rows a weight matrix has. */
  public int gates() {
    return gates;
  }

  /**
   * What packed rows of a gate are multiplied by: one half for a sigmoid gate, so that one tanh
   * serves all gates by sigmoid(x) = 0.5 + 0.5 tanh(x / 2); else 1. Halving is exact.
   */
  float scale(int gate) {
    return gates == 1 || gate == 2 ? 1f : 0.5f; // i, f, g, o and r, z, n: g and n are no sigmoids
  }
}
