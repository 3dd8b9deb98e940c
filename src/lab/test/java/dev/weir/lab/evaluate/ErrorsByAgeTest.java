package dev.weir.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.cli.evaluate.Evaluation.Trial;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ErrorsByAgeTest {

  private static final int VALUES = 130;

  /** Rises by 1, and by 10 at each 50th value. */
  private static double[] series() {
    double[] values = new double[VALUES];
    for (int t = 1; t < VALUES; t++) {
      values[t] = values[t - 1] + (t % 50 == 0 ? 10 : 1);
    }
    return values;
  }

  @Test
  void eachOriginCountsInItsGroupBesideTheBetterNaiveMethod() {
    double[] y = series();
    Trial trial = new Trial("a", y, 1, 2, 0, 1, new BitSet());
    ErrorsByAge errors = new ErrorsByAge(trial);
    for (int t = 1; t <= VALUES - 2; t++) {
      double last = y[t - 1];
      errors.add(t, t < 40 ? new double[] {last + 0.5, last + 1} : new double[] {last, last});
    }

    assertThat(ErrorsByAge.name(0)).isEqualTo("20-40");
    // truths are 1 and 2 above the last value
    assertThat(errors.relMae(0)).isEqualTo((0.5 + 1) / (1 + 2), within(1e-12));
    assertThat(errors.relMae(1)).isEqualTo(1, within(1e-12));
    assertThat(errors.relMae(2)).isEqualTo(1, within(1e-12)); // up to the last origin, 106
    assertThat(errors.relMae(3)).isNaN(); // not so old
  }

  @Test
  void theSeasonalNaiveMethodRepeatsTheNewestValueBeforeItHasASeason() {
    double[] y = new double[VALUES];
    for (int t = 0; t < VALUES; t++) {
      y[t] = t % 30;
    }
    ErrorsByAge errors = new ErrorsByAge(new Trial("a", y, 30, 1, 0, 1, new BitSet()));
    errors.add(25, new double[] {y[25] + 3}); // no season yet: naive is off by 1
    errors.add(45, new double[] {y[45] + 3}); // a season: the seasonal naive method makes no error

    assertThat(errors.relMae(0)).isEqualTo(3);
    assertThat(errors.relMae(1)).isNaN();
  }
}
