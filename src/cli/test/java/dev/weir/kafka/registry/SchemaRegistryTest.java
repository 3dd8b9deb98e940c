package dev.weir.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weir.Patience;
import dev.weir.cli.SecuredBroker;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.codec.RegistrySubjects;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client with a registry that works, is away, or is something else. */
class SchemaRegistryTest extends RegistryContract {

  private static final KafkaSettings.Topics TOPICS =
      new KafkaSettings.Topics("observed", "forecast", "scored", "dead", "models");

  @TempDir private Path dir;

  @AutoClose private RegistryServer server;

  @BeforeEach
  void start() throws IOException {
    server = RegistryServer.start();
  }

  @Override
  RegistrySettings registry() {
    return server.settings();
  }

  private RegistrySettings with(String key, String value) {
    return RegistrySettings.of(server.url(), Map.of(key, value), Duration.ZERO);
  }

  private static IOException failure(RegistrySettings settings, Duration timeout) {
    return catchThrowableOfType(
        IOException.class, () -> new SchemaRegistry(settings, timeout).schema(7, timeout));
  }

  private IOException failure() {
    return failure(server.settings(), Patience.LIMIT);
  }

  // ---- answers

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | <html>welcome</html> | true | got HTTP 200, and no JSON; check the path
          200 | {} | true | got no schema; check the path
          200 | [1] | true | got no schema; check the path
          200 | {"schema": 7} | true | got no schema; check the path
          200 | {"schema": "syntax", "schemaType": "PROTOBUF"} | false | got one of type PROTOBUF
          200 | {"schema": "{}", "references": [{"name": "x"}]} | false | without references to others, got some
          404 | {"error_code": 40403, "message": "gone"} | false | got HTTP 404: gone
          404 | <html>no</html> | false | got HTTP 404, and no JSON; check the path
          404 | {"error_code": 404, "message": "no such page"} | false | check the path
          401 | {"message": "who?"} | true | got HTTP 401: who?; see to basic.auth.user.info
          403 | {"message": "not you"} | true | got HTTP 403: not you; see to
          500 | {"message": "oh\\u001b[2J no"} | true | got HTTP 500: oh.[2J no
          503 | '' | true | got HTTP 503, and no JSON
          """)
  void answerOtherThanASchemaIsFinalOrNot(int status, String body, boolean isAway, String words) {
    server.answer(status, body);
    IOException e = failure();
    assertThat(e instanceof UnknownSchemaException).isEqualTo(!isAway);
    assertThat(e).hasMessageStartingWith("schema id 7: expected ").hasMessageContaining(words);
    assertThat(e.getMessage()).doesNotContain("\u001b", "\n");
  }

  @Test
  void unreadableVersionsAreLeftOut() throws Exception {
    Map<String, String> answers =
        Map.of(
            "versions", "[1, 2, 3, 4]",
            "1", "{\"id\": 11, \"schema\": \"syntax\", \"schemaType\": \"PROTOBUF\"}",
            "2", "{\"error_code\": 40402, \"message\": \"Version 2 not found.\"}", // deleted
            "3", "{\"id\": 13, \"schema\": \"{}\", \"references\": [{\"name\": \"x\"}]}",
            "4", "{\"id\": 14, \"schema\": \"{}\"}");
    server.answer(
        exchange -> {
          String last = new File(exchange.getRequestURI().getPath()).getName();
          byte[] body = answers.get(last).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(last.equals("2") ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
        });
    assertThat(client().versions("t-value", 9)).isEqualTo(Map.of(14, "{}"));
  }

  @ParameterizedTest
  @CsvSource({"200, 0", "500, 0", "200, 4194304"}) // 0: chunked
  void longAnswerIsCutOff(int status, int length) {
    byte[] megabyte = new byte[1 << 20];
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(status, length);
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(megabyte);
            }
          }
        });
    assertThat(failure())
        .isInstanceOf(UnknownSchemaException.class) // the next answer would be as long
        .hasMessage("schema id 7: expected at most 1048576 bytes, got more");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void slowAnswerIsCutOff(boolean hasHeaders) {
    CountDownLatch over = new CountDownLatch(1);
    server.answer(
        exchange -> {
          if (hasHeaders) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
          }
          try {
            over.await(5, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    IOException e = failure(server.settings(), Duration.ofMillis(1_200));
    assertThat(over.getCount()).as("the server still waits").isOne();
    over.countDown();
    assertThat(e)
        .isNotInstanceOf(UnknownSchemaException.class)
        .hasMessageEndingWith("got nothing within 1200 ms");
  }

  @Test
  void redirectIsNotFollowed() throws Exception {
    try (RegistryServer elsewhere = RegistryServer.start()) {
      server.answer(
          exchange -> {
            exchange.getResponseHeaders().add("Location", elsewhere.url() + "/schemas/ids/7");
            exchange.sendResponseHeaders(302, -1);
          });
      assertThat(failure()).hasMessageContaining("got HTTP 302");
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void missingRegistryIsNamedWithItsAddress() {
    server.pause();
    assertThat(failure())
        .isNotInstanceOf(UnknownSchemaException.class)
        .hasMessage(
            "schema id 7: expected an answer of the schema registry at %s, got ConnectException",
            server.url());
  }

  // ---- checks of commands

  @Test
  void checkRegistersNothing() throws Exception {
    assertThat(RegistrySubjects.ids(server.settings(), TOPICS))
        .containsEntry("forecast-value", null)
        .containsEntry("scored-value", null)
        .hasSize(2);
    assertThat(server.requests())
        .containsExactly(
            "POST /subjects/forecast-value",
            "POST /subjects/scored-value",
            "GET /subjects/observed-value/versions");
    int id = server.register("scored-value", ScoreCodec.SCHEMA);
    assertThat(RegistrySubjects.ids(server.settings(), TOPICS)).containsEntry("scored-value", id);
  }

  @Test
  void checkFailsIfTheRegistryRefusesOrIsAway() {
    server.askFor("weir:other");
    assertThatThrownBy(() -> RegistrySubjects.ids(server.settings(), TOPICS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("got HTTP 401: Unauthorized; see to basic.auth.user.info");
    server.pause();
    assertThatThrownBy(() -> RegistrySubjects.ids(server.settings(), TOPICS))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "subject forecast-value: expected an answer of the schema registry");
  }

  // ---- credentials

  @Test
  void userIsReadFromAFileAndNotShown() throws Exception {
    server.askFor("weir:s3sam:Öffne dich");
    Path file =
        Files.writeString(
            dir.resolve("client.properties"),
            "basic.auth.credentials.source=USER_INFO\n"
                + "schema.registry.basic.auth.user.info=weir:s3sam:Öffne dich\n");
    RegistrySettings settings =
        RegistrySettings.of(server.url(), ClientProperties.referTo(file), Duration.ZERO);
    assertThat(settings.properties().toString()).doesNotContain("s3sam");
    assertThat(new SchemaRegistry(settings).idOf("t-value", OBSERVATION)).isPositive();

    RegistrySettings wrong = with("basic.auth.user.info", "weir:sesame");
    assertThat(failure(wrong, Patience.LIMIT).getMessage())
        .contains("401")
        .doesNotContain("sesame");
    assertThat(wrong.toString()).contains("basic.auth.user.info=[hidden]").doesNotContain("sesame");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          basic.auth.user.info | sesame | basic.auth.user.info: expected user:password, got no colon (not shown)
          bearer.auth.token | a\u0000b | bearer.auth.token: expected printable ASCII, got something else (not shown)
          basic.auth.user.info | ${env:WEIR_NOT_SET_AT_ALL} | basic.auth.user.info: expected a value for ${env:WEIR_NOT_SET_AT_ALL} on this machine, found none; set it before the start
          basic.auth.credentials.source | SASL_INHERIT | basic.auth.credentials.source: expected USER_INFO, got SASL_INHERIT
          schema.registry.ssl.keystore.location | x | schema.registry.ssl.keystore.location: expected basic.auth.user.info, bearer.auth.token, schema.registry.ssl.truststore.location,
          schema.registry.ssl.truststore.location | /nowhere.p12 | schema.registry.ssl.truststore.location: expected certificates in /nowhere.p12, got:
          """)
  void invalidPropertyIsNamedAndNotShown(String key, String value, String message) {
    assertThatThrownBy(() -> new SchemaRegistry(with(key, value))).hasMessageStartingWith(message);
  }

  @Test
  void tokenIsSent() {
    List<String> seen = new CopyOnWriteArrayList<>();
    server.answer(
        exchange -> {
          seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(403, -1);
        });
    assertThat(failure(with("bearer.auth.token", "t0ken"), Patience.LIMIT))
        .hasMessageNotContaining("t0ken");
    assertThat(seen).containsExactly("Bearer t0ken");
  }

  @Test
  void urlAmongThePropertiesIsNotKept() {
    RegistrySettings settings = with("schema.registry.url", "http://weir:sesame@host");
    assertThat(settings.properties()).isEmpty();
    assertThat(settings.url()).isEqualTo(server.url());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://weir:sesame@host/x",
        "ftp://host/sesame",
        "http://host?token=sesame",
        "http://ho st:sesame",
        "sesame",
      })
  void urlWithASecretIsRefusedAndNotQuoted(String url) {
    assertThatThrownBy(() -> RegistrySettings.url(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected http://HOST[:PORT][/PATH], or https")
        .hasMessageNotContaining("sesame");
    assertThat(RegistrySettings.url(" HTTPS://host:8080/apis/ccompat/v7/ "))
        .isEqualTo("HTTPS://host:8080/apis/ccompat/v7");
  }

  // ---- TLS

  @Test
  void tlsTrustsTheCertificatesOfAFile() throws Exception {
    SecuredBroker.makeCertificate(dir, "server", "CN=localhost");
    char[] password = SecuredBroker.STORE_PASSWORD.toCharArray();
    String store = dir.resolve("server.p12").toString();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(new File(store), password), password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer tls =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(context));
    tls.createContext(
        "/schemas/ids/7",
        exchange -> {
          byte[] body = "{\"schema\": \"x\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    tls.start();
    try {
      String url = "https://localhost:" + tls.getAddress().getPort();
      String prefix = "schema.registry.ssl.truststore.";
      for (Map<String, String> trust :
          List.of(
              Map.of(
                  prefix + "location",
                  dir.resolve("server.pem").toString(),
                  prefix + "type",
                  "PEM"),
              Map.of(
                  prefix + "location", store, prefix + "password", SecuredBroker.STORE_PASSWORD))) {
        RegistrySettings settings = RegistrySettings.of(url, trust, Duration.ZERO);
        assertThat(settings.toString()).doesNotContain(SecuredBroker.STORE_PASSWORD);
        assertThat(new SchemaRegistry(settings).schema(7, Patience.LIMIT)).isEqualTo("x");
      }
      assertThat(failure(RegistrySettings.of(url, Map.of(), Duration.ZERO), Patience.LIMIT))
          .hasMessageContaining("got SSLHandshakeException");
    } finally {
      tls.stop(0);
    }
  }
}
