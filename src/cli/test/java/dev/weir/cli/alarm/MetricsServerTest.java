package dev.weir.cli.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Http;
import dev.weir.cli.InProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsServerTest {

  private static final InetSocketAddress FREE = new MetricsServer.Address().convert("0");

  @Test
  void textIsServedAndATakenPortNamed() throws Exception {
    try (MetricsServer server = new MetricsServer(FREE, () -> "a 1\n")) {
      URI uri = URI.create(server.toString());
      assertThat(Http.get(uri)).isEqualTo("a 1\n");
      InetSocketAddress taken = new InetSocketAddress(FREE.getAddress(), uri.getPort());
      assertThatThrownBy(() -> new MetricsServer(taken, () -> ""))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "--metrics: expected a free port of this machine, got 127.0.0.1:" + uri.getPort());
    }
  }

  @ParameterizedTest
  @CsvSource({"9260, 127.0.0.1", "0.0.0.0:9260, 0.0.0.0", "[::1]:9260, 0:0:0:0:0:0:0:1"})
  void hostIsLoopbackUnlessGiven(String text, String host) {
    InetSocketAddress address = new MetricsServer.Address().convert(text);
    assertThat(address.getAddress().getHostAddress()).isEqualTo(host);
    assertThat(address.getPort()).isEqualTo(9260);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", ":9260", "65536", "-1", "localhost", "a b:1", "http://localhost:1"})
  void wrongAddressIsNamedBeforeABrokerIsAsked(String wrong) {
    String line = "webhook jobs/many-to-one.yaml --set kafka.bootstrap-servers=localhost:1";
    String[] words = InProcess.words(line + " --metrics=%s", wrong);
    assertThat(InProcess.run(words).failed(2).err())
        .contains("--metrics", "expected [HOST:]PORT of this machine such as 9260", wrong);
  }
}
