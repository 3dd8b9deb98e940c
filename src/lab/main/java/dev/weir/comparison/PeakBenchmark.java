package dev.weir.comparison;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What one thread of this machine can do at most: chains of multiply-adds in registers, more of
 * them than the latency of one, with the widest vectors there are.
 */
@State(Scope.Thread)
public class PeakBenchmark {

  /** Multiplications and additions of one run, whatever the width of a vector. */
  static final double FLOPS = 2.0 * 10 * (1 << 16);

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private float factor = 0.999f;
  private float summand = 0.001f;

  @Benchmark
  public float multiplyAdd() {
    FloatVector b = FloatVector.broadcast(SPECIES, factor);
    FloatVector c = FloatVector.broadcast(SPECIES, summand);
    FloatVector a0 = c;
    FloatVector a1 = b;
    FloatVector a2 = c.add(1f);
    FloatVector a3 = c.add(2f);
    FloatVector a4 = c.add(3f);
    FloatVector a5 = c.add(4f);
    FloatVector a6 = c.add(5f);
    FloatVector a7 = c.add(6f);
    FloatVector a8 = c.add(7f);
    FloatVector a9 = c.add(8f);
    for (int i = (1 << 16) / SPECIES.length(); i > 0; i--) {
      a0 = a0.fma(b, c);
      a1 = a1.fma(b, c);
      a2 = a2.fma(b, c);
      a3 = a3.fma(b, c);
      a4 = a4.fma(b, c);
      a5 = a5.fma(b, c);
      a6 = a6.fma(b, c);
      a7 = a7.fma(b, c);
      a8 = a8.fma(b, c);
      a9 = a9.fma(b, c);
    }
    FloatVector sum = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7).add(a8).add(a9);
    return sum.lane(0);
  }
}
