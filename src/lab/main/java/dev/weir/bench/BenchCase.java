package dev.weir.bench;

import dev.weir.model.Mode;

/** One combination that is measured. */
public record BenchCase(BenchPipeline pipeline, Mode mode, int series, Backend backend) {

  /** Flink's state backends, by their names in its configuration. */
  public enum Backend {
    hashmap,
    rocksdb
  }

  BenchCase with(BenchPipeline other) {
    return new BenchCase(other, mode, series, backend);
  }

  BenchCase with(Backend other) {
    return new BenchCase(pipeline, mode, series, other);
  }

  BenchCase withSeries(int other) {
    return new BenchCase(pipeline, mode, other, backend);
  }

  @Override
  public String toString() {
    return "%s %s, %,d series, %s".formatted(pipeline, mode.label(), series, backend);
  }
}
