package dev.weir.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Patience;
import dev.weir.cli.SecuredBroker;
import dev.weir.cli.WeirProcess;
import dev.weir.job.KafkaFixture;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The job as a person runs it: broker, JobManager, TaskManagers, producer and Flink's own command
 * line are processes, the job is the shaded jar, the configuration the project's.
 */
@Tag("slow")
class ForecastJobClusterIT {
  private static final BuiltClasspath BUILD = BuiltClasspath.ofThisBuild();
  private static final Path DIR = BUILD.target().resolve("cluster/ForecastJobClusterIT");
  private static final String CSV = "src/cli/main/resources/sample/vega_seattle_tmax.csv";
  private static final String JOB = "jobs/many-to-one.yaml";
  private static final Duration WAIT = Patience.LIMIT;

  private static BrokerProcess broker;
  private static FlinkCluster flink;
  private static Topics topics;

  @BeforeAll
  static void startProcesses() throws Exception {
    broker = BrokerProcess.start(BUILD, DIR.resolve("broker"), Map.of());
    topics = new Topics(broker.bootstrapServers(), WAIT);
    flink = FlinkCluster.start(BUILD, DIR.resolve("flink"), 1, Map.of());
  }

  /** A job that a failed test left would keep the slots from the next. */
  @AfterEach
  void cancelJobs() throws Exception {
    for (String job : flink.jobs()) {
      if (!List.of("FINISHED", "CANCELED", "FAILED").contains(flink.status(job))) {
        flink.cancel(job);
      }
    }
  }

  @AfterAll
  static void endProcesses() {
    if (flink != null) {
      flink.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void submitStartsTheSameJobAsFlinkRun() throws Exception {
    weirOutput(
        "produce --input %s --topic submitted --bootstrap-servers %s",
        CSV, broker.bootstrapServers());
    String submitted =
        weirOutput(
            "submit %s --jobmanager %s --jar %s --set name=submitted --set"
                + " kafka.bootstrap-servers=%s --set topics.observations=submitted --set"
                + " topics.forecasts=submitted.forecasts --set output=network --set"
                + " forecast.many-to-one.model=sample-many-to-one --set"
                + " forecast.many-to-one.file=%s --set topics.models=submitted.models",
            JOB,
            flink.rest().getAuthority(),
            BUILD.jobJar(),
            broker.bootstrapServers(),
            KafkaFixture.sample("many-to-one"));
    assertThat(submitted).containsPattern("submitted, job id [0-9a-f]{32}");
    int observations = topics.read("submitted", Topics.COMMITTED).size();
    topics.awaitCommitted("submitted.forecasts", observations);
    assertThatThrownBy(
            () ->
                flink.flinkRun(
                    BUILD.jobJar().toString(),
                    "--job",
                    JOB,
                    "--set",
                    "name=submitted",
                    "--set",
                    "kafka.bootstrap-servers=" + broker.bootstrapServers()))
        .as("a second start")
        .hasMessageContaining("job submitted: expected none of this name on the cluster, got one");
  }

  @Test
  void stopLeavesASavepointThatSubmitGoesOnFrom() throws Exception {
    weirOutput(
        "produce --input %s --topic stopped --bootstrap-servers %s",
        CSV, broker.bootstrapServers());
    String job =
        " %s --jobmanager %s --set name=stopped --set kafka.bootstrap-servers=%s"
                .formatted(JOB, flink.rest().getAuthority(), broker.bootstrapServers())
            + " --set topics.observations=stopped --set topics.forecasts=stopped.forecasts"
            + " --set topics.models=stopped.models";
    String submit = "submit" + job + " --jar " + BUILD.jobJar();
    weirOutput(submit);
    topics.awaitCommitted("stopped.forecasts", 1);

    String stopped = weirOutput("stop" + job);
    Matcher path = Pattern.compile("(?m)^file:\\S*savepoint-\\S+$").matcher(stopped);
    assertThat(path.find()).as(stopped).isTrue();
    assertThat(stopped).contains("stopped is stopped; go on with weir submit " + JOB);
    assertThat(weir(1, "stop" + job)).contains("expected a running job stopped, got none; ");

    String missing = path.group() + "-missing";
    assertThat(weir(1, submit + " --savepoint " + missing))
        .contains("--savepoint: expected a savepoint that the JobManager can read, got " + missing)
        .doesNotContain("\tat ");
    String again = weirOutput(submit + " --savepoint " + path.group());
    String id = again.replaceAll("(?s).*job id ([0-9a-f]{32}).*", "$1");
    flink.awaitRunning(id);
    assertThat(
            flink.get("/jobs/" + id + "/checkpoints").at("/latest/restored/external_path").asText())
        .isEqualTo(path.group());
  }

  /** A job jar's classes are not the cluster's: its Kafka finds login modules and secrets alone. */
  @Test
  void jobOnASecuredBrokerFindsItsSecretOnEachMachine() throws Exception {
    Path dir = LocalProcess.emptyFolder(DIR.resolve("secured"));
    try (SecuredBroker secured = SecuredBroker.start(dir)) {
      secured.grantAll(SecuredBroker.USER);
      Path properties = secured.writeProperties(dir.resolve("client.properties"));
      String client =
          " --bootstrap-servers %s --kafka-properties %s".formatted(secured.sasl(), properties);
      String produced = weirOutput("produce --input " + CSV + client);
      String submitted =
          weirOutput(
              "submit %s --jobmanager %s --jar %s --set name=secured --set output=network"
                  + " --set kafka.bootstrap-servers=%s --set kafka.properties-file=%s",
              JOB,
              flink.rest().getAuthority(),
              BUILD.jobJar(),
              secured.sasl(),
              properties.toAbsolutePath());
      String tailed = weirOutput("tail --from-beginning --limit 1" + client);
      String job = submitted.replaceAll("(?s).*job id ([0-9a-f]{32}).*", "$1");
      String metadata =
          Files.readString(
              Path.of(URI.create(flink.savepoint(job))).resolve("_metadata"), ISO_8859_1);
      List<String> seen = new ArrayList<>(List.of(produced, submitted, tailed, metadata));
      for (String page :
          List.of("/jobmanager/config", "/jobs/" + job + "/config", "/jobs/" + job + "/plan")) {
        seen.add(flink.get(page).toString());
      }
      flink.cancel(job);
      for (LocalProcess process : flink.processes()) {
        seen.add(process.output());
      }
      assertThat(seen).noneMatch(text -> text.contains("s3sam")); // how the password begins
      assertThat(seen).anyMatch(text -> text.contains("sasl.jaas.config = [hidden]"));
    }
  }

  /** What a command prints that ends with 0. */
  private static String weirOutput(String line, Object... values) throws Exception {
    return weir(0, line, values);
  }

  // ---- processes

  private static String weir(int exitCode, String line, Object... values) throws Exception {
    WeirProcess weir = WeirProcess.run(line, values);
    assertThat(weir.exitCode()).as("%s", weir).isEqualTo(exitCode);
    return weir.out() + weir.err();
  }
}
