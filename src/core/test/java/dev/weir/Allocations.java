package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Holds code against allocating nothing, or little, once the JVM has compiled it. Until then each
 * vector is an object, and when that ends is the JIT compiler's choice: so it is waited for, and
 * has to last.
 */
public final class Allocations {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int IN_A_ROW = 3;

  /** CPU time, since the compiler gets as little of a busy machine as this thread. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Bytes a call: small objects that the compiler may leave on the heap, since what it inlines
   * depends on what else has run in this JVM.
   */
  private static final int LEFT = 64;

  private Allocations() {}

  /** Bytes that this thread allocates by running the code, and by the meter itself. */
  public static long bytesOf(Runnable code) {
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    code.run();
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  /**
   * Fails unless some rounds in a row allocate less than a byte a call, which leaves the meter
   * some.
   *
   * @param calls in a round
   */
  public static void assertNoneOnceWarm(int calls, Runnable round) {
    assertNoneOnceWarm(calls, () -> bytesOf(round));
  }

  /** As above, for a round that knows which of its bytes count. */
  public static void assertNoneOnceWarm(int calls, LongSupplier bytesOfARound) {
    assertBelow(calls, calls, bytesOfARound);
  }

  /**
   * Fails unless some rounds in a row allocate little more than this for each call; nothing at all
   * if it is 0.
   *
   * @param calls in a round
   */
  public static void assertAtMostOnceWarm(int calls, long bytesPerCall, Runnable round) {
    assertAtMostOnceWarm(calls, bytesPerCall, () -> bytesOf(round));
  }

  /** As above, for a round that knows which of its bytes count. */
  public static void assertAtMostOnceWarm(
      int calls, long bytesPerCall, LongSupplier bytesOfARound) {
    long limit = bytesPerCall == 0 ? 1 : bytesPerCall + LEFT;
    assertBelow(calls, calls * limit, bytesOfARound);
  }

  private static void assertBelow(int calls, long limit, LongSupplier bytesOfARound) {
    Deque<Long> last = new ArrayDeque<>();
    long end = THREADS.getCurrentThreadCpuTime() + PATIENCE.toNanos();
    do {
      last.addLast(bytesOfARound.getAsLong());
      if (last.size() > IN_A_ROW) {
        last.removeFirst();
      }
      if (last.size() == IN_A_ROW && last.stream().allMatch(bytes -> bytes < limit)) {
        return;
      }
    } while (THREADS.getCurrentThreadCpuTime() < end);
    assertThat(last)
        .as("bytes in %d calls, the last rounds, expected below %d", calls, limit)
        .allMatch(bytes -> bytes < limit);
  }
}
