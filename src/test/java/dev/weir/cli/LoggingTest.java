package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void theLauncherSaysOnceThatABrokerIsAwayAndAllElseEachTime() {
    try (LoggerContext context = context(LAUNCHER)) {
      assertOnlyLostConnectionsAreHeldBack(context);
    }
  }

  @Test
  void aClusterSaysOnceThatABrokerIsAwayAndAllElseEachTime(@TempDir Path dir) throws Exception {
    Path config =
        Files.writeString(
            dir.resolve("log4j.properties"),
            "rootLogger.level = INFO\n" + Files.readString(Path.of("conf/log4j-kafka.properties")));
    try (LoggerContext context = context(config.toUri())) {
      assertOnlyLostConnectionsAreHeldBack(context);
    }
  }

  private static void assertOnlyLostConnectionsAreHeldBack(LoggerContext context) {
    Lines lines = new Lines();
    lines.start();
    context.getConfiguration().getRootLogger().addAppender(lines, null, null);
    Logger connections = context.getLogger("org.apache.kafka.clients.NetworkClient");
    String away =
        "[Producer clientId=p] Connection to node 1 (b/10.0.0.1:9092) could not be established. Node may not be available.";
    String gone = "[Producer clientId=p] Bootstrap broker b:9092 (id: -1 rack: null) disconnected";
    String rights =
        "[Producer clientId=p] The metadata response from the cluster reported a recoverable issue with correlation id 7 : {t=TOPIC_AUTHORIZATION_FAILED}";
    assertThat(lines.of(connections, rights, away, rights, away, gone, rights))
        .containsExactly(rights, away, rights, rights);

    Logger sender = context.getLogger("org.apache.kafka.clients.producer.internals.Sender");
    String unsent =
        "[Producer clientId=p] Got error produce response with correlation id 9 on topic-partition t-0, retrying (5 attempts left). Error: NETWORK_EXCEPTION. Error Message: Disconnected from node 1";
    String invalid =
        "[Producer clientId=p] Received invalid metadata error in produce request on partition t-0 due to org.apache.kafka.common.errors.NetworkException: Disconnected from node 1. Going to request metadata update now";
    String unknown =
        "[Producer clientId=p] Received unknown topic or partition error in produce request on partition t-0. The topic-partition may not exist or the user may not have Describe access to it";
    assertThat(lines.of(sender, unknown, unsent, unknown, invalid, unsent, unknown))
        .containsExactly(unknown, unsent, unknown, unknown);
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
