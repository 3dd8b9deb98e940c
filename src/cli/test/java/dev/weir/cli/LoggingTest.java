package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Documents;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The logging of the launcher's process, and what we append to a cluster's. */
class LoggingTest {

  private static final URI LAUNCHER = Path.of("conf/log4j2.properties").toUri();

  private static LoggerContext context(URI config) {
    LoggerContext context = new LoggerContext("tested");
    context.setConfigLocation(config);
    context.start();
    return context;
  }

  @Test
  void aLineThatNobodyWantsIsTurnedAwayByItsLevelAlone() {
    try (LoggerContext context = context(LAUNCHER)) {
      // asked before the level, for each debug line of each record
      assertThat(context.getConfiguration().hasFilter()).isFalse();
      assertThat(context.getRootLogger().getLevel()).isEqualTo(Level.WARN);
      ConsoleAppender stderr = context.getConfiguration().getAppender("stderr");
      assertThat(stderr.hasFilter()).as("what is said twice is turned away here").isTrue();
    }
  }

  /** Which its end cancels; the launcher's flag is of the demo alone. */
  @ParameterizedTest
  @CsvSource({
    "checkpoint.CheckpointFailureManager, WARN",
    "source.coordinator.SourceCoordinatorContext, ERROR"
  })
  void onlyADemoKeepsCheckpointsAndRequestsThatFailedToItself(String name, String otherwise)
      throws Exception {
    String logger = "org.apache.flink.runtime." + name;
    try (LoggerContext context = context(LAUNCHER)) {
      assertThat(context.getLogger(logger).getLevel()).isEqualTo(Level.valueOf(otherwise));
    }
    List<String> flags =
        Files.readAllLines(Path.of("weir")).stream()
            .filter(line -> line.contains("-Dweir.log.cancelled="))
            .toList();
    assertThat(flags).singleElement().asString().contains("demo)", "cancelled=OFF)");
    System.setProperty("weir.log.cancelled", "OFF");
    try (LoggerContext context = context(LAUNCHER)) {
      assertThat(context.getLogger(logger).getLevel()).isEqualTo(Level.OFF);
    } finally {
      System.clearProperty("weir.log.cancelled");
    }
  }

  @Test
  void launcherAndClusterSayOnceThatABrokerIsAway(@TempDir Path dir) throws Exception {
    Path cluster =
        Files.writeString(
            dir.resolve("log4j.properties"),
            "rootLogger.level = INFO\n" + Documents.outageFilter());
    for (URI config : List.of(LAUNCHER, cluster.toUri())) {
      try (LoggerContext context = context(config)) {
        assertSaidOnce(context);
      }
    }
  }

  private static void assertSaidOnce(LoggerContext context) {
    Lines lines = new Lines();
    lines.start();
    context.getConfiguration().getRootLogger().addAppender(lines, null, null);
    Logger connections = context.getLogger("org.apache.kafka.clients.NetworkClient");
    assertThat(lines.of(connections, "no broker", "no broker", "gone"))
        .containsExactly("no broker");
    Logger sender = context.getLogger("org.apache.kafka.clients.producer.internals.Sender");
    assertThat(lines.of(sender, "not sent", "not sent")).containsExactly("not sent");
    Logger other = context.getLogger("org.apache.kafka.clients.consumer.KafkaConsumer");
    assertThat(lines.of(other, "one", "two")).containsExactly("one", "two");
    lines.seen.clear();
    connections.error("given up");
    assertThat(lines.seen).as("errors pass").containsExactly("given up");
  }

  /** Keeps what comes out. */
  private static final class Lines extends AbstractAppender {
    private final List<String> seen = new ArrayList<>();

    Lines() {
      super("lines", null, null, false, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      seen.add(event.getMessage().getFormattedMessage());
    }

    List<String> of(Logger logger, String... warnings) {
      seen.clear();
      for (String warning : warnings) {
        logger.warn(warning);
      }
      return List.copyOf(seen);
    }
  }
}
