package dev.weir.comparison;

import dev.weir.rnn.Adam;
import dev.weir.rnn.Loss;
import dev.weir.rnn.RnnOutput;
import dev.weir.rnn.TrainableRnn;
import java.util.Arrays;

/** Ours, with the packing that each step needs since the weights lie with the caller. */
final class WeirTraining implements Training {

  private final Shape shape;
  private final TrainableRnn network;
  private final Adam adam = new Adam(LEARNING_RATE);
  private final RnnOutput result = new RnnOutput();
  private final Shape.Tensors tensors;
  private final float[] weights;
  private final float[] gradient;
  private final float[] state;
  private final float[] dOut;

  WeirTraining(Shape shape) {
    this.shape = shape;
    this.network = new TrainableRnn(shape.config());
    this.tensors = shape.tensors();
    this.weights = tensors.weights();
    this.gradient = new float[weights.length];
    this.state = new float[adam.stateLength(weights.length)];
    this.dOut = new float[shape.outputs()];
  }

  @Override
  public void step() {
    double loss = backward();
    if (!adam.step(loss, gradient, 0, weights, 0, state, 0, weights.length)) {
      throw new IllegalStateException("training: expected a finite loss, got " + loss);
    }
  }

  private double backward() {
    network.load(weights, 0);
    network.forward(tensors.input(), shape.batch(), shape.seqLen(), true, null, null, result);
    double loss = Loss.meanSquared(result.out(), tensors.target(), null, dOut.length, dOut);
    Arrays.fill(gradient, 0f);
    network.backward(dOut, null, null, gradient, 0, null, null, null);
    return loss;
  }

  @Override
  public float[] gradient() {
    backward();
    return gradient.clone();
  }

  @Override
  public float[] weights() {
    return weights.clone();
  }
}
