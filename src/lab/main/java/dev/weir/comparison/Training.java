package dev.weir.comparison;

/**
 * One network of one library that learns the same batch again and again: mean squared error over
 * all of out, torch's Adam with its defaults. One thread.
 */
interface Training extends AutoCloseable {

  float LEARNING_RATE = 1e-3f;

  /** One step: forward, backward, update. */
  void step();

  /** Of the loss at the weights as they are, in torch's order; moves nothing. */
  float[] gradient();

  /** A copy, in torch's order. */
  float[] weights();

  @Override
  default void close() {}

  static Training of(String library, Shape shape) {
    return switch (library) {
      case "weir" -> new WeirTraining(shape);
      case "djl" -> new DjlTraining(shape);
      default ->
          throw new IllegalArgumentException("library: expected weir or djl, got " + library);
    };
  }
}
