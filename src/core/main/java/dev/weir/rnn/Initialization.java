package dev.weir.rnn;

/**
 * Fresh weights as PyTorch's constructors draw them, bit for bit. A generator passed from network
 * to network continues, as torch's global one does between two constructors.
 */
public final class Initialization {

  private Initialization() {}

  /**
   * What {@code torch.nn.RNN}, {@code LSTM} or {@code GRU} draw: every tensor from U(-k, k), k =
   * 1/sqrt(hidden_size), in the order of {@code state_dict}.
   *
   * @return new weights, laid out as {@link RnnConfig#parameters()}
   */
  public static float[] recurrent(RnnConfig config, TorchRandom generator) {
    float[] weights = new float[config.parameterCount()];
    uniform(weights, 1.0 / Math.sqrt(config.hiddenSize()), generator);
    return weights;
  }

  /**
   * What {@code torch.nn.Linear} draws: first the weight ({@code kaiming_uniform_} with a =
   * sqrt(5)), then the bias, both within 1/sqrt(in_features).
   *
   * @param weight (out_features, in_features), row-major, overwritten
   * @param bias (out_features), overwritten; null for {@code bias=False}
   */
  public static void linear(int inFeatures, float[] weight, float[] bias, TorchRandom generator) {
    if (inFeatures < 1 || weight.length % inFeatures != 0) {
      throw new IllegalArgumentException(
          "weight: expected a multiple of in_features %d, got %d values"
              .formatted(inFeatures, weight.length));
    }
    if (bias != null && bias.length != weight.length / inFeatures) {
      throw new IllegalArgumentException(
          "bias: expected out_features %d, got %d values"
              .formatted(weight.length / inFeatures, bias.length));
    }
    // the detour by gain and deviation is torch's; 1/sqrt(in_features) may round differently
    double gain = Math.sqrt(2.0 / (1.0 + Math.pow(Math.sqrt(5.0), 2)));
    double deviation = gain / Math.sqrt(inFeatures);
    uniform(weight, Math.sqrt(3.0) * deviation, generator);
    if (bias != null) {
      uniform(bias, 1.0 / Math.sqrt(inFeatures), generator);
    }
  }

  private static void uniform(float[] tensor, double bound, TorchRandom generator) {
    float k = (float) bound;
    for (int i = 0; i < tensor.length; i++) {
      tensor[i] = generator.uniform(-k, k);
    }
  }
}
