package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPropertiesTest {

  private static final String NOT_A_HOST = "no-such-host.invalid:9092"; // by RFC 6761
  private static final String NOWHERE = "localhost:1";
  private static final String LOGIN =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"weir\""
          + " password=\"%s\";";

  @TempDir private Path dir;

  @Test
  void onlyTheProvidersThatAreReferredToAreSetUp() {
    assertThat(ClientProperties.withProviders(Map.of("linger.ms", "5")))
        .isEqualTo(Map.of("linger.ms", "5"));
    assertThat(
            ClientProperties.withProviders(
                Map.of("a", "${env:A}", "b", "x ${directory:/run/secrets:b} y", "c", "$ {file:")))
        .containsEntry("config.providers", "directory,env")
        .containsEntry(
            "config.providers.env.class",
            "org.apache.kafka.common.config.provider.EnvVarConfigProvider")
        .containsKey("config.providers.directory.class")
        .hasSize(6);
  }

  @Test
  void providersThatAreSetUpAlreadyStay() {
    Map<String, String> own =
        Map.of(
            "a", "${env:A} ${vault:A} ${file:/a:a}",
            "config.providers", "vault, env",
            "config.providers.env.class", "org.example.Env");
    assertThat(ClientProperties.withProviders(own))
        .containsEntry("config.providers", "vault, env,file")
        .containsEntry("config.providers.env.class", "org.example.Env")
        .containsKey("config.providers.file.class")
        .hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ssl.keystore.password | x | true",
        "ssl.keystore.password | ${env:X} | false",
        "ssl.keystore.password | x${env:X} | true",
        "ssl.keystore.key | -----BEGIN PRIVATE KEY----- | true",
        "ssl.keystore.certificate.chain | -----BEGIN CERTIFICATE----- | false",
        "ssl.truststore.location | /etc/password/secret.pem | false",
        "sasl.jaas.config | M required username=\"u\" password=\"x\"; | true",
        "sasl.jaas.config | M required username=u password=x; | true",
        "sasl.jaas.config | M required clientId='u' clientSecret = 'x'; | true",
        "sasl.jaas.config | M required password=\"${env:X}\"; | false",
        "sasl.jaas.config | M required password=\"x\" user_token=\"${env:X}\"; | true",
        "sasl.jaas.config | ${file:/etc/weir:jaas} | false",
        "sasl.jaas.config | Krb5LoginModule required useKeyTab=true keyTab=\"/etc/weir.keytab\"; |"
            + " false",
        "sasl.oauthbearer.client.credentials.client.secret | x | true",
        "interceptor.api-key | x | true",
        "interceptor.colour | x | false",
        "group.id | password=x | false",
        "sasl.login.pwd | x | true",
        "sasl.login.pass | x | true",
        "sasl.compass | x | false",
        "interceptor.private-key | x | true",
        "config.providers.vault.param.token | x | true",
        "config.providers.secrets.class | org.example.Vault | false",
        "config.providers.secrets.param.region | eu | false",
        "sasl.oauthbearer.token.endpoint.url | https://user:pw@host/token | true",
        "sasl.oauthbearer.token.endpoint.url | https://user:p/w@host/token | true",
        "sasl.oauthbearer.token.endpoint.url | https://host/token?client_secret=x | true",
        "sasl.oauthbearer.token.endpoint.url | https://host:8443/a@b/token | false",
        "sasl.oauthbearer.token.endpoint.url | https://[::1]:8443/a@b/token | false",
        "interceptor.urls | https://host/x,amqp://user:pw@host | true",
        "interceptor.urls | https://user:p,w@host | true",
        "interceptor.url | https://user:${env:PW}@host | false",
        "interceptor.url | https://${file:/etc/weir:user}@host | false",
        "bootstrap.servers | user:pw@host:9092 | true",
        "bootstrap.servers | host:9092 | false",
      })
  void secretInPlainTextDiffersFromAReference(String key, String value, boolean secret) {
    assertThat(ClientProperties.holdsSecret(key, value)).isEqualTo(secret);
  }

  @Test
  void aFileBecomesReferencesIntoItWhereItsValuesMayBeSecret() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("client.properties"),
            """
            security.protocol=SASL_SSL
            sasl.jaas.config=%s
            ssl.keystore.password=pw
            partition.discovery.interval.ms=7000
            interceptor.colour=red
            ssl.key.password=${env:KEY_PASSWORD}
            """
                .formatted(LOGIN.formatted("pw")));
    assertThat(ClientProperties.referTo(file))
        .isEqualTo(
            Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.jaas.config",
                "${file:" + file + ":sasl.jaas.config}",
                "ssl.keystore.password",
                "${file:" + file + ":ssl.keystore.password}",
                "partition.discovery.interval.ms",
                "7000", // Flink reads it, who looks nothing up
                "interceptor.colour",
                "${file:" + file + ":interceptor.colour}",
                "ssl.key.password",
                "${env:KEY_PASSWORD}"));

    Map<String, String> all = ClientProperties.withProviders(ClientProperties.referTo(file));
    all.remove("ssl.key.password");
    all.put(ClientProperties.TIMEOUT, "100");
    assertThatThrownBy(() -> ClientProperties.check(NOWHERE, all))
        .as("all are found, so a broker is asked")
        .hasMessageStartingWith("Kafka at " + NOWHERE + ": expected an answer within 0.1 s");
    Files.writeString(file, "ssl.keystore.password=pw");
    assertThatThrownBy(() -> ClientProperties.check(NOWHERE, all))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": expected a value for ${file:" + file + ":")
        .hasMessageEndingWith("} on this machine, found none; set it before the start");
    Files.delete(file);
    assertThatThrownBy(() -> ClientProperties.check(NOWHERE, all))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": expected a value for ${file:" + file + ":")
        .hasMessageContaining("Could not read properties from file " + file);
  }

  @Test
  void pathThatNoReferenceCanContainIsRejected() throws Exception {
    Path file = Files.writeString(dir.resolve("a:b.properties"), "ssl.key.password=x");
    assertThatThrownBy(() -> ClientProperties.referTo(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a path without ':' and '}', got " + file);
  }

  @Test
  void aValueWithASecretAndTheNameOfAnotherIsRefused() throws Exception {
    Path file = dir.resolve("client.properties");
    Files.writeString(
        file, "sasl.jaas.config=M required clientId=\"${env:ID}\" clientSecret=\"x\";");
    assertThatThrownBy(() -> ClientProperties.referTo(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            file
                + ", sasl.jaas.config: expected each secret in plain text, or none, got both (not"
                + " shown)");
    String named = "M required clientId=\"u\" clientSecret=\"${env:X}\";";
    Files.writeString(file, "sasl.jaas.config=" + named);
    assertThat(ClientProperties.referTo(file)).containsEntry("sasl.jaas.config", named);
  }

  @ParameterizedTest
  @CsvSource({"a\"b", "a\\", "'a\" b='"})
  void aPasswordThatBreaksTheLoginIsNotQuoted(String password) {
    Map<String, String> properties = Map.of("sasl.jaas.config", LOGIN.formatted(password));
    assertThatThrownBy(() -> ClientProperties.check(NOWHERE, properties))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "sasl.jaas.config: expected LoginModuleClass required username=\"...\""
                + " password=\"...\"; got something else (not shown); a \" or \\ within a password"
                + " needs a \\ before it");
  }

  @Test
  void passwordsWithinATextAreHidden() {
    assertThat(ClientProperties.masked("got 'password=x;', clientSecret = \"a \\\" b\" user=u"))
        .isEqualTo("got 'password=[hidden];', clientSecret = [hidden] user=u");
    assertThat(ClientProperties.masked("write password=\"${env:NAME}\" or password=\"...\""))
        .isEqualTo("write password=\"${env:NAME}\" or password=\"...\"");
    assertThat(ClientProperties.masked("password = \"torn off")).isEqualTo("password = [hidden]");
    assertThat(ClientProperties.masked("sasl.login.pwd=x pass=y compass=n"))
        .isEqualTo("sasl.login.pwd=[hidden] pass=[hidden] compass=n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "got user:pw@host:9092 | got [hidden]@host:9092",
        "got 'a:1,user:p/w@host:9092'; see | got '[hidden]@host:9092'; see",
        "--set=kafka.bootstrap-servers=user:p=w@host | --set=kafka.bootstrap-servers=[hidden]@host",
        "at https://user:p/w@host/x?y | at https://[hidden]@host/x?y",
        "observations-0@17: no user | observations-0@17: no user",
        "weir: demand@3 is active | weir: demand@3 is active",
      })
  void aUserBeforeAHostIsHidden(String text, String masked) {
    assertThat(ClientProperties.masked(text)).isEqualTo(masked);
  }

  @Test
  void aUrlWithAUserIsRefusedWhereKafkaWouldLogIt() throws Exception {
    String key = "sasl.oauthbearer.token.endpoint.url";
    Path file = Files.writeString(dir.resolve("url.properties"), key + "=https://user:pw@host");
    Map<String, String> named = ClientProperties.withProviders(ClientProperties.referTo(file));
    assertThat(named).containsEntry(key, "${file:%s:%s}".formatted(file, key));
    for (Map<String, String> properties : List.of(named, ClientProperties.read(file))) {
      assertThatThrownBy(() -> ClientProperties.check(NOWHERE, properties))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(key + ": expected a URL without user and password")
          .hasMessageNotContaining("pw@");
    }
  }

  @Test
  void settingsPrintNoSecret() {
    KafkaSettings settings =
        new KafkaSettings(
            "broker:9093",
            Map.of("sasl.jaas.config", LOGIN.formatted("pw-1"), "security.protocol", "SASL_SSL"),
            "pumps",
            new KafkaSettings.Topics("o", "f", "s", "d", "m"),
            new KafkaSettings.Transactions(
                KafkaSettings.Delivery.EXACTLY_ONCE, Duration.ofMinutes(10), "weir-pumps"),
            new KafkaSettings.Source(Duration.ofDays(1), SourceRange.STREAM, null),
            0,
            Map.of(),
            null);
    assertThat(settings.toString())
        .contains("broker:9093", "sasl.jaas.config=[hidden]", "security.protocol=SASL_SSL")
        .doesNotContain("pw-1");
  }

  // ---- a port that wants TLS

  /** Answers one connection with these bytes, once it has read the request. */
  private static void answerOnce(ServerSocket server, byte... answer) {
    CompletableFuture.runAsync(
        () -> {
          try (Socket socket = server.accept();
              OutputStream out = socket.getOutputStream()) {
            socket.getInputStream().readNBytes(14);
            out.write(answer);
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void aPortThatAnswersWithATlsAlertIsNamed() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "localhost:" + server.getLocalPort();
      answerOnce(server, new byte[] {0x15, 3, 3, 0, 2, 2, 80});
      assertThatThrownBy(
              () ->
                  ClientProperties.check(
                      NOWHERE + "," + address, Map.of("security.protocol", "SASL_PLAINTEXT")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "Kafka at %s,%s: expected a port without TLS, since security.protocol is SASL_PLAINTEXT, got TLS; set security.protocol to SSL or SASL_SSL"
                  .formatted(NOWHERE, address));

      answerOnce(server, new byte[] {0, 0, 0, 10});
      assertThatCode(() -> ClientProperties.check(address, Map.of())).doesNotThrowAnyException();
      answerOnce(server); // hangs up
      assertThatCode(() -> ClientProperties.check(address, Map.of())).doesNotThrowAnyException();
    }
  }

  @Test
  void brokersThatCanNotBeAskedAreRefusedInWords() {
    for (String wrong : List.of("nohost", "", "a:1,b", "host:")) {
      assertThatThrownBy(() -> ClientProperties.check(wrong, Map.of()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "bootstrap servers: expected HOST:PORT, several joined by commas, got '%s'; a"
                  + " broker's usual port is 9092",
              wrong);
    }
    assertThatThrownBy(() -> ClientProperties.check("user:pw@host:9092", Map.of()))
        .hasMessage(
            "bootstrap servers: expected HOST:PORT, several joined by commas, got"
                + " '[hidden]@host:9092'; user and password go into sasl.jaas.config:"
                + " docs/kafka-security.md");
    assertThatThrownBy(() -> ClientProperties.check(NOT_A_HOST, Map.of()))
        .hasMessage(
            "bootstrap servers: expected a host that this machine knows, got '%s'; check the name,"
                + " or try the broker's IP address",
            NOT_A_HOST);
    assertThatThrownBy(
            () ->
                ClientProperties.check(
                    NOT_A_HOST + ", " + NOWHERE, Map.of(ClientProperties.TIMEOUT, "100")))
        .as("one that is known is asked")
        .hasMessageContaining(": expected an answer within 0.1 s, got a closed port");
  }
}
