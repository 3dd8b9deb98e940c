package dev.weir.forecast.expert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.OtherJvm;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Experts that are networks allocate nothing once the JVM has compiled them. Each has a JVM of its
 * own, as in a job: where networks of many sizes have run, C2 knows less of each, and now and then
 * leaves the vectors of one as objects for good.
 */
@Tag("slow")
class NetworkAllocationTest {

  static Stream<String> networks() {
    return Stream.concat(
        Experts.NETWORKS.stream(), ExpertContractTest.OTHER_WAYS.keySet().stream().sorted());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void onceWarmNothingIsAllocated(String name) throws Exception {
    boolean other = ExpertContractTest.OTHER_WAYS.containsKey(name); // differ in no sizes
    for (String shape : other ? List.of("24-12") : List.of("1-1", "24-12")) {
      String flags =
          "--add-modules=jdk.incubator.vector -Dnetwork=%s -Dshape=%s"
              .formatted(name.replace(' ', '+'), shape);
      assertThat(OtherJvm.lines(flags, Rounds.class)).as("bytes %s", shape).contains("0 0 0");
    }
  }

  /** A program: prints the bytes of the last three rounds, which end when they are 0. */
  static final class Rounds {

    private static final int VALUES = 700;
    private static final int MOST = 400;

    public static void main(String[] arguments) {
      String[] shape = System.getProperty("shape").split("-");
      String name = System.getProperty("network").replace('+', ' ');
      SingleExpert single =
          ExpertContractTest.single(name, Integer.parseInt(shape[0]), Integer.parseInt(shape[1]));
      Expert expert = single.expert;
      ExpertState state = single.state();
      double[] out = new double[single.shape.horizon()];
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long[] last = {1, 1, 1};
      Random random = new Random(4);
      for (int round = 0; round < MOST && last[0] + last[1] + last[2] > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int t = 0; t < VALUES; t++) {
          single.append(10 * Math.sin(t / 3.0) + random.nextGaussian());
          expert.observe(single.history, state);
          expert.forecast(single.history, state, out);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        last[round % 3] = bytes < VALUES ? 0 : bytes; // less than one a value
      }
      System.out.printf("%d %d %d%n", last[0], last[1], last[2]);
    }
  }
}
