package dev.weir.comparison;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One forward of a batch of windows, from an array to an array. */
@State(Scope.Thread)
public class ForwardBenchmark {

  @Param("RNN_TANH:2:32:4:24:1")
  public String shape;

  @Param("weir")
  public String library;

  private Forward forward;
  private float[] input;

  @Setup
  public void check() {
    Shape parsed = Shape.of(shape);
    forward = Forward.of(library, parsed);
    input = parsed.tensors().input();
    if (!forward.batchFirst()) {
      input = timeFirst(parsed, input);
    }
    Check.output(library, parsed, forward.run(input), forward.batchFirst());
  }

  private static float[] timeFirst(Shape shape, float[] input) {
    float[] turned = new float[input.length];
    int width = shape.inputSize();
    for (int b = 0; b < shape.batch(); b++) {
      for (int t = 0; t < shape.seqLen(); t++) {
        int from = (b * shape.seqLen() + t) * width;
        System.arraycopy(input, from, turned, (t * shape.batch() + b) * width, width);
      }
    }
    return turned;
  }

  @Benchmark
  public float[] forward() {
    return forward.run(input);
  }

  @TearDown
  public void close() {
    forward.close();
  }
}
