package dev.weir.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.InProcess;
import dev.weir.cli.console.UsageException;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationTopics;
import dev.weir.model.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Options that commands share: of Kafka and topics, of declarations, of files that are written. */
class OptionsTest {

  @TempDir private Path dir;

  @AutoClose private static ServerSocket ofJob;
  @AutoClose private static ServerSocket ofOption;

  @BeforeAll
  static void listen() throws IOException {
    ofJob = hangingUp();
    ofOption = hangingUp();
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

  @Command(name = "reader")
  private static final class Reader {
    @Mixin private KafkaOptions.WithJob kafka;
    @Mixin private TopicOptions topics;
    @Mixin private RegistryOption registry;
  }

  private Reader parse(String... options) throws Exception {
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
    Reader reader = new Reader();
    List<String> args = new ArrayList<>(List.of(job.toString()));
    args.addAll(List.of(options));
    DeclaredOptions.complete(new CommandLine(reader)).parseArgs(args.toArray(String[]::new));
    return reader;
  }

  private static Topics ofPumps(String in, String forecasts, String scores, String lost) {
    ObservationTopics observations = ObservationTopics.of(in);
    return new Topics(
        observations,
        forecasts,
        scores,
        lost,
        "nets",
        null,
        null,
        null,
        false,
        "pumps",
        null,
        null);
  }

  @Test
  void theJobFileSaysWhereTopicsAndRegistryAre() throws Exception {
    Reader reader = parse();
    assertThat(reader.kafka.bootstrapServers()).isEqualTo(address(ofJob));
    assertThat(reader.kafka.properties())
        .containsEntry("client.id", "of-job")
        .containsEntry("linger.ms", "7")
        .containsEntry(
            "interceptor.secret", "${file:%s/client.properties:interceptor.secret}".formatted(dir))
        .doesNotContainKey("basic.auth.user.info");
    assertThat(reader.topics.topics(reader.kafka)).isEqualTo(ofPumps("in", "out", "how", "lost"));
    assertThat(reader.registry.settings(reader.kafka).url()).isEqualTo("http://localhost:3/x");
  }

  @Test
  void anOptionWinsOverTheJobFile() throws Exception {
    Reader reader =
        parse(
            InProcess.words(
                "--bootstrap-servers %s --kafka client.id=of-option --registry http://localhost:5"
                    + " --forecasts forecasts --set topics.scores=set",
                address(ofOption)));
    assertThat(reader.kafka.bootstrapServers()).isEqualTo(address(ofOption));
    assertThat(reader.kafka.properties())
        .containsEntry("client.id", "of-option")
        .containsEntry("linger.ms", "7");
    assertThat(reader.topics.topics(reader.kafka))
        .isEqualTo(ofPumps("in", "forecasts", "set", "lost"));
    assertThat(reader.registry.settings(reader.kafka).url()).isEqualTo("http://localhost:5");
    assertThat(reader.registry.settings(reader.kafka).toString())
        .contains("basic.auth.user.info=${file:");
    assertThat(parse("--observations", "own").topics.topics(parse("--observations", "own").kafka))
        .isEqualTo(ofPumps("own", "out", "how", "own.dlq"));
  }

  @Test
  void anOptionOfAJobFileThatIsNotThereIsRefused() {
    Reader reader = new Reader();
    DeclaredOptions.complete(new CommandLine(reader)).parseArgs("--set", "name=x");
    assertThatThrownBy(() -> reader.kafka.bootstrapServers())
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

  @Command(name = "any", sortOptions = false)
  private static final class Any {
    @Option(names = "--own", description = "Own.")
    private int own;

    @Option(
        names = "--seq-len",
        descriptionKey = "window.seq-len",
        defaultValue = DeclaredOptions.DEFAULT)
    private int seqLen;

    @Option(
        names = "--horizon",
        descriptionKey = "forecast.horizon",
        description = "${declared}, or ${default}.")
    private Integer horizon;

    @Option(names = "--mode", descriptionKey = "forecast.mode", description = "Filter.")
    private Mode mode;
  }

  @Test
  void helpIsThatOfTheDeclarationInTheOrderOfTheCommand() {
    CommandLine any = DeclaredOptions.complete(new CommandLine(new Any()));
    assertThat(any.getCommandSpec().options())
        .extracting(OptionSpec::description)
        .containsExactly(
            new String[] {"Own."},
            new String[] {"Values in a window (a whole number from 1 to 4096; default: 5)."},
            new String[] {
              "Values in a forecast; for many-to-many always seq-len, or 2 (a whole number from 1 to"
                  + " 4096)."
            },
            new String[] {"Filter (many-to-one or many-to-many)."},
            new String[] {"Show this help message and exit."},
            new String[] {"Print version information and exit."});
    Any parsed = (Any) any.getCommand();
    any.parseArgs();
    assertThat(parsed.seqLen).isEqualTo(5);
    assertThat(parsed.horizon).isNull();
  }

  @Command(name = "any")
  private static final class Unknown {
    @Option(names = "--seq-len", descriptionKey = "window.length")
    private int seqLen;
  }

  @Test
  void unknownKeyIsABug() {
    CommandLine unknown = new CommandLine(new Unknown());
    assertThatThrownBy(() -> DeclaredOptions.complete(unknown))
        .isInstanceOf(NoSuchElementException.class);
  }

  private static final String TEXT = "timestamp,value\n2026-01-01,1.5\n2026-01-02,2.5\n";
  private static final String TRAIN =
      "train --epochs 1 --hidden-size 4 --input src/cli/main/resources/sample/vega_seattle_tmax.csv"
          + " --out ";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    file = Files.writeString(folder.resolve("x.csv"), TEXT);
    Files.createSymbolicLink(folder.resolve("link.csv"), file);
  }

  private InProcess run(String line) {
    return InProcess.run(line.replace("@", folder + "/").split(" +"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forecast --input @x.csv --out @x.csv",
        "forecast --input @ --out @x.csv",
        "forecast --input @x.csv --out @./x.csv",
        "forecast --input @x.csv --out @link.csv",
        "evaluate --input @x.csv --out @x.csv",
        "evaluate --input @x.csv --report @x.csv",
        "evaluate --input @x.csv --season @x.csv --report @link.csv",
        "train --input @x.csv --out @x.csv",
        TRAIN + "@link.csv",
        "init --input @x.csv --out @x.csv",
      })
  void fileThatExistsIsNotReplaced(String line) throws IOException {
    InProcess weir = run(line);
    assertThat(weir.err().lines().findFirst().orElseThrow())
        .startsWith("weir " + line.substring(0, line.indexOf(' ')))
        .contains(": expected a file that is not there yet, or --force, got " + folder);
    assertThat(weir.exitCode()).isEqualTo(2);
    assertThat(file).hasContent(TEXT);
  }

  @Test
  void folderThatIsMissingIsNamedBeforeTheWork() {
    assertThat(run("forecast --input @x.csv --out @no/y").err())
        .startsWith("weir forecast: --out: expected a file in a folder that exists, got " + folder);
  }

  @Test
  void twoOptionsDoNotWriteTheSameFile() {
    InProcess weir = run("evaluate --input @x.csv --out @y --report @./y --force");
    assertThat(weir.err()).contains("weir evaluate: --report: expected another file for each");
    assertThat(weir.exitCode()).isEqualTo(2);
    assertThat(folder.resolve("y")).doesNotExist();
  }

  @Test
  void forceReplacesTheFileThatALinkNames() throws IOException {
    run(TRAIN + "@link.csv --name m --force").succeeded();
    assertThat(folder.resolve("link.csv")).isSymbolicLink();
    assertThat(Files.size(file)).isGreaterThan(1_000);
    assertThat(folder.toFile().list()).hasSize(2); // no partial file is left
  }

  @Test
  void deviceStaysADevice() {
    run(TRAIN + "/dev/null --name m").succeeded();
    assertThat(Path.of("/dev/null")).matches(path -> !Files.isRegularFile(path));
  }

  @Test
  void standardOutputIsNotOpenedByItsName() {
    InProcess weir = run(TRAIN + "/dev/stdout --name m").succeeded();
    assertThat(weir.out()).contains("weir.horizon").contains("held-out error");
  }

  @Test
  void fileThatAppearsDuringTheWorkIsNotReplaced() {
    assertThatThrownBy(() -> new OutputFile(file).write("y"))
        .hasMessage(
            file + ": expected a file that is not there yet, got one created since the start");
    assertThat(file).hasContent(TEXT);
  }
}
