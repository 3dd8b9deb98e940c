package dev.weir.kafka;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigException;

/**
 * Waits until a broker answers, before a client is made: a client reports the same time-out for a
 * closed port and for a slow broker. Also finds a broker that wants TLS from a client without it,
 * which takes the first bytes of the broker's alert for a length of 352 MB.
 */
final class ListenerCheck {

  private static final Duration TELL = Duration.ofSeconds(5);
  private static final int CONNECT_MILLIS = 2_000;
  private static final long RETRY_MILLIS = 100;

  /** Length, then ApiVersions in version 0, correlation 0, no client id: any broker answers. */
  private static final byte[] REQUEST = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, -1, -1};

  /** A TLS record that holds an alert, of any version of the protocol. */
  private static final int TLS_ALERT = 0x1503;

  private ListenerCheck() {}

  /**
   * @param properties their default.api.timeout.ms limits the wait
   * @throws IllegalStateException if no broker answers in time, or if these properties are without
   *     TLS and a broker is not; what else is wrong is left for the client to say
   */
  static void check(String bootstrapServers, Map<String, String> properties) {
    check(bootstrapServers, properties, TELL, line -> System.err.println("weir: " + line));
  }

  static void check(
      String bootstrapServers,
      Map<String, String> properties,
      Duration tellAfter,
      Consumer<String> lines) {
    AdminClientConfig config = new AdminClientConfig(withBrokers(bootstrapServers, properties));
    String protocol = config.getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    Duration patience =
        properties.containsKey(ClientProperties.TIMEOUT)
            ? Duration.ofMillis(config.getInt(ClientProperties.TIMEOUT))
            : ClientProperties.PATIENCE;
    long start = System.nanoTime();
    Duration wait = patience.compareTo(tellAfter) < 0 ? patience : tellAfter;
    for (boolean told = false; ; ) {
      String problem = problem(bootstrapServers, protocol, wait.minusNanos(since(start)));
      if (problem == null) {
        return;
      }
      if (since(start) >= patience.toNanos()) {
        throw new IllegalStateException(
            "Kafka at %s: expected an answer within %s s, got %s; kafka.bootstrap-servers or --bootstrap-servers HOST:PORT names another, --kafka %s=MILLIS waits longer"
                .formatted(
                    bootstrapServers,
                    patience.toMillis() / 1000.0,
                    problem,
                    ClientProperties.TIMEOUT));
      }
      if (!told && since(start) >= tellAfter.toNanos()) {
        lines.accept("still waiting for Kafka at %s: %s".formatted(bootstrapServers, problem));
        told = true;
        wait = patience;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
    }
  }

  private static Map<String, Object> withBrokers(
      String bootstrapServers, Map<String, String> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return all;
  }

  private static long since(long start) {
    return System.nanoTime() - start;
  }

  /** What is wrong with the last of the addresses; null if one answers, or has hung up. */
  private static String problem(String bootstrapServers, String protocol, Duration wait) {
    String problem = null;
    for (InetSocketAddress address : addresses(bootstrapServers)) {
      try (Socket socket = new Socket()) {
        socket.connect(address, CONNECT_MILLIS);
        if (!protocol.endsWith("PLAINTEXT")) {
          return null;
        }
        problem = "a connection and no answer: a slow broker, or no broker";
        socket.setSoTimeout((int) Math.max(RETRY_MILLIS, wait.toMillis()));
        socket.getOutputStream().write(REQUEST);
        if (new DataInputStream(socket.getInputStream()).readUnsignedShort() == TLS_ALERT) {
          throw new IllegalStateException(
              "Kafka at %s: expected a port without TLS, since security.protocol is %s, got TLS; set security.protocol to SSL or SASL_SSL"
                  .formatted(bootstrapServers, protocol));
        }
        return null; // one that answers will do
      } catch (ConnectException e) {
        problem = problem == null ? "a closed port: nothing listens there" : problem;
      } catch (SocketTimeoutException e) {
        problem = problem == null ? "no connection: a firewall, or a machine that is off" : problem;
      } catch (IOException e) {
        return null; // it hung up: the client has words for that
      }
    }
    return problem;
  }

  private static List<InetSocketAddress> addresses(String bootstrapServers) {
    try {
      return ClientUtils.parseAndValidateAddresses(
          List.of(bootstrapServers.split("\\s*,\\s*")), ClientDnsLookup.USE_ALL_DNS_IPS);
    } catch (ConfigException e) {
      return List.of();
    }
  }
}
