package dev.weir.forecast.candidate;

import static dev.weir.rnn.GoldenFile.floats;
import static dev.weir.rnn.GoldenFile.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Allocations;
import dev.weir.forecast.expert.NewestWeight;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.math.FastMath;
import dev.weir.forecast.slot.NewSlots;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.FollowedSteps;
import dev.weir.model.BuiltInModels;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.Activation;
import dev.weir.rnn.LinearColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against PyTorch: files and forecasts of {@code candidate_fixtures.py}, which loads {@code
 * candidate_network.py}.
 */
class CandidateNetworkTest {

  private static final Path FOLDER = Path.of("src/core/test/resources/candidates");

  private static final class Fixture {
    final ForecastModel model;
    final JsonNode json;
    final int steps;
    final int batch;
    final int candidates;

    Fixture(String name) throws IOException {
      model =
          name.equals(BuiltInModels.WEIR)
              ? BuiltInModels.weir()
              : ModelFiles.read(FOLDER.resolve(name + ".safetensors"), ModelFiles.Defaults.NONE);
      json = new ObjectMapper().readTree(FOLDER.resolve(name + ".json").toFile());
      steps = json.get("steps").intValue();
      batch = json.get("kinds").size();
      candidates = json.get("kinds").get(0).size();
    }

    float[] numbers(String key) {
      return floats(json.get(key));
    }

    int[] kinds(int b) {
      int[] kinds = new int[candidates];
      for (int e = 0; e < candidates; e++) {
        kinds[e] = json.get("kinds").get(b).get(e).intValue();
      }
      return kinds;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gru", "lstm", "rnn", "weir"})
  void forecastsAreThoseOfTorch(String name) throws IOException {
    Fixture fixture = new Fixture(name);
    CandidateNetwork network = CandidateNetwork.of(fixture.model);
    float[] expected = fixture.numbers("y");
    for (int b = 0; b < fixture.batch; b++) {
      // the network has no absent candidates: those of the batch are left out
      int[] all = fixture.kinds(b);
      int[] kinds = Arrays.stream(all).filter(kind -> kind >= 0).toArray();
      float[] row = part(fixture.numbers("of_candidates"), b, fixture.batch);
      float[] present = new float[fixture.steps * kinds.length * CandidateShape.FEATURES];
      int to = 0;
      for (int j = 0; j < fixture.steps; j++) {
        for (int e = 0; e < all.length; e++) {
          if (all[e] >= 0) {
            int from = (j * all.length + e) * CandidateShape.FEATURES;
            System.arraycopy(row, from, present, to, CandidateShape.FEATURES);
            to += CandidateShape.FEATURES;
          }
        }
      }
      float[] weights = new float[fixture.steps * kinds.length];
      float[] result = new float[fixture.steps];
      network.forward(
          part(fixture.numbers("window"), b, fixture.batch),
          part(fixture.numbers("of_series"), b, fixture.batch),
          kinds,
          present,
          part(fixture.numbers("of_steps"), b, fixture.batch),
          fixture.steps,
          weights,
          result);
      for (int j = 0; j < fixture.steps; j++) {
        for (int e = 0; e < kinds.length; e++) {
          int of = j * kinds.length + e;
          result[j] += weights[of] * present[of * CandidateShape.FEATURES];
        }
        assertThat(result[j]).isCloseTo(expected[b * fixture.steps + j], within(3e-6f));
      }
    }
  }

  @Test
  @Tag("own-jvm")
  void onceWarmNothingIsAllocated() throws IOException {
    Fixture fixture = new Fixture("gru");
    CandidateNetwork network = CandidateNetwork.of(fixture.model);
    float[] window = part(fixture.numbers("window"), 0, fixture.batch);
    float[] series = part(fixture.numbers("of_series"), 0, fixture.batch);
    float[] candidates = part(fixture.numbers("of_candidates"), 0, fixture.batch);
    float[] steps = part(fixture.numbers("of_steps"), 0, fixture.batch);
    int[] kinds = fixture.kinds(0); // all of them are there
    float[] weights = new float[fixture.steps * kinds.length];
    float[] result = new float[fixture.steps];
    Allocations.assertNoneOnceWarm(
        500,
        () -> {
          for (int i = 0; i < 500; i++) {
            network.forward(
                window, series, kinds, candidates, steps, fixture.steps, weights, result);
          }
        });
  }

  @Test
  void logarithmsAndPowersAreThoseOfMath() {
    for (float x = 1e-30f; x < 1e30f; x *= 1.37f) {
      assertThat((double) FastMath.log(x)).isCloseTo(Math.log(x), within(1e-5));
    }
    for (float x = 0.5f; x < 2; x += 0.0137f) {
      assertThat((double) FastMath.log(x)).isCloseTo(Math.log(x), within(3e-7));
    }
    for (float x = -80; x < 80; x += 0.37f) {
      assertThat(FastMath.exp(x) / Math.exp(x)).isCloseTo(1, within(1e-6));
    }
    assertThat(FastMath.exp(0)).isEqualTo(1);
    assertThat(FastMath.exp(-1e30f)).isBetween(0f, 1e-37f);
  }

  @Test
  void manyPowersAtOnceHaveTheBitsOfEachAlone() {
    float[] powers = new float[5 * LinearColumns.TILE];
    float[] tangents = new float[3 * LinearColumns.TILE];
    for (int i = 0; i < powers.length; i++) {
      powers[i] = -95 + 2.29f * i;
    }
    for (int i = 0; i < tangents.length; i++) {
      tangents[i] = -9 + 0.383f * i;
    }
    float[] power = powers.clone();
    float[] tangent = tangents.clone();

    FastMath.exps(powers, powers.length);
    FastMath.tanhs(tangents, tangents.length);

    for (int i = 0; i < power.length; i++) {
      assertThat(powers[i]).isEqualTo(FastMath.exp(power[i]));
    }
    for (int i = 0; i < tangent.length; i++) {
      assertThat(tangents[i]).isEqualTo(Activation.tanh(tangent[i]));
    }
  }

  private static final Offset<Double> ROUNDED = within(0.02); // errors have 8 bits

  private final Learner learner = new Learner(LearnerSettings.alone(1), List.of(), null);
  private final LearnerState state = learner.newSeries("a", LearnerSettings.NONE);
  private final double[] forecast = new double[1];

  private double forecast(double... values) {
    for (int t = 0; t < values.length; t++) {
      learner.observe(state, t, values[t]);
    }
    learner.forecast(state, forecast, null, null);
    return forecast[0];
  }

  /**
   * What a network corrects that forecasts alone: the mean of all candidates, weighted by their
   * errors, by hand. Of a series without a season eight candidates repeat the newest value, one
   * says the median of the last 25, and one follows a trend.
   */
  @Test
  void firstValueIsRepeated() {
    assertThat(forecast(10)).isEqualTo(10);
  }

  @Test
  void afterEqualErrorsAllCountAlike() {
    // eight say 13, one 11.5, and the trend the mean of its levels
    double trend = (11.5 + 11.5 + 11.8 + 13) / 4;

    assertThat(forecast(10, 13)).isCloseTo((8 * 13 + 11.5 + trend) / 10, ROUNDED);
  }

  @Test
  void weightsFollowErrors() {
    // running errors of the repeated value, the median and the trend
    double repeated = 3;
    double median = Math.exp(-8 * ((.98 * 3 + 4.5) / 1.98 / repeated - 1));
    double followed = Math.exp(-8 * ((.98 * 3 + 16 - 11.95) / 1.98 / repeated - 1));
    // the trend's levels are behind a slope of 3; their errors are 2.5, 2.5, 2.4 and 2
    double slow = Math.exp(-12 * (2.5 / 2 - 1));
    double fast = Math.exp(-12 * (2.4 / 2 - 1));
    double level = slow * (13 + 3 * 1.71) + slow * (13 + 3 * 1.19) + fast * (14.32 + 3 * .56) + 16;
    double trend = level / (2 * slow + fast + 1) + 3;
    double mean = (8 * 16 + median * 13 + followed * trend) / (8 + median + followed);

    assertThat(forecast(10, 13, 16)).isCloseTo(mean, ROUNDED);
  }

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

  @Test
  void meansOfOneErrorAreThatError() {
    FollowedSteps followed = new FollowedSteps(1);
    Slots slots = NewSlots.declare();
    CandidateErrors errors = new CandidateErrors(slots, 1, followed);
    NewSlots.bind(slots, 1);
    errors.begin(NewestWeight.UNCHANGED);
    errors.learn(0, 1, new double[] {7}, 4, 10);
    errors.findPlaces();
    errors.moveTo(1);
    assertThat(new float[] {errors.baseFast(), errors.baseMedium(), errors.baseSlow()})
        .containsExactly(new float[] {6, 6, 6}, within(1e-4f));
    assertThat(new float[] {errors.fast(0), errors.medium(0), errors.slow(0)})
        .containsExactly(new float[] {3, 3, 3}, within(0.03f)); // kept in 16 bits
  }
}
