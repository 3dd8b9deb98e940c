package dev.weir.rnn;

/**
 * The weights of a network, packed for {@link ColumnKernel}: each column of a matrix is an array of
 * its own, so that "sum += column * x" runs over arrays that share one index, the form that JDK
 * 17's compiler turns into vector code.
 *
 * <p>Three things are settled here once instead of at each step: both biases are added up (but for
 * the GRU's b_hn, which the reset gate multiplies); the rows of both directions lie side by side;
 * rows are scaled as {@link Cell#scale} says.
 */
final class ColumnWeights {

  /** The tensors of one layer. */
  static final class Layer {
    final float[][] inputColumns; // (layer_input_size)(num_directions * gates * hidden_size)
    final float[] inputBias; // (num_directions * gates * hidden_size)
    final float[][][] hiddenColumns; // (num_directions)(hidden_size)(gates * hidden_size)
    final float[][] hiddenBias; // (num_directions)(hidden_size): b_hn, GRU only

    private Layer(int inputSize, int directions, int gateRows, int hiddenSize) {
      inputColumns = new float[inputSize][directions * gateRows];
      inputBias = new float[directions * gateRows];
      hiddenColumns = new float[directions][hiddenSize][gateRows];
      hiddenBias = new float[directions][hiddenSize];
    }
  }

  private final RnnConfig config;
  private final int gateRows; // gates * hidden_size
  private final Layer[] layers;

  ColumnWeights(RnnConfig config) {
    this.config = config;
    this.gateRows = config.cell().gates() * config.hiddenSize();
    this.layers = new Layer[config.numLayers()];
    for (int layer = 0; layer < layers.length; layer++) {
      layers[layer] =
          new Layer(
              config.layerInputSize(layer), config.numDirections(), gateRows, config.hiddenSize());
    }
  }

  Layer layer(int layer) {
    return layers[layer];
  }

  /** Copies weights laid out as {@link RnnConfig#parameters()}; allocates nothing. */
  void pack(float[] weights) {
    int offset = 0;
    for (int l = 0; l < layers.length; l++) {
      Layer layer = layers[l];
      for (int direction = 0; direction < config.numDirections(); direction++) {
        int firstRow = direction * gateRows;
        offset = packMatrix(weights, offset, layer.inputColumns, firstRow);
        offset = packMatrix(weights, offset, layer.hiddenColumns[direction], 0);
        if (config.bias()) {
          packBias(weights, offset, layer, direction);
          offset += 2 * gateRows;
        }
      }
    }
  }

  /**
   * Transposes a (gates * hidden_size, columns) matrix and returns where the next tensor starts.
   */
  private int packMatrix(float[] weights, int offset, float[][] columns, int firstRow) {
    int next = offset;
    for (int row = 0; row < gateRows; row++) {
      float scale = config.cell().scale(row / config.hiddenSize());
      for (float[] column : columns) {
        column[firstRow + row] = scale * weights[next++];
      }
    }
    return next;
  }

  private void packBias(float[] weights, int offset, Layer layer, int direction) {
    int firstRow = direction * gateRows;
    int hiddenSize = config.hiddenSize();
    for (int row = 0; row < gateRows; row++) {
      float biasIh = weights[offset + row];
      float biasHh = weights[offset + gateRows + row];
      if (config.cell() == Cell.GRU && row >= 2 * hiddenSize) {
        layer.inputBias[firstRow + row] = biasIh;
        layer.hiddenBias[direction][row - 2 * hiddenSize] = biasHh;
      } else {
        layer.inputBias[firstRow + row] =
            config.cell().scale(row / config.hiddenSize()) * (biasIh + biasHh);
      }
    }
  }
}
