package dev.weir.cli;

import dev.weir.model.Mode;

/**
 * One combination that is measured.
 *
 * @param backend hashmap or rocksdb
 */
record BenchCase(BenchPipeline pipeline, Mode mode, int series, String backend) {

  BenchCase with(BenchPipeline other) {
    return new BenchCase(other, mode, series, backend);
  }

  BenchCase withBackend(String other) {
    return new BenchCase(pipeline, mode, series, other);
  }

  BenchCase withSeries(int other) {
    return new BenchCase(pipeline, mode, other, backend);
  }

  @Override
  public String toString() {
    return "%s %s, %,d series, %s".formatted(pipeline.label, mode.label(), series, backend);
  }
}
