package dev.weir.rnn;

/**
 * The weights of a network, packed for {@link VectorKernel}: a matrix is cut into panels of two
 * vectors' rows (the last may be one wide), and a panel holds its columns one after the other, so
 * that a sum which stays in registers reads memory in one direction.
 *
 * <p>Each gate's rows are filled up with zeros to a multiple of the vector's length. What {@link
 * ColumnWeights} settles is settled here in the same way: one bias, halved sigmoid rows, b_hn
 * apart.
 */
final class PanelWeights {

  /** The tensors of one layer. */
  static final class Layer {
    final float[] input; // panels of (layer_input_size, num_directions * gates * padded)
    final float[] inputBias; // (num_directions * gates * padded)
    final float[] hidden; // (num_directions), panels of (hidden_size, gates * padded)
    final float[] hiddenBias; // (num_directions * padded): b_hn, GRU only

    private Layer(int inputSize, int directions, int gateRows, int hiddenSize, int padded) {
      input = new float[inputSize * directions * gateRows];
      inputBias = new float[directions * gateRows];
      hidden = new float[directions * hiddenSize * gateRows];
      hiddenBias = new float[directions * padded];
    }
  }

  private final RnnConfig config;
  private final int lanes;
  private final int padded; // hidden_size, rounded up to whole vectors
  private final int gateRows; // gates * padded
  private final Layer[] layers;

  PanelWeights(RnnConfig config, int lanes) {
    this.config = config;
    this.lanes = lanes;
    this.padded = (config.hiddenSize() + lanes - 1) / lanes * lanes;
    this.gateRows = config.cell().gates() * padded;
    this.layers = new Layer[config.numLayers()];
    for (int layer = 0; layer < layers.length; layer++) {
      layers[layer] =
          new Layer(
              config.layerInputSize(layer),
              config.numDirections(),
              gateRows,
              config.hiddenSize(),
              padded);
    }
  }

  int padded() {
    return padded;
  }

  Layer layer(int layer) {
    return layers[layer];
  }

  /** Copies weights laid out as {@link RnnConfig#parameters()}; allocates nothing. */
  void pack(float[] weights) {
    int hiddenSize = config.hiddenSize();
    int directions = config.numDirections();
    int offset = 0;
    for (int l = 0; l < layers.length; l++) {
      Layer layer = layers[l];
      int inputSize = config.layerInputSize(l);
      for (int d = 0; d < directions; d++) {
        int first = d * gateRows;
        packMatrix(weights, offset, inputSize, layer.input, 0, first, directions * gateRows);
        offset += config.cell().gates() * hiddenSize * inputSize;
        packMatrix(weights, offset, hiddenSize, layer.hidden, first * hiddenSize, 0, gateRows);
        offset += config.cell().gates() * hiddenSize * hiddenSize;
        if (config.bias()) {
          packBias(weights, offset, layer, d);
          offset += 2 * config.cell().gates() * hiddenSize;
        }
      }
    }
  }

  /**
   * A (gates * hidden_size, width) matrix, to the rows from {@code firstRow} on of {@code rows}.
   */
  private void packMatrix(
      float[] weights, int offset, int width, float[] panels, int base, int firstRow, int rows) {
    int from = offset;
    for (int gate = 0; gate < config.cell().gates(); gate++) {
      float scale = config.cell().scale(gate);
      for (int k = 0; k < config.hiddenSize(); k++) {
        int row = firstRow + gate * padded + k;
        int panelStart = row / (2 * lanes) * (2 * lanes);
        int panelWidth = Math.min(2 * lanes, rows - panelStart);
        int to = base + panelStart * width + row - panelStart;
        for (int j = 0; j < width; j++) {
          panels[to] = scale * weights[from++];
          to += panelWidth;
        }
      }
    }
  }

  private void packBias(float[] weights, int offset, Layer layer, int direction) {
    int hiddenSize = config.hiddenSize();
    int rows = config.cell().gates() * hiddenSize;
    for (int gate = 0; gate < config.cell().gates(); gate++) {
      for (int k = 0; k < hiddenSize; k++) {
        float biasIh = weights[offset + gate * hiddenSize + k];
        float biasHh = weights[offset + rows + gate * hiddenSize + k];
        int to = direction * gateRows + gate * padded + k;
        if (config.cell() == Cell.GRU && gate == 2) {
          layer.inputBias[to] = biasIh;
          layer.hiddenBias[direction * padded + k] = biasHh;
        } else {
          layer.inputBias[to] = config.cell().scale(gate) * (biasIh + biasHh);
        }
      }
    }
  }
}
