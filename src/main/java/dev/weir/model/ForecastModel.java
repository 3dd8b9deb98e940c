package dev.weir.model;

import dev.weir.rnn.RnnConfig;
import java.util.Map;

/**
 * A forecaster's learned part: a stacked recurrent network, its head, and how both are to be used.
 * Immutable by convention: nobody may write into the arrays, which are handed out without a copy
 * because kernels and serializers read them often.
 *
 * @param name which model this is; a job asks for it by this name, and a newer version replaces it
 * @param version published with each forecast; the newest published is the active one
 * @param mode which outputs of the network become the forecast
 * @param rnn shape of the network
 * @param seqLen values in a window
 * @param horizon values in a forecast; many-to-many: equal to {@code seqLen}
 * @param readout what a many-to-one head reads; many-to-many: always {@link Readout#LAST_STEP}'s
 *     sibling, each step of {@code out}, so the field is ignored
 * @param scaling how values get to the network's scale and back
 * @param weights the network's tensors as in {@link RnnConfig#parameters()}
 * @param head the linear head, or null: the hidden state itself is the forecast (mean over
 *     directions)
 * @param provenance free text about the model: what it was trained on, how it scored
 */
public record ForecastModel(
    String name,
    long version,
    Mode mode,
    RnnConfig rnn,
    int seqLen,
    int horizon,
    Readout readout,
    Scaling scaling,
    float[] weights,
    Head head,
    Map<String, String> provenance) {

  public static final int MAX_SEQ_LEN = 4096;
  public static final int MAX_HORIZON = 4096;

  /**
   * A linear layer over the network's output.
   *
   * @param weight (out_features, in_features), row-major; in_features is {@link
   *     RnnConfig#outputSize()}, out_features {@code horizon} for many-to-one and 1 for
   *     many-to-many
   * @param bias (out_features)
   */
  public record Head(float[] weight, float[] bias) {}

  public ForecastModel {
    provenance = Map.copyOf(provenance);
  }
}
