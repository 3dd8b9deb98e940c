package dev.weir.comparison;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/** PyTorch's autograd and DJL's Adam, whose arithmetic is one native call for each tensor. */
final class DjlTraining implements Training {

  private final DjlNetwork network;
  private final NDArray input;
  private final NDArray target;
  private final String[] names;
  private final Optimizer adam =
      Optimizer.adam().optLearningRateTracker(Tracker.fixed(LEARNING_RATE)).build();

  DjlTraining(Shape shape) {
    Shape.Tensors tensors = shape.tensors();
    this.network = new DjlNetwork(shape, tensors.weights());
    this.input = network.manager().create(tensors.input(), network.inputShape());
    this.target = network.manager().create(tensors.target(), network.outputShape());
    this.names = new String[network.parameters().size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = "p" + i;
      network.parameters().get(i).setRequiresGradient(true);
    }
  }

  @Override
  public void step() {
    backward();
    for (int i = 0; i < names.length; i++) {
      NDArray parameter = network.parameters().get(i);
      try (NDArray gradient = parameter.getGradient()) {
        adam.update(names[i], parameter, gradient); // leaves the gradient at zero
      }
    }
  }

  private void backward() {
    try (NDManager call = network.manager().newSubManager();
        GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      input.tempAttach(call);
      NDArray difference = network.out(input, true).sub(target);
      collector.backward(difference.square().mean());
    }
  }

  @Override
  public float[] gradient() {
    backward();
    float[] gradient = network.flat(NDArray::getGradient);
    for (NDArray parameter : network.parameters()) {
      try (NDArray old = parameter.getGradient()) {
        old.subi(old.duplicate());
      }
    }
    return gradient;
  }

  @Override
  public float[] weights() {
    return network.flat(parameter -> parameter);
  }

  @Override
  public void close() {
    network.close();
  }
}
