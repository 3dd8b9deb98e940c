package dev.weir.comparison;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One step of training on a batch of windows: forward, backward through time, Adam. */
@State(Scope.Thread)
public class TrainingBenchmark {

  @Param("RNN_TANH:2:32:1:24:1")
  public String shape;

  @Param("weir")
  public String library;

  private Training training;

  @Setup
  public void check() {
    Shape parsed = Shape.of(shape);
    training = Training.of(library, parsed);
    Check.training(library, parsed, training);
  }

  @Benchmark
  public void step() {
    training.step();
  }

  @TearDown
  public void close() {
    training.close();
  }
}
