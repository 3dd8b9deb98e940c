package dev.weir.core;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Engines for threads that work at the same time: an engine has temporary arrays, which only one
 * thread may use. Keeps as many as threads were at work at once, up to a number that suits the
 * machine. Thread-safe, without a lock; allocates only a new engine.
 */
final class EnginePool<E> {

  private final AtomicReferenceArray<E> idle;
  private final Supplier<E> factory;

  /**
   * @param first an engine that is there already
   */
  EnginePool(Supplier<E> factory, E first) {
    this.factory = factory;
    this.idle = new AtomicReferenceArray<>(4 * Runtime.getRuntime().availableProcessors());
    idle.set(0, first);
  }

  /** An engine for this thread alone, until it is given back. */
  E take() {
    for (int i = 0; i < idle.length(); i++) {
      E engine = idle.get(i) == null ? null : idle.getAndSet(i, null);
      if (engine != null) {
        return engine;
      }
    }
    return factory.get();
  }

  void giveBack(E engine) {
    for (int i = 0; i < idle.length(); i++) {
      if (idle.compareAndSet(i, null, engine)) {
        return;
      }
    }
  }
}
