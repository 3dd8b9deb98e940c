package dev.weir.stream;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has opened and closes at its end, the newest first. */
public final class Opened implements AutoCloseable {

  private final Deque<AutoCloseable> all = new ArrayDeque<>();

  public <T extends AutoCloseable> T add(T opened) {
    all.push(opened);
    return opened;
  }

  @Override
  public void close() throws Exception {
    while (!all.isEmpty()) {
      all.pop().close();
    }
  }
}
