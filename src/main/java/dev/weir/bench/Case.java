package dev.weir.bench;

import dev.weir.model.Mode;

/** One combination that is measured. */
public record Case(Pipeline pipeline, Mode mode, int series, Backend backend) {

  /** Flink's state backends, by their names in its configuration. */
  public enum Backend {
    hashmap,
    rocksdb
  }

  Case with(Pipeline other) {
    return new Case(other, mode, series, backend);
  }

  Case with(Backend other) {
    return new Case(pipeline, mode, series, other);
  }

  Case withSeries(int other) {
    return new Case(pipeline, mode, other, backend);
  }

  @Override
  public String toString() {
    return "%s %s, %,d series, %s".formatted(pipeline, mode.label(), series, backend);
  }
}
