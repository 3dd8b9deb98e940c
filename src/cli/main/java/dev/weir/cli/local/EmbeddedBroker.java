package dev.weir.cli.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker with its own KRaft controller in this JVM: one node, no replicas, no security,
 * reachable from this machine only.
 *
 * <p>Made for the demo and for tests. Topics are not created by accident, unless by {@link
 * #CREATES_TOPICS}, and a record may be as large as a model, 16 MiB. The data folder survives: a
 * folder that was formatted before is opened as it is. {@code start} blocks until the broker takes
 * requests; {@code close} blocks until it has written what it had.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** Overrides with which a producer's topic need not be there, as for a first try. */
  public static final Map<String, String> CREATES_TOPICS =
      Map.of("auto.create.topics.enable", "true");

  private static final int NODE_ID = 1;
  private static final String CONTROLLER = "CONTROLLER";
  private static final String MAX_MESSAGE_BYTES = Integer.toString(16 * 1024 * 1024);

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts a broker on {@code port}, or on any free port for 0. */
  public static EmbeddedBroker start(Path dataDir, int port) throws Exception {
    return start(dataDir, port, Map.of());
  }

  /**
   * Starts a broker whose properties are ours, then {@code overrides}, in the words of Kafka's
   * server.properties.
   */
  public static EmbeddedBroker start(Path dataDir, int port, Map<String, String> overrides)
      throws Exception {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "broker port: expected 0 (any free one) to 65535, got " + port);
    }
    Path dir = dataDir.toAbsolutePath().normalize();
    int brokerPort = port == 0 ? freePort() : port;
    // The quorum's address is part of the configuration, so Kafka cannot choose this port itself.
    int controllerPort = freePort();
    while (controllerPort == brokerPort) { // which is free, too
      controllerPort = freePort();
    }
    String bootstrapServers = "localhost:" + brokerPort;

    Map<String, String> properties = new HashMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    properties.put("controller.quorum.voters", NODE_ID + "@localhost:" + controllerPort);
    properties.put("controller.listener.names", CONTROLLER);
    properties.put("inter.broker.listener.name", "PLAINTEXT");
    properties.put(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    properties.put(
        "listeners",
        "PLAINTEXT://" + bootstrapServers + "," + CONTROLLER + "://localhost:" + controllerPort);
    properties.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers);
    properties.put("log.dirs", dir.toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("message.max.bytes", MAX_MESSAGE_BYTES);
    // Records are as old as the observations in them, so that a week's retention would delete a
    // replay of past data at its next check, within minutes.
    properties.put("log.retention.ms", "-1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    // Kafka's own topics ask for three replicas unless told that one node is all there is.
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.putAll(overrides);

    if (!Files.exists(dir.resolve("meta.properties"))) {
      format(dir);
    }
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
    EmbeddedBroker broker = new EmbeddedBroker(server, bootstrapServers);
    TemporaryFolder.closeBeforeDeletion(broker);
    server.startup();
    return broker;
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    TemporaryFolder.forget(this);
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path dir) throws Exception {
    Files.createDirectories(dir);
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(NODE_ID)
        .setControllerListenerName(CONTROLLER)
        .setMetadataLogDirectory(dir.toString())
        .addDirectory(dir.toString())
        .run();
  }

  /**
   * Returns a port that was free a moment ago; the start fails, and says so, if another process
   * takes it in between. It is below those that Linux gives to outgoing connections (32768 and up),
   * which a busy machine opens often.
   */
  public static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_768);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (BindException e) {
        // taken: try another
      }
    }
  }

  /**
   * The broker as a process of its own: {@code EmbeddedBroker dataDir port [key=value]...}. Prints
   * {@code bootstrap.servers=HOST:PORT} once it takes requests and runs until SIGTERM.
   */
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: EmbeddedBroker DATA_DIR PORT [BROKER_PROPERTY=VALUE]...");
      System.exit(2);
    }
    Map<String, String> overrides = new HashMap<>();
    for (int i = 2; i < args.length; i++) {
      String[] property = args[i].split("=", 2);
      if (property.length != 2) {
        throw new IllegalArgumentException("broker property: expected key=value, got " + args[i]);
      }
      overrides.put(property[0], property[1]);
    }
    EmbeddedBroker broker = start(Path.of(args[0]), Integer.parseInt(args[1]), overrides);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-shutdown"));
    System.out.println("bootstrap.servers=" + broker.bootstrapServers());
    broker.server.awaitShutdown();
  }
}
