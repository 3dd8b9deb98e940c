package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weir.Patience;
import dev.weir.kafka.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client and a registry that does as it should, is away, or is something else. */
@Timeout(600)
class SchemaRegistryTest extends RegistryContract {

  private static final Duration SOON = Duration.ofMillis(1_200);

  @TempDir private Path dir;

  private RegistryServer server;

  @BeforeEach
  void start() throws IOException {
    server = RegistryServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  RegistrySettings registry() {
    return server.settings();
  }

  @Override
  void backward(boolean isAskedFor) {
    server.backward(isAskedFor);
  }

  private static RegistryException failure(RegistrySettings settings) {
    return failure(settings, Patience.LIMIT);
  }

  private static RegistryException failure(RegistrySettings settings, Duration timeout) {
    try {
      new SchemaRegistry(settings, timeout).schema(7);
      throw new AssertionError("expected a failure");
    } catch (RegistryException e) {
      return e;
    }
  }

  private void answerWith(int status, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | <html>welcome</html> | AWAY | got HTTP 200, and no JSON; check the path",
        "200 | {} | AWAY | got no schema; check the path",
        "200 | [1] | AWAY | got no schema; check the path",
        "200 | {\"schema\": 7} | AWAY | got no schema; check the path",
        "200 | {\"schema\": \"syntax\", \"schemaType\": \"PROTOBUF\"} | REFUSED | got one of type PROTOBUF",
        "200 | {\"schema\": \"{}\", \"references\": [{\"name\": \"x\"}]} | REFUSED | without references to others, got some",
        "404 | {\"error_code\": 40403, \"message\": \"gone\"} | UNKNOWN | got HTTP 404: gone",
        "404 | <html>no</html> | UNKNOWN | got HTTP 404, and no JSON; check the path",
        "404 | {\"error_code\": 404, \"message\": \"no such page\"} | UNKNOWN | check the path",
        "401 | {\"message\": \"who?\"} | AWAY | got HTTP 401: who?; see to basic.auth.user.info",
        "403 | {\"message\": \"not you\"} | AWAY | got HTTP 403: not you; see to",
        "500 | {\"message\": \"oh\\u001b[2J no\"} | AWAY | got HTTP 500: oh.[2J no",
        "503 | '' | AWAY | got HTTP 503, and no JSON",
      })
  void eachAnswerHasItsMeaning(int status, String body, Kind kind, String words) {
    answerWith(status, body);
    RegistryException e = failure(server.settings());
    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e).hasMessageStartingWith("schema id 7: expected ").hasMessageContaining(words);
    assertThat(e.getMessage()).doesNotContain("\u001b", "\n");
  }

  /** Records of such versions are dead letters, which is no reason not to start. */
  @Test
  void versionsThatCanNotBeReadAreLeftOut() throws Exception {
    Map<String, String> answers =
        Map.of(
            "versions", "[1, 2, 3, 4]",
            "1", "{\"id\": 11, \"schema\": \"syntax\", \"schemaType\": \"PROTOBUF\"}",
            "2", "{\"error_code\": 40402, \"message\": \"Version 2 not found.\"}", // deleted
            "3", "{\"id\": 13, \"schema\": \"{}\", \"references\": [{\"name\": \"x\"}]}",
            "4", "{\"id\": 14, \"schema\": \"{}\"}");
    server.answer(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String last = path.substring(path.lastIndexOf('/') + 1);
          byte[] said = answers.get(last).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(last.equals("2") ? 404 : 200, said.length);
          exchange.getResponseBody().write(said);
        });
    assertThat(new SchemaRegistry(server.settings()).versions("t-value", 9))
        .containsExactly(new SchemaRegistry.Version(14, "{}"));
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUp() {
    byte[] megabyte = new byte[1 << 20];
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // chunked
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(megabyte);
            }
          }
        });
    RegistryException e = failure(server.settings());
    assertThat(e.kind()).isEqualTo(Kind.REFUSED); // the next answer would be as long
    assertThat(e)
        .hasMessageContaining(
            "expected at most %d bytes, got more", SchemaRegistry.MAX_ANSWER_BYTES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerThatTricklesInIsGivenUp(boolean hasHeaders) {
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
    long start = System.nanoTime();
    RegistryException e = failure(server.settings(), SOON);
    over.countDown();
    assertThat(e.kind()).isEqualTo(Kind.AWAY);
    assertThat(System.nanoTime() - start).isLessThan(Patience.LIMIT.toNanos());
  }

  @Test
  void aRedirectIsNotFollowedAndThePasswordStaysHere() throws Exception {
    try (RegistryServer elsewhere = RegistryServer.start()) {
      server.answer(
          exchange -> {
            exchange.getResponseHeaders().add("Location", elsewhere.url() + "/schemas/ids/7");
            exchange.sendResponseHeaders(302, -1);
          });
      assertThat(failure(server.settings())).hasMessageContaining("got HTTP 302");
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void nobodyThereIsSaidWithTheAddress() {
    server.pause();
    RegistryException e = failure(server.settings());
    assertThat(e.kind()).isEqualTo(Kind.AWAY);
    assertThat(e)
        .hasMessage(
            "schema id 7: expected an answer of the schema registry at %s, got ConnectException",
            server.url());
  }

  // ---- who asks

  private RegistrySettings as(Map<String, String> properties) {
    return RegistrySettings.of(server.url(), properties, Duration.ZERO);
  }

  @Test
  void aUserIsReadFromWhereThePropertiesSayAndAppearsNowhere() throws Exception {
    server.askFor("weir:s3sam:Öffne dich");
    Path file =
        Files.writeString(
            dir.resolve("client.properties"),
            "basic.auth.credentials.source=USER_INFO\n"
                + "schema.registry.basic.auth.user.info=weir:s3sam:Öffne dich\n");
    RegistrySettings settings = as(ClientProperties.referTo(file));
    assertThat(settings.properties().toString()).doesNotContain("s3sam");
    assertThat(new SchemaRegistry(settings).idOf("t-value", WriterSchemas.OBSERVATION))
        .isPositive();

    assertThat(failure(as(Map.of())))
        .hasMessageContaining("got HTTP 401: Unauthorized; see to basic.auth.user.info");
    RegistrySettings wrong = as(Map.of("basic.auth.user.info", "weir:sesame"));
    assertThat(failure(wrong).getMessage()).contains("401").doesNotContain("sesame");
    assertThat(wrong.toString()).contains("basic.auth.user.info=[hidden]").doesNotContain("sesame");
  }

  @Test
  void whatCanNotBeAUserOrATokenIsNamedAndNotShown() {
    assertThatThrownBy(() -> new SchemaRegistry(as(Map.of("basic.auth.user.info", "sesame"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("basic.auth.user.info: expected user:password, got no colon (not shown)");
    assertThatThrownBy(() -> new SchemaRegistry(as(Map.of("bearer.auth.token", "a\nb"))))
        .hasMessage("bearer.auth.token: expected printable ASCII, got something else (not shown)");
    assertThatThrownBy(
            () ->
                new SchemaRegistry(
                    as(Map.of("basic.auth.user.info", "${env:WEIR_NOT_SET_AT_ALL}"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "basic.auth.user.info: expected a value for ${env:WEIR_NOT_SET_AT_ALL} on this machine,"
                + " found none; set it before the start");
    assertThatThrownBy(() -> as(Map.of("basic.auth.credentials.source", "SASL_INHERIT")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("basic.auth.credentials.source: expected USER_INFO, got SASL_INHERIT");
    assertThatThrownBy(() -> as(Map.of("schema.registry.ssl.keystore.location", "x")))
        .hasMessageStartingWith("schema.registry.ssl.keystore.location: expected basic.auth");
  }

  @Test
  void aUrlAmongThePropertiesIsNotKept() {
    RegistrySettings settings = as(Map.of("schema.registry.url", "http://weir:sesame@host"));
    assertThat(settings.properties()).isEmpty();
    assertThat(settings.url()).isEqualTo(server.url());
  }

  @ParameterizedTest
  @CsvSource({
    "http://weir:sesame@host/x, 'expected http://HOST[:PORT][/PATH], or https, without a user: that is for basic.auth.user.info'",
    "ftp://host, 'expected http://HOST[:PORT][/PATH], or https, without a user: that is for basic.auth.user.info'",
    "http://host?token=sesame, 'expected http://HOST[:PORT][/PATH], or https, without a user: that is for basic.auth.user.info'",
    "http://ho st:sesame, 'expected http://HOST[:PORT][/PATH], or https'",
  })
  void aUrlWithASecretIsRefusedAndNotQuoted(String url, String message) {
    assertThatThrownBy(() -> RegistrySettings.url(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aUrlMayEndWithASlash() {
    assertThat(RegistrySettings.url(" https://host:8080/apis/ccompat/v7/ "))
        .isEqualTo("https://host:8080/apis/ccompat/v7");
  }

  // ---- TLS

  private void makeCertificate(String password) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String store = dir.resolve("server.p12").toString();
    for (String line :
        List.of(
            "-genkeypair -alias s -keyalg EC -groupname secp256r1 -validity 2 -dname CN=localhost"
                + " -ext SAN=dns:localhost -storetype PKCS12",
            "-exportcert -rfc -alias s -file " + dir.resolve("server.pem"))) {
      List<String> command = new ArrayList<>(List.of(keytool, "-J-XX:TieredStopAtLevel=1"));
      command.addAll(List.of(line.split(" ")));
      command.addAll(List.of("-storepass", password, "-keystore", store));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
    }
  }

  @Test
  void aRegistryBehindTlsIsTrustedByTheCertificatesOfAFile() throws Exception {
    makeCertificate("store-s3cret");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(dir.resolve("server.p12"))) {
      keys.load(in, "store-s3cret".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "store-s3cret".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer tls =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(context));
    tls.createContext(
        "/schemas/ids/7",
        exchange -> {
          byte[] said = "{\"schema\": \"x\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, said.length);
          exchange.getResponseBody().write(said);
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
                  prefix + "location",
                  dir.resolve("server.p12").toString(),
                  prefix + "password",
                  "store-s3cret"))) {
        RegistrySettings settings = RegistrySettings.of(url, trust, Duration.ZERO);
        assertThat(settings.toString()).doesNotContain("s3cret");
        assertThat(new SchemaRegistry(settings).schema(7)).isEqualTo("x");
      }
      assertThat(failure(RegistrySettings.of(url, Map.of(), Duration.ZERO)))
          .hasMessageContaining("got SSLHandshakeException");
      RegistrySettings torn =
          RegistrySettings.of(url, Map.of(prefix + "location", "/nowhere.pem"), Duration.ZERO);
      assertThatThrownBy(() -> new SchemaRegistry(torn))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(
              "schema.registry.ssl.truststore.location: expected certificates in /nowhere.pem, got");
    } finally {
      tls.stop(0);
    }
  }
}
