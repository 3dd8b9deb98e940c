package dev.weir.dashboard.http;

import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesRow;
import io.javalin.http.sse.SseClient;
import java.io.ByteArrayInputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends news to pages that listen. Each has a thread of its own, which asks what is new since it
 * last sent, so that nothing is ever queued: a slow page gets fewer and larger events, and one that
 * takes nothing at all is dropped when the server's write times out.
 */
final class Events implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final long EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final JobPage job;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Events(JobPage job) {
    this.job = job;
  }

  int listeners() {
    return threads.size();
  }

  /**
   * Returns at once.
   *
   * @param row the series that the page looks at, or null; its news are those from now on
   */
  void serve(SseClient client, SeriesRow row) {
    client.keepAlive();
    long after = row == null ? 0 : row.sequence();
    Thread thread =
        new Thread(
            () -> {
              try {
                send(client, row, after);
              } catch (RuntimeException e) {
                LOG.debug("a page has gone: {}", e.toString());
              } finally {
                threads.remove(Thread.currentThread());
                client.close();
              }
            },
            "dashboard-events");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void send(SseClient client, SeriesRow row, long after) {
    long jobSent = -1;
    long seriesSent = after;
    while (!closed && !client.terminated()) {
      if (job.version() != jobSent) { // each second
        jobSent = job.version();
        client.sendEvent("job", new ByteArrayInputStream(job.newest()));
      }
      if (row != null && row.sequence() > seriesSent) {
        SeriesHistory.View news = row.view(seriesSent);
        if (news != null) { // else dropped meanwhile
          seriesSent = news.sequence();
          client.sendEvent("series", new ByteArrayInputStream(PageJson.of(news)));
        }
      }
      LockSupport.parkNanos(EACH_NANOS);
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }
}
