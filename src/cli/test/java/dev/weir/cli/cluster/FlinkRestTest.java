package dev.weir.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.weir.Patience;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What something else at Flink's place might answer. */
class FlinkRestTest {

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private FlinkRest rest(Duration patience) {
    return new FlinkRest("localhost:" + server.getAddress().getPort(), patience);
  }

  private void serve(int status, String answer) {
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<html>hello</html> | status 200 and no JSON",
        "'' | JSON that is no object",
        "17 | JSON that is no object",
        "'[[[[' | status 200 and no JSON",
      })
  void whatIsNoAnswerOfFlinkIsSaidToBeNone(String answer, String problem) {
    serve(200, answer);
    assertThatThrownBy(() -> rest(Patience.LIMIT).jobs())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected an answer to /jobs/overview, got " + problem)
        .hasMessageContaining("is a JobManager's REST endpoint there?");
  }

  @Test
  void errorContainsFlinksMessage() {
    serve(404, "{\"errors\":[\"not found\"]}");
    assertThatThrownBy(() -> rest(Patience.LIMIT).jobs())
        .hasMessageContaining("status 404: not found");
  }

  @Test
  void nobodyThereIsSaidSo() {
    server.stop(0);
    assertThatThrownBy(() -> rest(Patience.LIMIT).jobs()).hasMessageContaining("got no connection");
  }

  @Test
  void oneThatNeverEndsItsAnswerIsGivenUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            while (!end.await(50, TimeUnit.MILLISECONDS)) {
              out.write("{\"jobs\":[".getBytes(StandardCharsets.UTF_8));
              out.flush();
            }
          } catch (IOException | InterruptedException e) {
            gone.countDown(); // the client, as it should
          }
        });
    long started = System.nanoTime();
    try {
      assertThatThrownBy(() -> rest(Duration.ofSeconds(1)).get("/slow"))
          .hasMessageContaining("got no whole answer within 1 s");
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Patience.LIMIT);
      assertThat(gone.await(2, TimeUnit.MINUTES)).as("nobody reads on").isTrue();
    } finally {
      end.countDown();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8081, true",
    "localhost, false",
    "a/b:1, false",
    "host:port, false",
    ":1, false",
    "'[::1]:8081', true"
  })
  void anAddressIsAHostAndAPort(String text, boolean isOne) {
    assertThat(FlinkRest.isAddress(text)).isEqualTo(isOne);
  }
}
