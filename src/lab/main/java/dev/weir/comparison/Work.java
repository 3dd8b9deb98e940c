package dev.weir.comparison;

import java.util.List;

/**
 * A piece of work that we do with each of our kernels, and others do too.
 *
 * @param kind forward or learning
 * @param shape null for learning
 * @param peers that run in a JVM
 * @param targets how far ahead we want to be
 */
record Work(
    String kind, Class<?> benchmark, Shape shape, List<OtherLibrary> peers, List<Target> targets) {

  /** How many times our CPU time the peer's is to be with a kernel: at least, and the aim. */
  record Target(Kernel kernel, OtherLibrary peer, double atLeast, double aim) {}

  /** Everything that is compared. */
  static List<Work> all() {
    return List.of(
        forward(
            "RNN_TANH:3:2:1:5:1",
            new Target(Kernel.plain, OtherLibrary.ONNX, 50, 70),
            new Target(Kernel.plain, OtherLibrary.DJL, 600, 1000),
            new Target(Kernel.plain, OtherLibrary.TORCH, 500, 820),
            new Target(Kernel.vector, OtherLibrary.ONNX, 50, 70),
            new Target(Kernel.vector, OtherLibrary.DJL, 600, 1000),
            new Target(Kernel.vector, OtherLibrary.TORCH, 500, 820)),
        forward("RNN_TANH:3:2:1:5:32"),
        forward(
            "RNN_TANH:2:32:4:24:1",
            new Target(Kernel.vector, OtherLibrary.ONNX, 6, 8.7),
            new Target(Kernel.vector, OtherLibrary.TORCH, 45, 66),
            new Target(Kernel.plain, OtherLibrary.ONNX, 2.3, 3.8),
            new Target(Kernel.plain, OtherLibrary.TORCH, 18, 29)),
        forward("RNN_TANH:2:32:4:24:32"),
        forward(
            "RNN_TANH:2:64:4:96:1",
            new Target(Kernel.vector, OtherLibrary.ONNX, 2.6, 3.8),
            new Target(Kernel.vector, OtherLibrary.TORCH, 12, 18)),
        forward("RNN_TANH:2:64:4:96:32"),
        forward("LSTM:2:32:4:24:1"),
        forward("GRU:2:32:4:24:1"),
        forward(
            "RNN_TANH:2:32:6:24:1",
            new Target(Kernel.vector, OtherLibrary.ONNX, 6, 9)), // a classifier of six sensors
        forward("GRU:2:32:6:24:1"),
        new Work(
            "learning",
            LearningBenchmark.class,
            null,
            List.of(OtherLibrary.RCF),
            List.of(
                new Target(Kernel.vector, OtherLibrary.RCF, 10, 25),
                new Target(Kernel.plain, OtherLibrary.RCF, 10, 25))));
  }

  private static Work forward(String shape, Target... targets) {
    return new Work(
        "forward",
        ForwardBenchmark.class,
        Shape.of(shape),
        List.of(OtherLibrary.ONNX, OtherLibrary.ONNX_REUSED, OtherLibrary.DJL),
        List.of(targets));
  }

  /** By which results of other programs are found, too. */
  String id() {
    return shape == null ? kind : kind + " " + shape.text();
  }

  @Override
  public String toString() {
    return shape == null ? "learn one value, horizon 2" : shape.toString();
  }

  /** NaN where nobody counts. */
  double flops() {
    return shape == null ? Double.NaN : shape.flops();
  }

  Target target(Kernel kernel, OtherLibrary peer) {
    return targets.stream()
        .filter(target -> target.kernel() == kernel && target.peer() == peer)
        .findFirst()
        .orElse(null);
  }
}
