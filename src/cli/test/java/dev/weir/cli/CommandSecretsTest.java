package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A password that is given in the wrong place is refused, and none of our output repeats it. */
class CommandSecretsTest {

  private static final String SECRET = "s3sam";

  @TempDir private static Path dir;

  private static InProcess weir(String command) throws Exception {
    Path job =
        Files.writeString(
            dir.resolve("job.yaml"),
            """
            name: pumps
            kafka:
              bootstrap-servers: weir:s3sam@localhost:1
            forecast:
              many-to-one: {horizon: 2}
            """);
    Path properties =
        Files.writeString(
            dir.resolve("client.properties"),
            "sasl.oauthbearer.token.endpoint.url=https://weir:s3sam@localhost/token\n");
    return InProcess.weir(
        command
            .replace("JOB", job.toString())
            .replace("PROPERTIES", properties.toString())
            .replace("USER", "weir:" + SECRET));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tail --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'; user and password go into sasl.jaas.config",
        "produce --sample --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'",
        "model list --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'",
        "dead-letters --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'",
        "dashboard --no-browser --port 0 --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'",
        "status --jobmanager localhost:1 --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'",
        "status --format json --jobmanager localhost:1 --bootstrap-servers USER@localhost:1 | got '[hidden]@localhost:1'",
        "status JOB | job.yaml line 3: kafka.bootstrap-servers: expected HOST:PORT, several joined by commas, got '[hidden]@localhost:1'",
        "doctor JOB | job.yaml line 3: kafka.bootstrap-servers: expected HOST:PORT",
        "doctor --format json JOB | job.yaml line 3: kafka.bootstrap-servers: expected HOST:PORT",
        "run JOB | got '[hidden]@localhost:1'",
        "run JOB --set kafka.bootstrap-servers=USER@h:1 | job.yaml --set: kafka.bootstrap-servers: expected HOST:PORT, several joined by commas, got '[hidden]@h:1'",
        "submit JOB --jobmanager USER@localhost:1 | --jobmanager: expected HOST:PORT, got '[hidden]@localhost:1'",
        "status --jobmanager USER@localhost:1 | --jobmanager: expected HOST:PORT, got '[hidden]@localhost:1'",
        "doctor JOB --jobmanager USER@localhost:1 | --jobmanager: expected HOST:PORT, got '[hidden]@localhost:1'",
        "dashboard --flink http://USER@localhost:1 | --flink: expected an address that starts with http:// or https://, without a user",
        "tail --kafka sasl.login.pwd=s3sam | --kafka: sasl.login.pwd: expected no secret on the command line",
        "tail --kafka sasl.login.pwd:s3sam | should be in KEY=VALUE format but was [hidden]",
        "tail --kafka bootstrap.servers=USER@h:1 | --kafka: bootstrap.servers: expected no secret on the command line",
        "tail --kafka sasl.oauthbearer.token.endpoint.url=https://USER@h/t | --kafka: sasl.oauthbearer.token.endpoint.url: expected no secret on the command line",
        "tail --kafka-properties PROPERTIES --bootstrap-servers localhost:1 | sasl.oauthbearer.token.endpoint.url: expected a URL without user and password",
        "tail --registry http://USER@localhost:1 | --registry: expected http://HOST",
        "tail --registry http://localhost/x --kafka basic.auth.user.info=USER | --kafka: basic.auth.user.info: expected no secret on the command line",
        "tail USER@localhost:1 | [hidden]@localhost:1",
        "tail --kafka a=b required password=s3sam; | password=[hidden]",
        "model list --kafka sasl.jaas.config=password=s3sam; | weir model list: --kafka: sasl.jaas.config: expected no secret on the command line, where others can read it; write ${env:NAME} or ${file:/path:key} instead of it, or use --kafka-properties FILE",
      })
  void aPasswordIsRefusedAndNotRepeated(String command, String problem) throws Exception {
    InProcess run = weir(command);
    assertThat(run.exitCode()).as("%s", run).isIn(1, 2);
    assertThat(run.out() + run.err()).contains(problem).doesNotContain(SECRET);
  }

  @Test
  void aStackTraceDoesNotRepeatAPassword() throws Exception {
    System.setProperty("weir.stacktrace", "true");
    try {
      // Kafka's own words, which quote the whole value
      InProcess run = weir("tail --bootstrap-servers localhost:1 --kafka retries=password=s3sam");
      assertThat(run.err()).contains("\tat ").contains("retries").doesNotContain(SECRET);
    } finally {
      System.clearProperty("weir.stacktrace");
    }
  }
}
