package dev.weir.cli;

import static org.awaitility.Awaitility.await;

import dev.weir.cli.local.EmbeddedBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A secured broker: SCRAM-SHA-512 and PLAIN over TLS on one port, TLS with a client's certificate
 * on another, and an authorizer that grants nothing by itself. The third port, without security, is
 * the broker's own and the test's, for users and grants. Certificates are created each time.
 */
public final class SecuredBroker implements AutoCloseable {

  public static final String USER = "weir";

  /** The one that PLAIN knows, by the same password. */
  static final String VIEWER = "viewer";

  /** The user that the client's certificate stands for. */
  static final String CERTIFIED = "CN=weir-client";

  /**
   * With what JAAS, XML, JSON or a shell might stumble over; no quote, which JAAS wants escaped.
   */
  static final String PASSWORD = "s3sam-Öffne=dich;&<$>";

  public static final String STORE_PASSWORD = "store-s3cret";

  /** Kept for a look at them, like the logs of processes. */
  private final Path dir;

  private final EmbeddedBroker broker;
  private final String saslPort;
  private final String tlsPort;

  private SecuredBroker(Path dir, EmbeddedBroker broker, int saslPort, int tlsPort) {
    this.dir = dir;
    this.broker = broker;
    this.saslPort = "localhost:" + saslPort;
    this.tlsPort = "localhost:" + tlsPort;
  }

  public static SecuredBroker start(Path dir) throws Exception {
    makeCertificate(dir, "broker", "CN=localhost");
    makeCertificate(dir, "client", CERTIFIED);
    int inner = EmbeddedBroker.freePort();
    int controller = EmbeddedBroker.freePort();
    int sasl = EmbeddedBroker.freePort();
    int tls = EmbeddedBroker.freePort();
    Map<String, String> p = new HashMap<>();
    p.put("controller.quorum.voters", "1@localhost:" + controller);
    p.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,TLS:SSL");
    String open = "PLAINTEXT://localhost:%d,SASL://localhost:%d,TLS://localhost:%d";
    p.put("advertised.listeners", open.formatted(inner, sasl, tls));
    p.put("listeners", open.formatted(inner, sasl, tls) + ",CONTROLLER://localhost:" + controller);
    p.put("ssl.keystore.type", "PKCS12");
    p.put("ssl.keystore.location", dir.resolve("broker.p12").toString());
    p.put("ssl.keystore.password", STORE_PASSWORD);
    p.put("ssl.truststore.type", "PEM");
    p.put("ssl.truststore.location", dir.resolve("client.pem").toString());
    p.put("listener.name.tls.ssl.client.auth", "required");
    p.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN");
    p.put(
        "listener.name.sasl.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    p.put(
        "listener.name.sasl.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
            .formatted(VIEWER, PASSWORD));
    p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    p.put("super.users", "User:ANONYMOUS"); // who comes through the port without security
    SecuredBroker secured =
        new SecuredBroker(dir, EmbeddedBroker.start(dir.resolve("data"), inner, p), sasl, tls);
    try (Admin admin = secured.admin()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD)))
          .all()
          .get(2, TimeUnit.MINUTES);
    }
    return secured;
  }

  /** Where a user name and a password are asked for. */
  public String sasl() {
    return saslPort;
  }

  /** Where a certificate is asked for. */
  String tls() {
    return tlsPort;
  }

  /** May do anything, and asks for no password. */
  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  Path brokersCertificate() {
    return dir.resolve("broker.pem");
  }

  Path clientsKeyStore() {
    return dir.resolve("client.p12");
  }

  /** Lets a user do this with the topic, group or transactional id of that name, and no more. */
  void grant(
      String user, ResourceType type, String name, PatternType pattern, AclOperation... operations)
      throws Exception {
    ResourcePattern resource = new ResourcePattern(type, name, pattern);
    List<AclBinding> grants =
        Stream.of(operations)
            .map(
                operation ->
                    new AclBinding(
                        resource,
                        new AccessControlEntry(
                            "User:" + user, "*", operation, AclPermissionType.ALLOW)))
            .toList();
    try (Admin admin = admin()) {
      admin.createAcls(grants).all().get(2, TimeUnit.MINUTES);
      AclBindingFilter ofResource =
          new AclBindingFilter(resource.toFilter(), AccessControlEntryFilter.ANY);
      await("the broker has heard of it from its controller")
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  admin
                      .describeAcls(ofResource)
                      .values()
                      .get(2, TimeUnit.MINUTES)
                      .containsAll(grants));
    }
  }

  /** Lets a user do anything with any topic, group and transactional id. */
  public void grantAll(String user) throws Exception {
    for (ResourceType type :
        List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)) {
      grant(user, type, "*", PatternType.LITERAL, AclOperation.ALL);
    }
  }

  /** Client properties of {@link #USER}, with the password in them. */
  public Path writeProperties(Path file) throws IOException {
    return Files.writeString(file, properties(PASSWORD));
  }

  /** Client properties of {@link #VIEWER}, by PLAIN. */
  String viewersProperties(String password) {
    return """
        security.protocol=SASL_SSL
        sasl.mechanism=PLAIN
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="%s" password="%s";
        ssl.truststore.type=PEM
        ssl.truststore.location=%s
        """
        .formatted(VIEWER, password, brokersCertificate());
  }

  /** Client properties of {@link #USER} with another password, or the name of one. */
  String properties(String password) {
    return """
        security.protocol=SASL_SSL
        sasl.mechanism=SCRAM-SHA-512
        sasl.jaas.config=%s
        ssl.truststore.type=PEM
        ssl.truststore.location=%s
        """
        .formatted(jaas(password), brokersCertificate());
  }

  static String jaas(String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(USER, password);
  }

  /** A key store NAME.p12 with a new key, and its certificate as NAME.pem. */
  public static void makeCertificate(Path dir, String name, String distinguishedName)
      throws Exception {
    Path store = dir.resolve(name + ".p12");
    String options =
        "-J-XX:TieredStopAtLevel=1 -genkeypair -keyalg EC -groupname secp256r1 -validity 2"
            + " -ext SAN=dns:localhost -storetype PKCS12 -alias %s -dname %s -storepass %s"
            + " -keystore %s";
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of(InProcess.words(options, name, distinguishedName, STORE_PASSWORD, store)));
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve(name + ".keytool").toFile())
            .start();
    if (!keytool.waitFor(2, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
      throw new IOException("keytool: " + Files.readString(dir.resolve(name + ".keytool")));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    String pem =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(keys.getCertificate(name).getEncoded()));
    Files.writeString(dir.resolve(name + ".pem"), pem);
  }

  @Override
  public void close() {
    broker.close();
  }
}
