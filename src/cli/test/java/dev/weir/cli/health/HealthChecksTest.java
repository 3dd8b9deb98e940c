package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.weir.Http;
import dev.weir.Patience;
import dev.weir.cli.InProcess;
import dev.weir.cli.cluster.FlinkRest;
import dev.weir.cli.health.Findings.Level;
import dev.weir.forecast.Score;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.covariate.CovariateDeserializer;
import dev.weir.model.Mode;
import dev.weir.stream.covariate.JoinLoss;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

/** What the checks of a job make of what Flink says, of scores and of records. */
class HealthChecksTest {

  private static final String ID = "0123456789abcdef0123456789abcdef";

  private final Map<String, String> answers = new LinkedHashMap<>();
  private HttpServer server;
  private FlinkRest rest;

  @BeforeEach
  void start() throws IOException {
    server =
        Http.serve(
            "/",
            exchange -> {
              String answer = answers.get(exchange.getRequestURI().toString());
              byte[] bytes =
                  (answer == null ? "{\"errors\":[\"not found\"]}" : answer)
                      .getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
              exchange.getResponseBody().write(bytes);
              exchange.close();
            });
    rest = rest(Patience.LIMIT);
  }

  private FlinkRest rest(Duration patience) {
    return new FlinkRest("localhost:" + server.getAddress().getPort(), patience);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Answers as Flink 2.2 gives them, of a job that is well. */
  private void aHealthyJob() {
    answers.put(
        "/jobs/overview",
        """
        {"jobs":[{"jid":"%s","name":"pumps","state":"RUNNING","start-time":1000,"duration":7200000},
                 {"jid":"%s","name":"pumps","state":"CANCELED","start-time":500,"duration":5}]}\
        """
            .formatted(ID, ID.replace('0', '1')));
    answers.put("/jobs/" + ID, "{\"now\":7201000,\"duration\":7200000,\"state\":\"RUNNING\"}");
    answers.put(
        "/jobs/" + ID + "/metrics?get=numRestarts", "[{\"id\":\"numRestarts\",\"value\":\"2\"}]");
    answers.put(
        "/jobs/" + ID + "/exceptions?maxExceptions=1", "{\"exceptionHistory\":{\"entries\":[]}}");
    answers.put(
        "/jobs/" + ID + "/checkpoints",
        """
        {"counts":{"completed":720,"failed":1,"in_progress":0},"latest":{"completed":
        {"trigger_timestamp":7197900,"latest_ack_timestamp":7198000,"end_to_end_duration":45,
        "state_size":3145728},"failed":{"failure_timestamp":5000,"failure_message":"once"}}}\
        """);
    answers.put("/jobs/" + ID + "/checkpoints/config", "{\"interval\":10000}");
  }

  private Findings look(String wanted) throws IOException {
    JobChecks checks = new JobChecks(true, null, null);
    checks.name = wanted;
    new FlinkChecks(checks, rest).job();
    return checks.findings;
  }

  @Test
  void aJobThatRunsIsDescribedAndWell() throws Exception {
    aHealthyJob();
    Findings report = look(null);
    assertThat(report.isHealthy()).as("%s", report.of(Level.fail)).isTrue();
    assertThat(report.text(Ansi.OFF))
        .contains(
            "ok    job          pumps RUNNING for 2 h, 2 restarts, id " + ID,
            "ok    checkpoints  720 done, 1 failed; last 3 s ago, took 45 ms, state 3,072 KB, one"
                + " each 10 s",
            "healthy: 2 ok, 0 to look at, 0 to change");
    assertThat(report.json())
        .contains("\"healthy\":true", "\"job.restarts\":2", "\"checkpoints.last_duration_ms\":45");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/jobs/ID/checkpoints | 7198000 | 6900000 | none completed for 5 min 1 s",
        "/jobs/ID/checkpoints | 5000 | 7199000 | the newest one failed: once",
        "/jobs/overview | RUNNING | RESTARTING | pumps RESTARTING for",
        "/jobs/overview | RUNNING | FAILED | pumps FAILED for",
      })
  void whatIsNotWellIsSaidWithAReason(String path, String text, String other, String problem)
      throws Exception {
    aHealthyJob();
    answers.compute(path.replace("ID", ID), (key, answer) -> answer.replace(text, other));
    Findings report = look("pumps");
    assertThat(report.of(Level.fail))
        .extracting(Findings.Finding::found)
        .anyMatch(found -> found.contains(problem));
    assertThat(report.of(Level.fail)).allSatisfy(p -> assertThat(p.next()).isNotBlank());
  }

  @Test
  void whatAJoinDoesNotUseIsShownIfThereIsAny() throws Exception {
    aHealthyJob();
    answers.computeIfPresent(
        "/jobs/" + ID,
        (path, answer) ->
            answer
                .replace("}", ",\"vertices\":[{\"id\":\"%s\",\"name\":\"join-outside\"}]}")
                .formatted(ID));
    for (JoinLoss loss : JoinLoss.values()) {
      answers.put(
          "/jobs/%s/vertices/%s/subtasks/metrics?agg=sum&get=join-outside.weir.%s"
              .formatted(ID, ID, loss.metric),
          loss == JoinLoss.BEYOND_KEEP ? "[{\"sum\":1205.0}]" : "[{\"sum\":0.0}]");
    }
    assertThat(look(null).text(Ansi.OFF))
        .contains(
            "warn  outside      1,205 steps ahead were too many to keep (beyondKeep); raise"
                + " covariates.keep",
            "healthy: 2 ok, 1 to look at, 0 to change");
  }

  @Test
  void theLastExceptionIsOneLineTheOneThatSaysWhy() throws Exception {
    aHealthyJob();
    answers.put(
        "/jobs/" + ID + "/exceptions?maxExceptions=1",
        """
        {"exceptionHistory":{"entries":[{"timestamp":7141000,"stacktrace":
        "org.apache.flink.util.FlinkException: Failed\\n\\tat a.B.c(B.java:1)\\nCaused by: java.io.IOException: disk \\u001b[31mfull\\n\\tat d"}]}}\
        """);
    Findings report = look(null);
    assertThat(report.text(Ansi.OFF))
        .contains(
            "fail  exception    1 min ago: java.io.IOException: disk \\u001b[31mfull; the"
                + " TaskManagers' logs say more");
  }

  @Test
  void anExceptionOfFiveMinutesAgoIsNoneToLookAt() throws Exception {
    aHealthyJob();
    answers.put(
        "/jobs/" + ID + "/exceptions?maxExceptions=1",
        """
        {"exceptionHistory":{"entries":[{"timestamp":6901000,"stacktrace":"java.io.IOException: disk"}]}}\
        """);
    assertThat(look(null).text(Ansi.OFF))
        .contains("ok    exception    5 min ago: java.io.IOException: disk");
  }

  @Test
  void ofSeveralJobsOneMustBeNamed() throws Exception {
    aHealthyJob();
    answers.compute("/jobs/overview", (key, answer) -> answer.replace("CANCELED", "RUNNING"));
    assertThat(look(null).of(Level.fail).get(0).found()).contains("runs 2 jobs: [pumps, pumps]");
    assertThat(look("pumps").of(Level.fail))
        .singleElement()
        .satisfies(f -> assertThat(f.found()).contains("runs 2 jobs of the name pumps"));
    assertThat(look(ID).isHealthy()).isTrue();
    assertThat(look("valves").of(Level.fail).get(0).found()).contains("has no job valves");
  }

  @Test
  void aJobWithoutCheckpointsNeverCommits() throws Exception {
    aHealthyJob();
    answers.remove("/jobs/" + ID + "/checkpoints");
    assertThat(look(null).of(Level.fail).get(0).found()).contains("makes no checkpoints");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} ",
        "{\"jobs\":17}",
        "{\"jobs\":[17,null,[],{\"jid\":5}]}",
        "{\"jobs\":[{\"jid\":\"../../x?y\",\"name\":\"a\",\"state\":\"RUNNING\"}]}",
      })
  void jsonOfOtherShapesIsAnAnswerWithoutJobs(String answer) throws Exception {
    answers.put("/jobs/overview", answer);
    assertThat(look(null).of(Level.fail).get(0).found()).contains("has no job");
  }

  @Test
  void hugeNumbersAndWordsBreakNothing() throws Exception {
    aHealthyJob();
    answers.compute(
        "/jobs/overview",
        (key, answer) -> answer.replace("pumps", "p\\u001b]0;x\\u0007" + "%s%n".repeat(500)));
    answers.put("/jobs/" + ID, "{\"now\":9223372036854775807,\"duration\":-9223372036854775808}");
    assertThat(
            String.join("\n", look(null).text(Ansi.OFF)).chars().filter(c -> c < 32 && c != '\n'))
        .isEmpty();
  }

  private static Score score(int number, long scored, double mae, double naive, double coverage) {
    return new Score(
        "s" + number,
        1,
        Mode.MANY_TO_ONE,
        5,
        scored,
        new double[] {mae},
        mae,
        1,
        0.8,
        coverage,
        List.of(new Score.Method("naive", naive, 0), new Score.Method("seasonal_naive", 2, 0)),
        null);
  }

  @Test
  void outsideModelIsComparedOnItsOwnSteps() {
    List<Score.Method> methods =
        List.of(
            new Score.Method("outside:lear", 4, 0.2),
            new Score.Method("weir@lear", 1.5, 0),
            new Score.Method("weir_without_outside@lear", 1.25, 0));
    Score with =
        new Score(
            "1", 1, Mode.MANY_TO_ONE, 5, 400, new double[] {1}, 1, 1, 0.8, 0.8, methods, null);
    assertThat(skill(with).text(Ansi.OFF))
        .contains(
            "warn  scores       lear: on the steps that it forecasts, error 37.5 % of its own,"
                + " 120.0 % of that without outside models; is it worth its cost? leave the model"
                + " out of outside");
  }

  private static Findings skill(Score... scores) {
    JobChecks checks = new JobChecks(true, null, null);
    new ResultChecks(checks).skill("scores", List.of(scores));
    return checks.findings;
  }

  @Test
  void errorIsTheGeometricMeanOverTheSeries() {
    Findings findings = skill(score(1, 400, 1, 2, 0.75), score(2, 400, 2, 2, 0.85));
    assertThat(findings.text(Ansi.OFF))
        .contains(
            "ok    scores       error 70.7 % of naive's, 70.7 % of seasonal naive's, 80.0 %"
                + " intervals contain 80.0 % (2 series)");
    assertThat(findings.json()).contains("\"scores.series\":2", "\"scores.interval_coverage\":0.8");
  }

  @ParameterizedTest
  @CsvSource({
    "400, 3, 2, 0.8, true",
    "400, 1.8, 0.5, 0.8, true", // worse than one of the two
    "400, 1, 2, 0.6, true",
    "40, 3, 2, 0.6, false",
    "400, 2, 2, 0.7, false"
  })
  void badScoreFailsOnceItHasEnoughValues(
      long scored, double mae, double naive, double coverage, boolean fails) {
    Findings findings = skill(score(1, scored, mae, naive, coverage));
    assertThat(findings.of(Level.fail)).hasSize(fails ? 1 : 0);
  }

  private final Function<ConsumerRecord<byte[], byte[]>, String> problems =
      TopicChecks.problems(
          new CovariateDeserializer(
              null, new CovariateTopic("weather", 2, Duration.ofDays(1), null), null));

  private String problem(String value) {
    return problems.apply(new ConsumerRecord<>("weather", 0, 0, null, value.getBytes()));
  }

  @Test
  void recordThatCanNotBeUsedHasAProblem() {
    assertThat(problem("{\"group\":\"a\",\"time\":\"1970-01-01T00:00:00Z\",\"features\":[1,null]}"))
        .isNull();
    assertThat(problem("{\"group\":\"a\",\"time\":\"1970-01-01T00:00:00Z\",\"features\":[1]}"))
        .isEqualTo("FEATURES: features: expected 2, got 1");
    assertThat(problem("{\"group\":\"a\",\"time\":\"1970-01-01T00:00:00Z\",\"features\":[1,2]}"))
        .isNull();
  }

  // ---- what something else at Flink's place might answer

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
    answers.put("/jobs/overview", answer);
    assertThatThrownBy(() -> rest.jobs())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected an answer to /jobs/overview, got " + problem)
        .hasMessageContaining("is a JobManager's REST endpoint there?");
  }

  @Test
  void errorContainsFlinksMessage() {
    assertThatThrownBy(() -> rest.jobs()).hasMessageContaining("status 404: not found");
  }

  @Test
  void nobodyThereIsSaidSo() {
    server.stop(0);
    assertThatThrownBy(() -> rest.jobs()).hasMessageContaining("got no connection");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5s | '' | got no whole answer within 2 s | got a connection and no answer",
        "1s | --kafka default.api.timeout.ms=60000 | got no whole answer within 400 ms"
            + " | expected all answers within 1 s, got only those above"
      })
  void statusEndsWithItsTimeoutWhereNobodyAnswers(
      String timeout, String options, String flink, String kafka) throws IOException {
    try (ServerSocket silent = new ServerSocket(0)) { // connects, as nothing else does
      String at = "localhost:" + silent.getLocalPort();
      String line = "status --timeout %s --jobmanager %s --bootstrap-servers %s " + options;
      assertThat(InProcess.fails(1, line, timeout, at, at).out())
          .containsPattern("fail  flink .*" + flink)
          .containsPattern("fail  brokers .*" + kafka)
          .endsWith("not healthy: 0 ok, 0 to look at, 2 to change\n");
    }
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
}
