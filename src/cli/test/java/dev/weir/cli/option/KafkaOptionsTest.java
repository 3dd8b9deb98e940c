package dev.weir.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import dev.weir.cli.console.UsageException;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a command takes from a job file, and what an option says against it. */
class KafkaOptionsTest {

  @TempDir private Path dir;

  private static ServerSocket ofJob;
  private static ServerSocket ofOption;

  @BeforeAll
  static void listen() throws IOException {
    ofJob = hangingUp();
    ofOption = hangingUp();
  }

  @AfterAll
  static void close() throws IOException {
    ofJob.close();
    ofOption.close();
  }

  /** What is not refused and does not wait: the client would say what is wrong with it. */
  private static ServerSocket hangingUp() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try {
                  server.accept().close();
                } catch (IOException e) {
                  return; // closed by the test
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private static String address(ServerSocket server) {
    return "localhost:" + server.getLocalPort();
  }

  @Command(name = "any")
  private static final class Any {
    @Mixin private KafkaOptions.WithJob kafka;
    @Mixin private TopicOptions topics;
    @Mixin private RegistryOption registry;
  }

  private Any parse(String... options) throws Exception {
    Files.writeString(
        dir.resolve("client.properties"), "interceptor.secret=x\nbasic.auth.user.info=weir:pw\n");
    Path job =
        Files.writeString(
            dir.resolve("job.yaml"),
            """
            name: pumps
            kafka:
              bootstrap-servers: %s
              properties-file: client.properties
              properties: {client.id: of-job, linger.ms: 7}
              format: avro-confluent
              registry: {url: 'http://localhost:3/x'}
            topics: {observations: in, forecasts: out, scores: how, dead-letters: lost, models: nets}
            forecast:
              many-to-one: {horizon: 2}
            """
                .formatted(address(ofJob)));
    Any any = new Any();
    List<String> args = new ArrayList<>(List.of(job.toString()));
    args.addAll(List.of(options));
    DeclaredOptions.complete(new CommandLine(any)).parseArgs(args.toArray(String[]::new));
    return any;
  }

  @Test
  void theJobFileSaysWhereTopicsAndRegistryAre() throws Exception {
    Any any = parse();
    assertThat(any.kafka.bootstrapServers()).isEqualTo(address(ofJob));
    assertThat(any.kafka.properties())
        .containsEntry("client.id", "of-job")
        .containsEntry("linger.ms", "7")
        .containsEntry(
            "interceptor.secret", "${file:%s/client.properties:interceptor.secret}".formatted(dir))
        .doesNotContainKey("basic.auth.user.info");
    assertThat(any.topics.topics(any.kafka))
        .isEqualTo(new Topics("in", "out", "how", "lost", "nets"));
    assertThat(any.registry.settings(any.kafka).url()).isEqualTo("http://localhost:3/x");
  }

  @Test
  void anOptionWinsOverTheJobFile() throws Exception {
    Any any =
        parse(
            InProcess.words(
                "--bootstrap-servers %s --kafka client.id=of-option --registry http://localhost:5"
                    + " --forecasts forecasts --set topics.scores=set",
                address(ofOption)));
    assertThat(any.kafka.bootstrapServers()).isEqualTo(address(ofOption));
    assertThat(any.kafka.properties())
        .containsEntry("client.id", "of-option")
        .containsEntry("linger.ms", "7");
    assertThat(any.topics.topics(any.kafka))
        .isEqualTo(new Topics("in", "forecasts", "set", "lost", "nets"));
    assertThat(any.registry.settings(any.kafka).url()).isEqualTo("http://localhost:5");
    assertThat(any.registry.settings(any.kafka).toString())
        .contains("basic.auth.user.info=${file:");
    assertThat(parse("--observations", "own").topics.topics(parse("--observations", "own").kafka))
        .isEqualTo(new Topics("own", "out", "how", "own.dlq", "nets"));
  }

  @Test
  void anOptionOfAJobFileThatIsNotThereIsRefused() {
    Any any = new Any();
    DeclaredOptions.complete(new CommandLine(any)).parseArgs("--set", "name=x");
    assertThatThrownBy(() -> any.kafka.bootstrapServers())
        .isInstanceOf(UsageException.class)
        .hasMessage("--set: expected JOB.yaml before it, got no job file");
  }

  private static Topics topics(String... arguments) {
    TopicOptions topics = new TopicOptions();
    DeclaredOptions.complete(new CommandLine(topics)).parseArgs(arguments);
    return topics.topics();
  }

  @Test
  void topicsWithoutAJobFileAreThoseOfOneThatNamesNone() {
    assertThat(topics())
        .isEqualTo(new Topics("observations", "forecasts", "scores", "observations.dlq", "models"));
    assertThat(topics("--observations", "pumps", "--dead-letters", "lost").deadLetters())
        .isEqualTo("lost");
    Topics several = topics("--observations", "pumps,fans");
    assertThat(several.observations().names()).containsExactly("pumps", "fans");
    assertThat(several.deadLetters()).isEqualTo("pumps.dlq");
    assertThat(several.all()).startsWith("pumps", "fans");
  }
}
