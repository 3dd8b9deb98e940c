package dev.weir.forecast.explanation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How forecasts are explained.
 *
 * @param covariates names of the observed covariates, as the records have them; those without one
 *     are numbered
 */
public record ExplanationSettings(List<String> covariates) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** All covariates are numbered. */
  public static final ExplanationSettings NUMBERED = new ExplanationSettings(List.of());

  public ExplanationSettings {
    covariates = List.copyOf(covariates);
  }

  /**
   * The name of each covariate: of an observed one its own or {@code features[0]}, of one known
   * ahead {@code ahead[0]}. A name that is a part's, or is there twice, is replaced by the number.
   *
   * @param observed observed covariates
   * @param ahead covariates known ahead
   */
  public List<String> names(int observed, int ahead) {
    List<String> names = new ArrayList<>();
    for (int k = 0; k < observed; k++) {
      String own = k < covariates.size() ? covariates.get(k) : "";
      boolean isUsable =
          !own.isEmpty() && !Explanation.RESERVED.contains(own) && !names.contains(own);
      names.add(isUsable ? own : "features[" + k + "]");
    }
    for (int k = 0; k < ahead; k++) {
      names.add("ahead[" + k + "]");
    }
    return names;
  }
}
