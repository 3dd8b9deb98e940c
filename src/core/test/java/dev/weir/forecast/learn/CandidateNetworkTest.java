package dev.weir.forecast.learn;

import static dev.weir.rnn.GoldenFile.floats;
import static dev.weir.rnn.GoldenFile.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Allocations;
import dev.weir.model.BuiltInModels;
import dev.weir.model.CandidateShape;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.rnn.Activation;
import dev.weir.rnn.LinearColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
}
