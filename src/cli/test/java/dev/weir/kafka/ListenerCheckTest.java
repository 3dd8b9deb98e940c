package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerCheckTest {

  private static final String PATIENCE = "default.api.timeout.ms";

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private void check(String servers, long millis, int tellAfter) {
    ListenerCheck.check(
        servers, Map.of(PATIENCE, Long.toString(millis)), Duration.ofMillis(tellAfter), lines::add);
  }

  @Test
  void messageDiffersForClosedPortAndSlowBroker() throws Exception {
    String closed = "localhost:" + EmbeddedBroker.freePort();
    assertThatThrownBy(() -> check(closed, 300, 100))
        .hasMessageStartingWith(
            "Kafka at "
                + closed
                + ": expected an answer within 0.3 s, got a closed port: nothing listens there; ");
    try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      String slow = "127.0.0.1:" + silent.getLocalPort();
      assertThatThrownBy(() -> check(slow, 300, 100))
          .hasMessageStartingWith(
              "Kafka at "
                  + slow
                  + ": expected an answer within 0.3 s, got a connection and no answer: a slow broker");
    }
  }

  @Test
  void waitEndsWithTheBrokersFirstAnswer(@TempDir Path dir) throws Exception {
    int port = EmbeddedBroker.freePort();
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(() -> check("localhost:" + port, Patience.LIMIT.toMillis(), 0));
    assertThat(lines.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(
            "still waiting for Kafka at localhost:"
                + port
                + ": a closed port: nothing listens there");
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, port)) {
      waiting.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(lines).isEmpty();
  }

  @Test
  void unusablePropertyFailsBeforeTheWait() {
    assertThatThrownBy(() -> ListenerCheck.check("localhost:1", Map.of("retries", "many")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retries");
  }
}
