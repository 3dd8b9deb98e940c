package dev.weir.kafka;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigException;

/**
 * Finds out that a broker wants TLS before a client without it does: the client takes the first
 * bytes of the broker's alert for the length of an answer, 352 MB, and dies of it or waits in vain.
 */
final class PlaintextListenerCheck {

  private static final int TIMEOUT_MILLIS = 2_000;

  /** Length, then ApiVersions in version 0, correlation 0, no client id: any broker answers. */
  private static final byte[] REQUEST = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, -1, -1};

  /** A TLS record that holds an alert, of any version of the protocol. */
  private static final int TLS_ALERT = 0x1503;

  private PlaintextListenerCheck() {}

  /**
   * @throws IllegalStateException when these properties are without TLS and a broker is not; what
   *     else is wrong is left for the client to say
   */
  static void check(String bootstrapServers, Map<String, String> properties) {
    String protocol =
        properties.getOrDefault(
            CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
            CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL);
    if (!protocol.endsWith("PLAINTEXT")) {
      return;
    }
    for (InetSocketAddress address : addresses(bootstrapServers)) {
      try (Socket socket = new Socket()) {
        socket.connect(address, TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write(REQUEST);
        if (new DataInputStream(socket.getInputStream()).readUnsignedShort() == TLS_ALERT) {
          throw new IllegalStateException(
              "Kafka at %s: expected a port without TLS, since security.protocol is %s, got TLS; set security.protocol to SSL or SASL_SSL"
                  .formatted(bootstrapServers, protocol));
        }
        return; // one that answers will do
      } catch (IOException e) {
        // not there, or it hung up: the client has words for that
      }
    }
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
