package dev.weir.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Engines for threads that work at the same time: an engine has temporary arrays, which only one
 * thread may use. Keeps as many as threads were at work at once, up to a number that suits the
 * machine. Thread-safe, without a lock; allocates only a new engine.
 */
final class EnginePool<E> {

  /** What an engine does for one thread. */
  @FunctionalInterface
  interface Work<E, R> {
    R of(E engine) throws IOException;
  }

  private final AtomicReferenceArray<E> idle;
  private final Supplier<E> factory;

  /** Makes an engine at once, so that wrong settings are noticed. */
  EnginePool(Supplier<E> factory) {
    this.factory = factory;
    this.idle = new AtomicReferenceArray<>(4 * Runtime.getRuntime().availableProcessors());
    idle.set(0, factory.get());
  }

  /** Runs an engine for this thread alone. */
  <R> R run(Work<E, R> work) {
    E engine = take();
    try {
      return work.of(engine);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a state with I/O, which none is here
    } finally {
      giveBack(engine);
    }
  }

  private E take() {
    for (int i = 0; i < idle.length(); i++) {
      E engine = idle.get(i) == null ? null : idle.getAndSet(i, null);
      if (engine != null) {
        return engine;
      }
    }
    return factory.get();
  }

  private void giveBack(E engine) {
    for (int i = 0; i < idle.length(); i++) {
      if (idle.compareAndSet(i, null, engine)) {
        return;
      }
    }
  }
}
