package dev.weir.kafka;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Utils;

/**
 * The brokers to start from, checked before a client is made of them, since Kafka says only that
 * they are wrong.
 */
public final class BrokerAddresses {

  public static final String EXPECTED = "HOST:PORT, several joined by commas";

  private BrokerAddresses() {}

  /** Whether each has a host and a port, as Kafka reads them. */
  public static boolean areAddresses(String bootstrapServers) {
    List<String> addresses = split(bootstrapServers);
    return !addresses.isEmpty() && addresses.stream().allMatch(BrokerAddresses::isAddress);
  }

  private static boolean isAddress(String address) {
    String host = Utils.getHost(address);
    try {
      Integer port = Utils.getPort(address);
      return host != null && !host.isEmpty() && port != null && port > 0 && port < 1 << 16;
    } catch (NumberFormatException e) { // more digits than a number may have
      return false;
    }
  }

  /**
   * Sees whether they are addresses, and whether this machine knows one of the hosts.
   *
   * @throws IllegalStateException when a client could not even be made of them
   */
  static void check(String bootstrapServers) {
    if (!areAddresses(bootstrapServers)) {
      throw new IllegalStateException(
          "bootstrap servers: expected %s, got '%s'; %s"
              .formatted(
                  EXPECTED,
                  ClientProperties.withoutUser(bootstrapServers),
                  bootstrapServers.contains("@")
                      ? "user and password go into sasl.jaas.config: docs/kafka-security.md"
                      : "a broker's usual port is 9092"));
    }
    if (split(bootstrapServers).stream().noneMatch(BrokerAddresses::isKnown)) {
      throw new IllegalStateException(
          "bootstrap servers: expected a host that this machine knows, got '%s'; check the name, or try the broker's IP address"
              .formatted(bootstrapServers));
    }
  }

  private static boolean isKnown(String address) {
    try {
      return InetAddress.getAllByName(Utils.getHost(address)).length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static List<String> split(String bootstrapServers) {
    return Arrays.stream(bootstrapServers.split(","))
        .map(String::trim)
        .filter(address -> !address.isEmpty())
        .toList();
  }
}
