package dev.weir.dashboard.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits how many connections an address may have, how long a request's head may take to arrive and
 * how long its response may take to leave. Jetty's idle timeout starts again with every byte, so a
 * client that sends or takes a byte now and then would keep its connection forever. Thread-safe.
 */
final class ConnectionLimits implements Connection.Listener, HttpConfiguration.Customizer {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);
  private static final long LOG_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int IPV6_NETWORK_BYTES = 8; // a client has all addresses of its /64

  private final int perAddress;
  private final Duration head;
  private final Duration response;
  private final Scheduler scheduler;
  private final Map<Connection, Deadline> deadlines = new ConcurrentHashMap<>();
  private final Map<InetAddress, Integer> open = new HashMap<>(); // guarded by this
  private long logged = System.nanoTime() - LOG_AGAIN_NANOS; // guarded by this

  /** When a connection is closed, unless something happens before. */
  private final class Deadline {
    private final Connection connection;
    private final InetAddress address;
    private Scheduler.Task task;

    Deadline(Connection connection, InetAddress address) {
      this.connection = connection;
      this.address = address;
    }

    /** Null for no deadline. */
    synchronized void set(Duration time) {
      if (task != null) {
        task.cancel();
      }
      task = time == null ? null : scheduler.schedule(() -> connection.getEndPoint().close(), time);
    }
  }

  /**
   * @param head from when a connection opens, or its last response ended, to the end of the next
   *     request's head
   * @param response from there to the end of the response
   * @param scheduler closes what is late
   */
  ConnectionLimits(int perAddress, Duration head, Duration response, Scheduler scheduler) {
    this.perAddress = perAddress;
    this.head = head;
    this.response = response;
    this.scheduler = scheduler;
  }

  @Override
  public void onOpened(Connection connection) {
    Deadline deadline = new Deadline(connection, address(connection));
    deadlines.put(connection, deadline);
    if (count(deadline.address)) {
      deadline.set(head);
    } else {
      connection.getEndPoint().close(); // and onClosed gives back what count took
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Deadline deadline = deadlines.remove(connection);
    if (deadline != null) {
      deadline.set(null);
      synchronized (this) {
        open.computeIfPresent(deadline.address, (address, n) -> n == 1 ? null : n - 1);
      }
    }
  }

  private boolean count(InetAddress address) {
    synchronized (this) {
      if (open.merge(address, 1, Integer::sum) <= perAddress) {
        return true;
      }
      if (System.nanoTime() - logged < LOG_AGAIN_NANOS) {
        return false;
      }
      logged = System.nanoTime();
    }
    LOG.warn(
        "connections of {}: expected at most {}, got more, which are closed",
        address.getHostAddress(),
        perAddress);
    return false;
  }

  /** Called by Jetty when the head of a request is complete. */
  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    set(request, response);
    Request.addCompletionListener(request, failure -> set(request, head));
    return request;
  }

  /** The response to this request is a stream without an end. */
  void keepOpen(Request request) {
    set(request, null);
  }

  private void set(Request request, Duration time) {
    Deadline deadline = deadlines.get(request.getConnectionMetaData().getConnection());
    if (deadline != null) { // else closed
      deadline.set(time);
    }
  }

  /** What connections are counted by: the address, of IPv6 its network. */
  private static InetAddress address(Connection connection) {
    if (!(connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress remote)) {
      return InetAddress.getLoopbackAddress(); // closed already
    }
    if (!(remote.getAddress() instanceof Inet6Address address)) {
      return remote.getAddress();
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an IPv6 address has 16 bytes", e);
    }
  }
}
