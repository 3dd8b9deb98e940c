package dev.weir.dashboard.http;

import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesRow;
import io.javalin.http.sse.SseClient;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends news to pages that listen. Each has a thread of its own, which asks what is new since it
 * last sent, so that nothing is ever queued: a slow page gets fewer and larger events, and one that
 * takes nothing at all is dropped when the server's write times out.
 */
final class Events implements AutoCloseable {

  static final int MAX_CLIENTS = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final Duration EACH = Duration.ofMillis(100);
  private static final Duration COMMENT = Duration.ofSeconds(10);

  private final JobPage job;
  private final Semaphore free = new Semaphore(MAX_CLIENTS);
  private final AtomicInteger numbers = new AtomicInteger();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Events(JobPage job) {
    this.job = job;
  }

  int listeners() {
    return MAX_CLIENTS - free.availablePermits();
  }

  /** Whether there is room for one more; if so it is taken, for {@link #serve}. */
  boolean admit() {
    return free.tryAcquire();
  }

  /** Gives back what {@link #admit} took, when {@link #serve} was not called. */
  void leave() {
    free.release();
  }

  /**
   * Gives the place back when the page has gone, or when nothing comes of it: the server calls this
   * in a thread of its own, where nobody else would.
   *
   * @param row the series that the page looks at, or null
   * @param after the sequence number that the page knows of it; 0 when it knows nothing
   */
  void serve(SseClient client, SeriesRow row, long after) {
    boolean served = false;
    try {
      client.keepAlive();
      thread(client, row, after).start();
      served = true;
    } finally {
      if (!served) {
        free.release();
      }
    }
  }

  private Thread thread(SseClient client, SeriesRow row, long after) {
    Thread thread =
        new Thread(
            () -> {
              threads.add(Thread.currentThread());
              try {
                send(client, row, after);
              } catch (RuntimeException e) { // the page has gone
                LOG.debug("a page has gone: {}", e.toString());
              } finally {
                free.release();
                threads.remove(Thread.currentThread());
                client.close();
              }
            },
            "dashboard-events-" + numbers.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private void send(SseClient client, SeriesRow row, long after) {
    long jobSent = -1;
    long seriesSent = after;
    long commented = System.nanoTime();
    while (!closed && !client.terminated()) {
      if (job.version() != jobSent) {
        jobSent = job.version();
        event(client, "job", job.newest(), null);
      }
      if (row != null && row.sequence() > seriesSent) {
        SeriesHistory.View view = row.view(Long.MAX_VALUE, SeriesHistory.KEPT, seriesSent);
        if (view != null) { // else dropped meanwhile
          seriesSent = view.sequence();
          event(client, "series", PageJson.history(view, null, null), Long.toString(seriesSent));
        }
      }
      if (System.nanoTime() - commented > COMMENT.toNanos()) {
        commented = System.nanoTime();
        client.sendComment("still here");
      }
      LockSupport.parkNanos(EACH.toNanos());
    }
  }

  private static void event(SseClient client, String name, byte[] json, String id) {
    client.sendEvent(name, new ByteArrayInputStream(json), id);
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }
}
