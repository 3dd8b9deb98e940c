package dev.weir.comparison;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.recurrent.RNN.Activation;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.Arrays;

/**
 * PyTorch by way of DJL: its operator itself, without a script's interpreter before it, and its
 * weights in libtorch's arrays.
 */
final class DjlNetwork implements Forward {

  private final Shape shape;
  private final NDManager manager;
  private final NDList parameters = new NDList(); // in torch's order
  private final NDArray zeros; // (layers * directions, batch, hidden)

  DjlNetwork(Shape shape, float[] weights) {
    this.shape = shape;
    this.manager = Engine.getEngine("PyTorch").newBaseManager();
    for (RnnConfig.Parameter parameter : shape.config().parameters()) {
      float[] values =
          Arrays.copyOfRange(weights, parameter.offset(), parameter.offset() + parameter.length());
      long[] sizes = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      parameters.add(manager.create(values, new ai.djl.ndarray.types.Shape(sizes)));
    }
    this.zeros =
        manager.zeros(
            new ai.djl.ndarray.types.Shape(
                2L * shape.numLayers(), shape.batch(), shape.hiddenSize()));
  }

  @Override
  public float[] run(float[] input) {
    try (NDManager call = manager.newSubManager()) {
      var sizes = new ai.djl.ndarray.types.Shape(shape.batch(), shape.seqLen(), shape.inputSize());
      return out(call.create(input, sizes)).toFloatArray();
    }
  }

  /** out: (batch, seq_len, 2 * hidden_size), owned by the manager of x. */
  private NDArray out(NDArray x) {
    int layers = shape.numLayers();
    var torch = x.getNDArrayInternal();
    NDList all =
        switch (shape.cell()) {
          case RNN_TANH, RNN_RELU -> {
            Activation of = shape.cell() == Cell.RNN_TANH ? Activation.TANH : Activation.RELU;
            yield torch.rnn(x, zeros, parameters, true, layers, of, 0, false, true, true);
          }
          case LSTM ->
              torch.lstm(
                  x, new NDList(zeros, zeros), parameters, true, layers, 0, false, true, true);
          case GRU -> torch.gru(x, zeros, parameters, true, layers, 0, false, true, true);
        };
    return all.get(0);
  }

  @Override
  public void close() {
    manager.close();
  }
}
