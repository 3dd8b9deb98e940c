package dev.weir.cli;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.Http;
import dev.weir.Patience;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.ServedPage;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.kafka.ClientProperties;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A broker that lets in only whom it knows, and what must not be seen of how one is known: a job
 * and the commands are given exactly what docs/kafka-security.md lists.
 */
class SecuredKafkaIT {

  private static final String SHIPPED =
      "src/core/test/resources/models/sample-many-to-one.safetensors";
  private static final String WRONG = "wr0ng-s3cret";
  private static final Duration WAIT = Patience.LIMIT;

  /** Parts that survive any encoding of the whole. */
  private static final List<String> SECRETS =
      List.of("s3sam", "dich;", SecuredBroker.STORE_PASSWORD, WRONG);

  @TempDir static Path dir;
  @AutoClose private static SecuredBroker broker;

  /** Properties with the password in them, of that user or with the certificate. */
  private static Path user;

  private static Path certificate;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = SecuredBroker.start(dir);
    String weir = SecuredBroker.USER;
    // the job
    broker.grant(weir, TOPIC, "observations", LITERAL, READ);
    broker.grant(weir, TOPIC, "forecasts", LITERAL, WRITE);
    broker.grant(weir, TOPIC, "scores", LITERAL, WRITE);
    broker.grant(weir, TOPIC, "observations.dlq", LITERAL, WRITE, DESCRIBE_CONFIGS);
    broker.grant(weir, TOPIC, "models", LITERAL, READ);
    broker.grant(weir, GROUP, "pumps", PREFIXED, READ);
    broker.grant(weir, TRANSACTIONAL_ID, "weir-pumps", PREFIXED, WRITE);
    // topics that are created where they are missing
    for (String topic : List.of("forecasts", "scores", "observations.dlq")) {
      broker.grant(weir, TOPIC, topic, LITERAL, CREATE);
    }
    // produce, model publish, tail
    broker.grant(weir, TOPIC, "observations", LITERAL, WRITE, CREATE);
    broker.grant(weir, TOPIC, "models", LITERAL, WRITE, CREATE);
    broker.grant(weir, TOPIC, "forecasts", LITERAL, READ);
    // model list
    broker.grant(SecuredBroker.CERTIFIED, TOPIC, "models", LITERAL, READ);
    user =
        Files.writeString(
            dir.resolve("user.properties"),
            broker.properties(SecuredBroker.PASSWORD) + "\ndefault.api.timeout.ms=120000\n");
    certificate =
        Files.writeString(
            dir.resolve("certificate.properties"),
            """
            security.protocol=SSL
            ssl.truststore.type=PEM
            ssl.truststore.location=%s
            ssl.keystore.type=PKCS12
            ssl.keystore.location=%s
            ssl.keystore.password=%s
            """
                .formatted(
                    broker.brokersCertificate(),
                    broker.clientsKeyStore(),
                    SecuredBroker.STORE_PASSWORD));
  }

  /** A job that is let in, its client properties being {@code lines} below {@code kafka}. */
  private static Path job(String name, String lines) throws IOException {
    return Files.writeString(
        dir.resolve(name + ".yaml"),
        """
        name: %s
        kafka:
          bootstrap-servers: %s
        %soutput: network
        window:
          seq-len: 5
        forecast:
          many-to-one:
            model: sample-many-to-one
        """
            .formatted(name, broker.sasl(), lines.indent(2)));
  }

  private static Path jobWithEnvironment(String name) throws IOException {
    return job(
        name,
        """
        properties:
          security.protocol: SASL_SSL
          sasl.mechanism: SCRAM-SHA-512
          sasl.jaas.config: '%s'
          ssl.truststore.type: PEM
          ssl.truststore.location: %s
          default.api.timeout.ms: 120000
        """
            .formatted(SecuredBroker.jaas("${env:WEIR_TEST_WORD}"), broker.brokersCertificate()));
  }

  // ---- let in

  @Tag("slow")
  @Test
  void aJobAndAllCommandsAreLetInAndTheSecretIsNowhereToBeSeen() throws Exception {
    Path checkpoints = dir.resolve("checkpoints");
    List<String> all = new ArrayList<>();
    List<String> rows = new ArrayList<>(List.of("series_id,timestamp,value"));
    for (int hour = 10; hour < 20; hour++) {
      rows.add("pump,2026-01-31T%d:00:00Z,%d".formatted(hour, hour));
    }
    String csv = Files.write(dir.resolve("pump.csv"), rows).toString();
    InProcess produce = weir("produce --input %s --kafka-properties %s", csv, user);
    InProcess publish = weir("model publish %s --kafka-properties %s", SHIPPED, user);
    assertThat(produce.exitCode()).as("%s", produce).isZero();
    assertThat(publish.exitCode()).as("%s", publish).isZero();

    try (WeirProcess run =
        WeirProcess.start(
            Map.of(
                "WEIR_TEST_WORD",
                SecuredBroker.PASSWORD,
                "WEIR_JAVA_OPTS",
                "-Dweir.log.level=DEBUG -Dweir.log.stack=100"),
            // no checkpoint goes while they are read
            "run %s -D execution.checkpointing.interval=1s"
                + " -D execution.checkpointing.num-retained=1000"
                + " -D execution.checkpointing.dir=%s",
            jobWithEnvironment("pumps"),
            checkpoints.toUri())) {
      String page = run.awaitErr(Pattern.compile("Flink's page: (http\\S+);"), WAIT).group(1);
      String job = json(page, "/jobs").at("/jobs/0/id").asText();
      await("the job has a checkpoint")
          .pollInterval(Duration.ofMillis(200))
          .until(
              () ->
                  json(page, "/jobs/" + job + "/checkpoints").at("/counts/completed").asInt() > 0);
      InProcess tail =
          weir("tail --from-beginning --limit 3 --kafka-properties %s", user).succeeded();
      assertThat(tail.out().lines()).hasSize(3);

      all.addAll(pages(page, job));
      all.addAll(checkpoints(checkpoints)); // a job that ends with a savepoint deletes them
      all.addAll(List.of(tail.out(), tail.err(), run.out(), run.err()));
    }
    assertThat(all.get(all.size() - 1)).contains("DEBUG", "sasl.jaas.config = [hidden]");
    all.addAll(List.of(produce.out(), produce.err(), publish.out(), publish.err()));
    assertThat(all).noneMatch(text -> SECRETS.stream().anyMatch(text::contains));
  }

  /** What the checkpoints say of the job; those are there that are complete. */
  private static List<String> checkpoints(Path folder) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(file -> file.endsWith("_metadata")).toList()) {
        texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(texts).isNotEmpty();
    return texts;
  }

  /** What Flink's page shows of the cluster and its jobs. */
  private static List<String> pages(String page, String job) throws Exception {
    List<String> paths =
        new ArrayList<>(List.of("/jobmanager/config", "/jobmanager/environment", "/jobs/overview"));
    for (String of : List.of("", "/config", "/plan", "/exceptions", "/checkpoints/config")) {
      paths.add("/jobs/" + job + of);
    }
    List<String> pages = new ArrayList<>();
    for (String path : paths) {
      pages.add(Http.get(URI.create(page + path)));
    }
    return pages;
  }

  private static JsonNode json(String page, String path) throws Exception {
    return Http.json(URI.create(page + path));
  }

  @Tag("slow")
  @Test
  void aCertificateIsLetInAndMayDoNoMoreThanItMay() throws Exception {
    InProcess publish = weir("model publish %s --kafka-properties %s", SHIPPED, user).succeeded();

    InProcess list = certified("model list").succeeded();
    assertThat(list.out()).contains("sample-many-to-one");

    broker.grant(SecuredBroker.CERTIFIED, TOPIC, "models", LITERAL, WRITE); // but not to create it
    InProcess republish = certified("model publish %s", SHIPPED).succeeded();

    InProcess produce = certified("produce --sample");
    assertFails(
        produce,
        "weir: Kafka at %s: could not create topic observations: Authorization failed.; grant the user what it needs: docs/kafka-security.md"
            .formatted(broker.tls()));
  }

  /** Without the check a running job would fail on it and restart forever. */
  @Tag("slow")
  @Test
  void aRightThatAJobLacksIsNamedBeforeItStarts() throws Exception {
    String user = SecuredBroker.CERTIFIED;
    List<String> topics =
        List.of("locked", "locked.forecasts", "locked.scores", "locked.dlq", "locked.models");
    create(topics);
    for (String topic : topics) {
      broker.grant(user, TOPIC, topic, LITERAL, DESCRIBE, DESCRIBE_CONFIGS);
    }
    Path job = job("locked-job", "properties-file: certificate.properties\n");
    String options =
        ("--set kafka.bootstrap-servers=" + broker.tls())
            + " --set topics.observations=locked --set topics.forecasts=locked.forecasts"
            + " --set topics.scores=locked.scores --set topics.dead-letters=locked.dlq"
            + " --set topics.models=locked.models";
    String line =
        "weir: Kafka at %s: expected these rights for the job, got none of them: %s; grant them:"
            + " docs/kafka-security.md";
    String rest =
        "Read on group locked-job, Read on group locked-job-models, Write on transactional ids that"
            + " begin with weir-locked-job";
    assertFails(
        submit(job, options),
        line.formatted(
            broker.tls(),
            "Read on topic locked, Read on topic locked.models, Write on topic locked.forecasts,"
                + " Write on topic locked.scores, Write on topic locked.dlq, "
                + rest));

    InProcess checked = InProcess.fails(1, "doctor %s " + options, job);
    assertThat(checked.out())
        .contains("fail  rights ", "Read on topic locked, Read on topic locked.models, ")
        .contains("the brokers allow an unknown one"); // the user lacks Describe on the cluster

    broker.grant(user, TOPIC, "locked", PREFIXED, READ, WRITE);
    assertFails(submit(job, options), line.formatted(broker.tls(), rest));

    options += " --set delivery.guarantee=at-least-once";
    broker.grant(user, GROUP, "locked-job", LITERAL, READ);
    assertFails(
        submit(job, options), line.formatted(broker.tls(), "Read on group locked-job-models"));
  }

  /** By PLAIN over TLS, in a process of its own, which tells what it lacks and goes on with it. */
  @Tag("slow")
  @Test
  void aPageSaysWhichRightItLacksAndShowsTheTopicsOnceItHasThem() throws Exception {
    String viewer = SecuredBroker.VIEWER;
    List<String> topics = List.of("seen", "seen.f", "seen.s", "seen.dlq", "seen.m");
    create(topics);
    for (String topic : topics) {
      broker.grant(viewer, TOPIC, topic, LITERAL, topic.equals("seen.s") ? DESCRIBE : READ);
    }
    broker.grant(SecuredBroker.USER, TOPIC, "seen", LITERAL, WRITE);
    InProcess produce =
        weir("produce --sample --topic seen --kafka-properties %s", user).succeeded();
    Path properties =
        Files.writeString(
            dir.resolve("viewer.properties"), broker.viewersProperties(SecuredBroker.PASSWORD));
    List<String> said = new ArrayList<>();
    try (WeirProcess page =
        WeirProcess.start(
            "dashboard --no-browser --port 0 --bootstrap-servers %s --kafka-properties %s"
                + " --observations seen --forecasts seen.f --scores seen.s --models seen.m",
            broker.sasl(), properties)) {
      String address = page.awaitErr(Pattern.compile("the page is at (http\\S+)/"), WAIT).group(1);
      awaitPage(
          address,
          "Reading seen.f, seen.s failed: Not authorized to access topics: [seen.s]; grant Read:"
              + " docs/kafka-security.md.");
      assertThat(json(address, "/api/job").path("observations").asInt()).isPositive();
      broker.grant(viewer, TOPIC, "seen.s", LITERAL, READ);
      awaitPage(
          address,
          "Observations arrive, and no forecast of them yet: forecasts become visible with the"
              + " job's next checkpoint.");
      said.addAll(List.of(page.out(), page.err(), Http.get(URI.create(address + "/api/job"))));
    }
    assertThat(said).noneMatch(text -> SECRETS.stream().anyMatch(text::contains));
  }

  private static void awaitPage(String address, String why) {
    await()
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> assertThat(json(address, "/api/job").path("why").asText()).isEqualTo(why));
  }

  private static void create(List<String> topics) throws Exception {
    try (Admin admin = broker.admin()) {
      List<NewTopic> all = topics.stream().map(t -> new NewTopic(t, 1, (short) 1)).toList();
      admin.createTopics(all).all().get();
    }
  }

  private static InProcess certified(String line, Object... values) {
    return weirAt(broker.tls(), line + " --kafka-properties " + certificate, values);
  }

  // ---- not let in

  /** In a process of its own: what Kafka's clients log is part of what a person sees. */
  @Test
  void aWrongPasswordIsOneLine() throws Exception {
    WeirProcess list =
        WeirProcess.run(
            "model list --bootstrap-servers %s --kafka-properties %s", broker.sasl(), wrong());
    assertThat(list.exitCode()).isEqualTo(1);
    assertThat(list.out()).isEmpty();
    assertThat(list.err()).isEqualTo(refused("list topics"));
  }

  private static Path wrong() throws IOException {
    return Files.writeString(dir.resolve("wrong.properties"), broker.properties(WRONG));
  }

  private static String refused(String what) {
    return "weir: Kafka at %s: could not %s: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512; check sasl.mechanism, and user and password in sasl.jaas.config\n"
        .formatted(broker.sasl(), what);
  }

  @ParameterizedTest
  @CsvSource({
    "tail, list topics",
    "produce --sample, create topic observations",
    "model publish " + SHIPPED + ", create topic models",
    "dashboard --no-browser --port 0, list topics",
    "submit, list topics",
  })
  void aWrongPasswordIsSaidByEachCommand(String command, String what) throws Exception {
    Path wrong = wrong();
    InProcess refused =
        command.equals("submit")
            ? submit(job("pumps-wrong", "properties-file: wrong.properties\n"), "")
            : weir(command + " --kafka-properties %s", wrong);
    assertFails(refused, refused(what));
  }

  /** The command looks first, so that only a page whose password was changed comes to say it. */
  @Test
  void aWrongPasswordIsSaidByAPageThatGoesOnTrying() throws Exception {
    Path properties =
        Files.writeString(dir.resolve("wrong-viewer.properties"), broker.viewersProperties(WRONG));
    Map<String, String> clients = new HashMap<>(ClientProperties.read(properties));
    Topics topics = new Topics("seen", "seen.f", "seen.s", "seen.dlq", "seen.m");
    try (Dashboard page =
        ServedPage.read(new DashboardSettings(KafkaClients.of(broker.sasl(), clients), topics))) {
      awaitPage(
          page.address().toString().replaceAll("/$", ""),
          "Kafka at %s does not let this page in: Authentication failed: Invalid username or password; check --kafka-properties."
              .formatted(broker.sasl()));
    }
  }

  @Tag("slow")
  @Test
  void allThatIsLoggedOfAWrongPasswordIsThatItIsWrong() throws Exception {
    Path reference =
        Files.writeString(
            dir.resolve("reference.properties"), broker.properties("${env:WEIR_TEST_WORD}"));
    WeirProcess tail =
        WeirProcess.run(
            Map.of("WEIR_TEST_WORD", WRONG, "WEIR_JAVA_OPTS", "-Dweir.log.level=TRACE"),
            "tail --bootstrap-servers %s --kafka-properties %s",
            broker.sasl(),
            reference);
    assertThat(tail.exitCode()).as("%s", tail).isEqualTo(1);
    assertThat(tail.out()).isEmpty();
    assertThat(tail.err()).contains("TRACE", refused("list topics")).doesNotContain(WRONG);
  }

  @Test
  void aSecretThatIsNotThereIsNamedBeforeAnythingStarts() throws Exception {
    assertFails(
        submit(jobWithEnvironment("pumps-unset"), ""),
        "weir: sasl.jaas.config: expected a value for ${env:WEIR_TEST_WORD} on this machine, found"
            + " none; set it before the start\n");
  }

  @Test
  void clientWithoutTlsGetsAnErrorThatNamesTls() {
    assertFails(
        weir("tail"),
        "weir: Kafka at %s: expected a port without TLS, since security.protocol is PLAINTEXT, got TLS; set security.protocol to SSL or SASL_SSL\n"
            .formatted(broker.sasl()));
  }

  @Test
  void aCertificateThatIsNotTrustedIsNamed() {
    InProcess list = weir("model list --kafka security.protocol=SSL").failed(1);
    assertThat(list.err().lines()).hasSize(1);
    assertThat(list.err())
        .contains("could not list topics: SSL handshake failed: ", "check ssl.truststore.*");
  }

  // ---- a command in this process

  /** To a Flink that isn't there, without the pauses between its client's tries. */
  private static InProcess submit(Path job, String options) {
    return InProcess.weir(
        "submit %s --jobmanager localhost:1 --jar %s -D rest.retry.delay=1ms " + options,
        job,
        System.getProperty("job.jar"));
  }

  private static InProcess weir(String line, Object... values) {
    return weirAt(broker.sasl(), line, values);
  }

  private static InProcess weirAt(String bootstrapServers, String line, Object... values) {
    return InProcess.weir(line + " --bootstrap-servers " + bootstrapServers, values);
  }

  private static void assertFails(InProcess outcome, String line) {
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().strip()).isEqualTo(line.strip());
  }
}
