package dev.weir.forecast.engine;

import dev.weir.forecast.Explanation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How forecasts are explained. Covariates without a name are numbered.
 *
 * @param observed names of the observed covariates, as the records have them
 * @param ahead names of those known ahead
 */
public record ExplanationSettings(List<String> observed, List<String> ahead)
    implements Serializable {

  /** All covariates are numbered. */
  public static final ExplanationSettings NUMBERED = new ExplanationSettings(List.of(), List.of());

  public ExplanationSettings {
    observed = List.copyOf(observed);
    ahead = List.copyOf(ahead);
  }

  /**
   * The name of each covariate: its own, or {@code features[0]} of an observed one and {@code
   * ahead[0]} of one known ahead. A reserved or repeated name is replaced by the number.
   *
   * @param observedCount observed covariates
   * @param aheadCount covariates known ahead
   */
  public List<String> names(int observedCount, int aheadCount) {
    List<String> names = new ArrayList<>();
    add(names, observed, observedCount, "features");
    add(names, ahead, aheadCount, "ahead");
    return names;
  }

  private static void add(List<String> names, List<String> given, int count, String numbered) {
    for (int k = 0; k < count; k++) {
      String own = k < given.size() ? given.get(k) : "";
      boolean isUsable = !own.isEmpty() && !Explanation.isReserved(own) && !names.contains(own);
      names.add(isUsable ? own : numbered + "[" + k + "]");
    }
  }
}
