package dev.weir.comparison;

/** One network of one library, ready to run over a batch of windows. One thread. */
interface Forward extends AutoCloseable {

  /**
   * From an array to an array, as a job needs it.
   *
   * @param input in the order of {@link #batchFirst()}
   * @return (batch, seq_len, 2 * hidden_size) or (seq_len, batch, 2 * hidden_size); the next run
   *     may overwrite it
   */
  float[] run(float[] input);

  /** Else seq_len comes first, for libraries that would have to turn it around. */
  default boolean batchFirst() {
    return true;
  }

  @Override
  default void close() {}

  static Forward of(String library, Shape shape) {
    float[] weights = shape.tensors().weights();
    return switch (library) {
      case "weir" -> new WeirForward(shape, weights);
      case "onnxruntime" -> new OnnxForward(shape, weights, false);
      case "onnxruntime-reused" -> new OnnxForward(shape, weights, true);
      case "djl" -> new DjlNetwork(shape, weights);
      default ->
          throw new IllegalArgumentException(
              "library: expected weir, onnxruntime, onnxruntime-reused or djl, got " + library);
    };
  }
}
