package dev.weir.comparison;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** PyTorch by way of DJL: its operator itself, without a script's interpreter before it. */
final class DjlForward implements Forward {

  private final DjlNetwork network;

  DjlForward(Shape shape, float[] weights) {
    this.network = new DjlNetwork(shape, weights);
  }

  @Override
  public float[] run(float[] input) {
    try (NDManager call = network.manager().newSubManager()) {
      NDArray x = call.create(input, network.inputShape());
      return network.out(x, false).toFloatArray();
    }
  }

  @Override
  public boolean batchFirst() {
    return true;
  }

  @Override
  public void close() {
    network.close();
  }
}
