package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.expert.NetworkTraining.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightUpdaterTest {

  /**
   * By hand: of a gradient of 1, both methods make a step of the learning rate, .5. The average
   * takes over all but (1 + n) / (10 + n) of the weight after update n.
   */
  @ParameterizedTest
  @EnumSource(Method.class)
  void theAverageFollowsTheWeightsMoreSlowlyWithEachUpdate(Method method) {
    WeightUpdater updates =
        new WeightUpdater(NetworkTraining.DEFAULT.withMethod(method, 0.5), 9, 9);
    float[] floats = new float[3 + updates.floats(1)];
    FloatSlice state = new FloatSlice().at(floats, 3); // anywhere in an array
    updates.reset(new float[] {1}, state, 1);
    updates.step(0.1, new float[] {1}, state, 1);
    assertThat(state.get(0)).isCloseTo(0.5f, within(1e-5f));
    assertThat(state.get(1)).isCloseTo(0.5f + 2 / 11f * 0.5f, within(1e-5f));
    updates.step(Double.NaN, new float[] {1}, state, 1); // ignored
    assertThat(state.get(0)).isCloseTo(0.5f, within(1e-5f));
    float before = state.get(1);
    updates.step(0.1, new float[] {1}, state, 1);
    assertThat(state.get(0)).isCloseTo(0f, within(1e-5f));
    assertThat(state.get(1)).isCloseTo(3 / 12f * before, within(1e-5f));
    assertThat(floats[floats.length - 1]).as("updates").isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void eachNetworksOwnRateHoldsUnlessThereIsOne(Method method) {
    WeightUpdater updates =
        new WeightUpdater(
            NetworkTraining.DEFAULT.withMethod(method, NetworkTraining.OWN),
            method == Method.ADAM ? 0.25 : 9,
            method == Method.SGD ? 0.25 : 9);
    FloatSlice state = new FloatSlice().at(new float[updates.floats(1)], 0);
    updates.step(0.1, new float[] {1}, state, 1);
    assertThat(state.get(0)).isCloseTo(-0.25f, within(1e-5f));
  }
}
