package dev.weir.rnn;

/**
 * A stacked recurrent network with the semantics of {@code torch.nn.RNN}, {@code LSTM} or {@code
 * GRU} in float32, without dropout, projections or packed sequences.
 *
 * <pre>{@code
 * Rnn rnn = new Rnn(new RnnConfig(Cell.LSTM, 1, 2, 3, true, true));
 * rnn.load(weights);                                       // torch's state_dict, flattened
 * RnnOutput result = new RnnOutput();                      // reuse it from call to call
 * rnn.forward(input, 4, 5, true, null, null, result);      // input: (4, 5, 1)
 * float h = result.out(3, 4, 0, 1);                        // (batch, step, direction, unit)
 * }</pre>
 *
 * <p>Holds a packed copy of its weights and scratch: use one network per thread. After the first
 * call with the longest sequence, {@link #load} and {@link #forward} allocate nothing, provided
 * that the caller reuses a result of the same sizes. Values agree with PyTorch within 1e-6 (relu:
 * 1e-6 times max(1, |value|)) up to hidden_size 128.
 */
public final class Rnn {

  private final RnnConfig config;
  private final RecurrentKernel kernel;
  private boolean loaded;

  public Rnn(RnnConfig config) {
    this.config = config;
    this.kernel = Kernels.of(config);
  }

  /**
   * Which code computes: {@code vector} in a JVM started with {@code
   * --add-modules=jdk.incubator.vector} whose second compiler (C2) is on, else {@code plain}; or
   * the value of the system property {@code weir.kernel}. Both give the same bits.
   */
  public String kernel() {
    return kernel.name();
  }

  /**
   * Lets the JVM compile the forward pass of such sequences ahead of the first ones. Takes up to
   * half a second, once for each config in a JVM, and less than a second and a half for all of
   * them: a model of a new shape, published while a job runs, may delay records that long, and once
   * the time is used up, later shapes get no warm-up. Does not change this network.
   */
  public void warmUp(int seqLen) {
    requireAtLeastOne("seq_len", seqLen);
    WarmUp.OF_THIS_JVM.run(config, seqLen);
  }

  /**
   * Takes a copy of the weights.
   *
   * @param weights laid out as {@link RnnConfig#parameters()}, torch's order
   * @throws IllegalArgumentException if the length does not fit the config
   */
  public void load(float[] weights) {
    if (weights.length != config.parameterCount()) {
      throw new IllegalArgumentException(
          "weights: expected %d values, got %d (%s)"
              .formatted(config.parameterCount(), weights.length, config));
    }
    kernel.load(weights);
    loaded = true;
  }

  /**
   * Runs the network over a batch of sequences of one length.
   *
   * <p>h_0 and h_n end with <b>hidden_size</b> (not input_size, as some tutorials say), and their
   * layout does not depend on {@code batchFirst}.
   *
   * @param input (batch, seq_len, input_size) if batchFirst, else (seq_len, batch, input_size)
   * @param h0 (num_layers * num_directions, batch, hidden_size); null means zeros
   * @param c0 as h0, LSTM only; null means zeros
   * @param result receives out, h_n and c_n; overwritten
   * @throws IllegalArgumentException if a length does not fit, naming it
   * @throws IllegalStateException if no weights are loaded
   */
  public void forward(
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0,
      RnnOutput result) {
    if (!loaded) {
      throw new IllegalStateException("weights: expected load() before forward(), got none yet");
    }
    requireShapes(config, input, batch, seqLen, batchFirst, h0, c0);
    result.reshape(config, batch, seqLen);
    kernel.forward(
        input, batch, seqLen, batchFirst, h0, c0, result.out(), result.hN(), result.cN());
  }

  /** Rejects an argument that does not fit the config, naming it. */
  public static void requireShapes(
      RnnConfig config,
      float[] input,
      int batch,
      int seqLen,
      boolean batchFirst,
      float[] h0,
      float[] c0) {
    requireAtLeastOne("batch", batch);
    requireAtLeastOne("seq_len", seqLen);
    long values = (long) batch * seqLen * config.inputSize();
    if (values != input.length) {
      throw new IllegalArgumentException(
          "input: expected shape %s = %d values, got %d"
              .formatted(
                  batchFirst
                      ? "(batch %d, seq_len %d, input_size %d)"
                          .formatted(batch, seqLen, config.inputSize())
                      : "(seq_len %d, batch %d, input_size %d)"
                          .formatted(seqLen, batch, config.inputSize()),
                  values,
                  input.length));
    }
    if (h0 != null) {
      requireState(config, "h_0", batch, h0);
    }
    if (c0 != null) {
      if (config.cell() != Cell.LSTM) {
        throw new IllegalArgumentException(
            "c_0: expected none, since only an LSTM has it, got "
                + c0.length
                + " values for "
                + config.cell());
      }
      requireState(config, "c_0", batch, c0);
    }
  }

  /** Refuses what is not (num_layers * num_directions, batch, hidden_size). */
  public static void requireState(RnnConfig config, String what, int batch, float[] state) {
    long rows = (long) config.numLayers() * config.numDirections();
    long values = rows * batch * config.hiddenSize();
    if (values != state.length) {
      throw new IllegalArgumentException(
          "%s: expected shape (num_layers * num_directions %d, batch %d, hidden_size %d) = %d values, got %d"
              .formatted(what, rows, batch, config.hiddenSize(), values, state.length));
    }
  }

  private static void requireAtLeastOne(String what, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("%s: expected at least 1, got %d".formatted(what, size));
    }
  }
}
