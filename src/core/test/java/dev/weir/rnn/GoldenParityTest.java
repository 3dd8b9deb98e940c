package dev.weir.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every forward case of the fixtures' index, whichever directory {@code golden.dir} names. */
class GoldenParityTest {

  private static final float TOLERANCE = 1e-6f;

  @TestFactory
  Stream<DynamicTest> forwardGivesPyTorchsValues() {
    Path directory = Path.of(System.getProperty("golden.dir", GoldenFile.OURS.toString()));
    List<GoldenFile> cases = GoldenFile.listed(directory, "cases");
    assertThat(cases).as("cases in " + directory).isNotEmpty();
    return cases.stream()
        .map(golden -> dynamicTest(golden.path().getFileName().toString(), () -> check(golden)));
  }

  static void check(GoldenFile golden) {
    Rnn rnn = new Rnn(golden.config());
    rnn.load(golden.weights("state_dict", ""));
    RnnOutput result = new RnnOutput();
    rnn.forward(
        golden.tensor("input"),
        golden.size("batch"),
        golden.size("seq_len"),
        golden.batchFirst(),
        golden.tensor("h_0"),
        golden.tensor("c_0"),
        result);
    boolean unbounded = golden.config().cell() == Cell.RNN_RELU;
    assertClose("out", result.out(), golden.tensor("out"), unbounded);
    assertClose("h_n", result.hN(), golden.tensor("h_n"), unbounded);
    if (golden.config().cell() == Cell.LSTM) {
      assertClose("c_n", result.cN(), golden.tensor("c_n"), unbounded);
    } else {
      assertThat(result.cN()).isNull();
    }
    assertThat(result.outShape()).containsExactly(shape(golden, "out"));
    assertThat(result.hNShape()).containsExactly(shape(golden, "h_n"));
  }

  private static int[] shape(GoldenFile golden, String tensor) {
    int[] shape = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      shape[axis] = golden.json().get(tensor).get("shape").get(axis).asInt();
    }
    return shape;
  }

  static void assertClose(String what, float[] actual, float[] expected, boolean unbounded) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      float tolerance = unbounded ? TOLERANCE * Math.max(1f, Math.abs(expected[i])) : TOLERANCE;
      // written so that a NaN fails
      assertThat(Math.abs(actual[i] - expected[i]) <= tolerance)
          .as("%s[%d]: expected %s, got %s", what, i, expected[i], actual[i])
          .isTrue();
    }
  }
}
