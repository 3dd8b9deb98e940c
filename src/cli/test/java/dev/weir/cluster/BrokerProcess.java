package dev.weir.cluster;

import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Kafka broker in a process of its own, which may be killed, stopped and started again on the
 * same data and port.
 */
final class BrokerProcess implements AutoCloseable {
  private static final Duration START = Patience.LIMIT;
  private static final Pattern READY = Pattern.compile("bootstrap\\.servers=(localhost:(\\d+))\\R");

  private final BuiltClasspath classpath;
  private final Path dir;
  private final Map<String, String> properties;
  private LocalProcess process;
  private int port; // 0 until the first start has found one
  private int starts;

  private BrokerProcess(BuiltClasspath classpath, Path dir, Map<String, String> properties) {
    this.classpath = classpath;
    this.dir = dir;
    this.properties = properties;
  }

  /**
   * Starts an empty broker with its data and logs below {@code dir}; returns once it takes
   * requests.
   */
  static BrokerProcess start(BuiltClasspath classpath, Path dir, Map<String, String> properties)
      throws IOException {
    BrokerProcess broker = new BrokerProcess(classpath, LocalProcess.emptyFolder(dir), properties);
    broker.start();
    return broker;
  }

  /** Starts the broker again after {@code process().kill()}. */
  void start() throws IOException {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(
          "broker: expected to be down, is running as pid " + process.pid());
    }
    List<String> args =
        new ArrayList<>(List.of(dir.resolve("data").toString(), Integer.toString(port)));
    properties.forEach((key, value) -> args.add(key + "=" + value));
    process =
        LocalProcess.java(
            "broker",
            dir.resolve("broker-" + ++starts + ".log"),
            List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j.configurationFile=conf/log4j2.properties"),
            classpath.launcher(),
            EmbeddedBroker.class.getName(),
            args,
            Map.of());
    port = Integer.parseInt(process.awaitOutput(READY, START).group(2));
  }

  String bootstrapServers() {
    return "localhost:" + port;
  }

  LocalProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
