package dev.weir.cli.alarm;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Serves metrics in Prometheus' text format at {@code /metrics}. */
final class MetricsServer implements AutoCloseable {

  private static final int MAX_PORT = 65_535;

  private final InetSocketAddress address;
  private final Javalin server;

  /**
   * @param address with port 0 for any free one
   * @throws IOException if it can't listen there
   */
  MetricsServer(InetSocketAddress address, Supplier<String> text) throws IOException {
    this.address = address;
    this.server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
              config.routes.get(
                  "/metrics",
                  context -> context.contentType("text/plain; version=0.0.4").result(text.get()));
            });
    try {
      server.start(address.getAddress().getHostAddress(), address.getPort());
    } catch (RuntimeException e) {
      server.stop();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "--metrics: expected a free port of this machine, got %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), cause.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return "http://%s:%d/metrics".formatted(address.getHostString(), server.port());
  }

  @Override
  public void close() {
    server.stop();
  }

  /** Reads {@code [HOST:]PORT}, of loopback without a host. */
  static final class Address implements ITypeConverter<InetSocketAddress> {

    @Override
    public InetSocketAddress convert(String text) {
      Matcher parts = Pattern.compile("(?:(.+):)?([0-9]{1,5})").matcher(text);
      if (parts.matches() && Integer.parseInt(parts.group(2)) <= MAX_PORT) {
        String host = Objects.requireNonNullElse(parts.group(1), "127.0.0.1");
        InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(parts.group(2)));
        if (!address.isUnresolved()) {
          return address;
        }
      }
      throw new TypeConversionException(
          "expected [HOST:]PORT of this machine such as 9260 or 0.0.0.0:9260, got '" + text + "'");
    }
  }
}
