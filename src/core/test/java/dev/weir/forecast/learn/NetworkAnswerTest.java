package dev.weir.forecast.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.BuiltInModels;
import dev.weir.model.ForecastModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests at which values the combining network is asked: those where another network would have led
 * to another forecast.
 */
class NetworkAnswerTest {

  private static final int SEASON = 12;
  private static final int YOUNG = 40;
  private static final int SETTLED = 260;

  private static final int MANY = 40;

  private final double[] values = new double[SETTLED + MANY];
  private CandidateNetwork usual;
  private CandidateNetwork other;

  @BeforeEach
  void setUp() {
    Random random = new Random(5);
    for (int t = 0; t < values.length; t++) {
      values[t] = 20 + 3 * Math.sin(2 * Math.PI * t / SEASON) + random.nextGaussian();
    }
    ForecastModel weir = BuiltInModels.weir();
    usual = CandidateNetwork.of(weir);
    other = new CandidateNetwork(weir.candidateShape(), weir.candidates());
    float[] weights = weir.weights().clone();
    for (int k = 0; k < weights.length; k++) {
      weights[k] *= 0.9f;
    }
    other.load(weights);
  }

  /** The forecast after the value at {@code last}, with a network of its own for that value. */
  private double[] forecast(LearnerSettings settings, CandidateNetwork network, int last) {
    Learner learner = new Learner(settings, List.of(), usual);
    LearnerState state = learner.newSeries("a", SEASON);
    for (int t = 0; t <= last; t++) {
      learner.use(t == last ? network : usual);
      learner.observe(state, t, values[t]);
    }
    double[] forecast = new double[settings.horizon()];
    learner.forecast(state, forecast, null, null);
    return forecast;
  }

  private List<Integer> distances(LearnerSettings settings, int first) {
    return distances(settings, first, 12);
  }

  /** How far apart the values are, out of so many in turn, at which the network is asked. */
  private List<Integer> distances(LearnerSettings settings, int first, int count) {
    List<Integer> distances = new ArrayList<>();
    int before = -1;
    for (int t = first; t < first + count; t++) {
      boolean asked = !Arrays.equals(forecast(settings, usual, t), forecast(settings, other, t));
      if (asked && before >= 0) {
        distances.add(t - before);
      }
      before = asked ? t : before;
    }
    return distances;
  }

  @Test
  void youngSeriesAskAtEachValue() {
    assertThat(distances(LearnerSettings.defaults(2), YOUNG)).hasSize(11).containsOnly(1);
    assertThat(distances(LearnerSettings.defaults(10), YOUNG)).hasSize(11).containsOnly(1);
  }

  @Test
  void settledSeriesAskAtEachSecondValueForAFewSteps() {
    assertThat(distances(LearnerSettings.defaults(2), SETTLED)).hasSize(5).containsOnly(2);
  }

  @Test
  void settledSeriesAskAtEachFourthValueForManySteps() {
    assertThat(distances(LearnerSettings.defaults(10), SETTLED)).hasSize(2).containsOnly(4);
  }

  @Test
  void itIsAskedSeldomForAFewStepsOfASeriesThatItForecastsWorse() {
    Random random = new Random(11);
    for (int t = 0; t < values.length; t++) {
      values[t] = 20 + 9 * (t * t % SEASON) + random.nextInt(2); // nearly the same each season
    }

    assertThat(distances(LearnerSettings.defaults(2), SETTLED, MANY)).contains(16).hasSize(1);
    assertThat(distances(LearnerSettings.defaults(10), SETTLED)).hasSize(2).containsOnly(4);
  }

  @Test
  void aNetworkThatForecastsAloneIsAskedAtEachValue() {
    assertThat(distances(LearnerSettings.alone(2), SETTLED)).hasSize(11).containsOnly(1);
  }
}
