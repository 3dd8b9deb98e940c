package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.weir.Documents.Piece;
import dev.weir.cli.local.EmbeddedBroker;
import dev.weir.cluster.Snippets.Session;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.OneSeries;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.window.Sampling;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.registry.ApicurioProcess;
import dev.weir.model.Safetensors;
import dev.weir.model.Safetensors.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs what README.md and docs/*.md print, as it is printed and in its order, against a real broker
 * and real Flink processes. Only what {@link #substitute} names is another: addresses, folders and
 * ids. A document's commands share a folder that looks like the repository's.
 */
@Tag("documents")
@Execution(ExecutionMode.CONCURRENT) // with junit.jupiter.execution.parallel.enabled
@Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnippetsIT {

  private static final Duration END = Duration.ofSeconds(500);
  private static final Duration OUTPUT = Duration.ofSeconds(500);
  private static final Path LOGS =
      BuiltClasspath.ofThisBuild().target().resolve("cluster/snippets");

  /** Commands that do not end, and what they must print before they are stopped. */
  private static final Map<Pattern, Pattern> ENDLESS = new LinkedHashMap<>();

  private static void endless(String command, String output) {
    ENDLESS.put(Pattern.compile(command, Pattern.DOTALL), Pattern.compile(output));
  }

  static {
    endless("\\./weir demo(?!.*--duration).*", " \\[.*, .*\\] ");
    endless("\\./weir tail .*", "pump-|uci_bike");
    endless("\\./weir dashboard .*", "the page is at http");
  }

  /** Commands that start a job, which goes on until another one starts. */
  private static final Pattern JOB =
      Pattern.compile("(\\./weir run|\\./weir submit|flink run) .*", Pattern.DOTALL);

  @TempDir private Path dir;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<LocalProcess> jobs = new ArrayList<>();
  private Path work;
  private Session session;
  private String kafka;
  private FlinkCluster flink;
  private ApicurioProcess registry;
  private String lastJob;
  private int processes;

  private static List<Session> sessions() throws IOException {
    String only = System.getProperty("snippets", ""); // -Dsnippets="topics|sql" runs these alone
    List<Session> sessions = new ArrayList<>();
    for (Path document : Snippets.documents()) {
      sessions.addAll(Session.of(document));
    }
    return sessions.stream()
        .filter(session -> session.document().toString().matches(".*(" + only + ").*"))
        .filter(session -> session.snippets().stream().anyMatch(SnippetsIT::isRun))
        .toList();
  }

  private static boolean isRun(Map.Entry<String, Piece> snippet) {
    return Snippets.RUN.contains(snippet.getKey()) && Snippets.excuse(snippet.getValue()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("sessions")
  void whatADocumentPrintsIsTrue(Session part) throws Exception {
    session = part;
    prepare(session.text());
    for (Map.Entry<String, Piece> snippet : session.snippets()) {
      String text = snippet.getValue().text();
      if (snippet.getKey().equals("yaml") && text.startsWith("name:")) {
        Files.writeString(work.resolve("my-job.yaml"), substitute(text));
      } else if (isRun(snippet)) {
        switch (snippet.getKey()) {
          case "python" -> runPython(snippet.getValue());
          case "sh" -> runCommand(snippet.getValue());
          default -> {} // SQL, as one session
        }
      }
    }
    runSql();
  }

  /**
   * The file as it is, on a sample that {@code weir produce} sends, beside the same by the core.
   */
  @Test
  void backtestGivesTheErrorsOfTheCoresForecasts() throws Exception {
    Path script = Path.of("jobs/backtest.sql");
    session = new Session(script, 1, "```sql");
    prepare(session.text());
    Pattern row = Pattern.compile("\\+I\\[(\\S+), (\\d+), (\\d+), (\\S+), (\\S+), (\\S+)\\]");
    Map<String, double[]> got = new TreeMap<>();
    try (LocalProcess client = sql("backtest.sql", Files.readString(script))) {
      client.awaitOutput(Pattern.compile("Query 1 ends"), END);
      Matcher rows = row.matcher(client.output());
      while (rows.find()) {
        got.put(
            rows.group(1) + " " + rows.group(2),
            IntStream.rangeClosed(3, 6)
                .mapToDouble(i -> Double.parseDouble(rows.group(i)))
                .toArray());
      }
    }
    Map<String, double[]> expected = backtest();
    assertThat(got.keySet()).isEqualTo(expected.keySet());
    assertThat(got.size()).isGreaterThan(24);
    expected.forEach(
        (key, value) -> assertThat(got.get(key)).as(key).containsExactly(value, within(1e-9)));
  }

  /** By window and step: forecasts, MASE, SMAPE and coverage. */
  private Map<String, double[]> backtest() throws Exception {
    List<Observation> observations = new ArrayList<>();
    TreeMap<Long, Double> values = new TreeMap<>();
    for (String line : Files.readAllLines(work.resolve("demand.csv")).stream().skip(1).toList()) {
      String[] cells = line.split(",");
      long time = Instant.parse(cells[1]).toEpochMilli();
      observations.add(new Observation(cells[0], time, Double.parseDouble(cells[2])));
      values.put(time, Double.parseDouble(cells[2]));
    }
    List<Double> inOrder = List.copyOf(values.values());
    List<Long> times = List.copyOf(values.keySet());
    Map<Long, Double> dayBefore = new HashMap<>(); // as LAG: 24 rows before, whatever their times
    for (int i = 24; i < times.size(); i++) {
      dayBefore.put(times.get(i), inOrder.get(i - 24));
    }
    Learning learning = new Learning(LearnerSettings.defaults(24).withLevels(List.of(0.8)), 24, 0);
    ForecastSettings settings =
        TestSettings.of(5, TestSettings.learned(24, learning))
            .sampling(new Sampling(Duration.ofHours(1), Sampling.Gap.SKIP, 100))
            .build();
    Map<String, double[]> sums =
        new TreeMap<>(); // n, naive errors, ours beside them, smape, held, all
    long window = Duration.ofDays(28).toMillis();
    for (Forecast f : OneSeries.forecasts(settings, observations)) {
      for (int i = 0; i < 24 && f.status() == Forecast.Status.OK; i++) {
        Double truth = values.get(f.times()[i]);
        if (truth == null) {
          continue;
        }
        Instant start = Instant.ofEpochMilli(f.times()[i] / window * window);
        String key = start.atZone(ZoneOffset.UTC).toLocalDateTime() + " " + (i + 1);
        double[] sum = sums.computeIfAbsent(key, k -> new double[7]);
        double error = Math.abs(truth - f.values()[i]);
        Double naive = dayBefore.get(f.times()[i]);
        sum[0]++;
        if (naive != null) {
          sum[1] += error;
          sum[2] += Math.abs(truth - naive);
        }
        double size = Math.abs(truth) + Math.abs(f.values()[i]);
        sum[3] += size == 0 ? 0 : 200 * error / size;
        if (!f.intervals().isEmpty()) {
          var interval = f.intervals().get(0);
          sum[4] += interval.lower()[i] <= truth && truth <= interval.upper()[i] ? 1 : 0;
          sum[5]++;
        }
      }
    }
    Map<String, double[]> result = new TreeMap<>();
    sums.forEach(
        (key, s) -> result.put(key, new double[] {s[0], s[1] / s[2], s[3] / s[0], s[4] / s[5]}));
    return result;
  }

  // ---- what the snippets find

  private void prepare(String text) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    open.add(broker);
    kafka = broker.bootstrapServers();
    if (commandsMatch("(flink run|\\./weir (status|submit(?!.*--dry-run))) .*")) {
      startFlink(BuiltClasspath.ofThisBuild());
    } else if (text.contains("```sql")) {
      startFlink(withSql());
    }
    if (text.contains("apicurio")) {
      registry = ApicurioProcess.start();
      open.add(registry);
    }
    work = Files.createDirectories(dir.resolve("weir"));
    for (String name : List.of("conf", "src")) {
      Files.createDirectories(work.resolve(name).getParent());
      Files.createSymbolicLink(work.resolve(name), Path.of(name).toAbsolutePath());
    }
    Files.createSymbolicLink(work.resolve("target"), BuiltClasspath.ofThisBuild().target());
    Files.createDirectories(work.resolve("jobs"));
    try (Stream<Path> files = Files.list(Path.of("jobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(work.resolve(file), substitute(Files.readString(file)));
      }
    }
    String manyToOne = Files.readString(work.resolve("jobs/many-to-one.yaml"));
    Files.writeString(
        work.resolve("my-job.yaml"),
        manyToOne
            .replace("name: weir-many-to-one", "name: demand")
            .replace("model: window-many-to-one", "model: demand"));
    writeData();
    writeModels();
    writePrograms();
    try (TopicAdmin admin = new TopicAdmin(KafkaClients.of(kafka))) {
      for (String topic : List.of("observations", "sensors", "outside")) {
        admin.create(topic, 1, Map.of());
      }
    }
    if (text.contains("dead-letters --show 1")) {
      send(List.of(new byte[] {1, 1}));
    }
    boolean readsForecasts = text.contains("consumer.subscribe"); // of a job that it does not start
    if (commandsMatch(JOB.pattern()) || readsForecasts || registry != null) {
      open.add(feed());
    }
    if (text.contains("```sql") && !text.contains("./weir produce")) {
      runUnprinted("./weir produce --input demand.csv --topic observations");
    }
    if (registry != null) {
      runUnprinted(
          "./weir run my-job.yaml --set kafka.format=avro-confluent --set kafka.registry.url="
              + registry.url());
    }
    if (readsForecasts) {
      runUnprinted("./weir run my-job.yaml");
    }
  }

  private void startFlink(BuiltClasspath classpath) throws Exception {
    flink =
        FlinkCluster.start(
            classpath,
            LOGS.resolve(session.name() + "-flink"),
            1,
            Map.of("taskmanager.numberOfTaskSlots", "6", "state.backend.type", "hashmap"));
    open.add(flink);
  }

  private BuiltClasspath withSql() throws IOException {
    BuiltClasspath build = BuiltClasspath.ofThisBuild();
    return session.text().contains("apicurio")
        ? build.withSql(List.of(build.avroConfluent()))
        : build.withSql();
  }

  private boolean commandsMatch(String pattern) {
    Pattern wanted = Pattern.compile(pattern, Pattern.DOTALL);
    return session.snippets().stream()
        .filter(SnippetsIT::isRun)
        .anyMatch(snippet -> wanted.matcher(snippet.getValue().text()).matches());
  }

  private void writeData() throws IOException {
    List<String> bikes = Files.readAllLines(Path.of("src/cli/main/resources/sample/uci_bike.csv"));
    Files.write(work.resolve("demand.csv"), bikes.subList(0, 1201));
  }

  private void writeModels() throws IOException {
    Map<String, String> says =
        Map.of(
            "weir.name",
            "demand",
            "weir.seq_len",
            "5",
            "weir.readout",
            "out[:, -1]",
            "weir.scaling",
            "last");
    Files.write(work.resolve("demand.safetensors"), network(1, 2, says));
    Files.write(work.resolve("steps.safetensors"), network(1, 1, Map.of()));
    Files.write(work.resolve("other.safetensors"), network(3, 2, Map.of()));
    Files.copy(
        Path.of("src/core/test/resources/ahead/load.safetensors"),
        work.resolve("load.safetensors")); // of the program in docs/pytorch.md
    Map<String, String> ofClasses =
        Map.of(
            "weir.task",
            "classify",
            "weir.name",
            "machine",
            "weir.readout",
            "mean",
            "weir.classes",
            "[\"idle\", \"running\", \"fault\"]");
    Files.write(work.resolve("machine.safetensors"), network(1, 3, ofClasses));
  }

  /** As {@code net.state_dict()} of docs/pytorch.md: one layer, both ways, and a linear head. */
  private static byte[] network(int inputs, int outputs, Map<String, String> metadata) {
    Random random = new Random(1);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String suffix : List.of("l0", "l0_reverse")) {
      tensors.put("rnn.weight_ih_" + suffix, tensor(random, 16, inputs));
      tensors.put("rnn.weight_hh_" + suffix, tensor(random, 16, 16));
      tensors.put("rnn.bias_ih_" + suffix, tensor(random, 16));
      tensors.put("rnn.bias_hh_" + suffix, tensor(random, 16));
    }
    tensors.put("fc.weight", tensor(random, outputs, 32));
    tensors.put("fc.bias", tensor(random, outputs));
    return Safetensors.toBytes(tensors, metadata);
  }

  private static Tensor tensor(Random random, Integer... shape) {
    int size = Stream.of(shape).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (random.nextFloat() - 0.5f) / 4;
    }
    return new Tensor(List.of(shape), values);
  }

  /**
   * {@code ./weir} and {@code flink}, and the python3 that packages are installed for. A command
   * that leaves an address to its default gets this test's.
   */
  private void writePrograms() throws Exception {
    Path bin = Files.createDirectories(dir.resolve("bin"));
    program(
        work.resolve("weir"),
        """
        args=("$@")
        case "$*" in
          *--bootstrap-servers*|*--group*|"model inspect "*) ;;
          "produce "*|"tail "*|"dashboard "*|"dead-letters "*|"model "*)
            case "$*" in *.yaml*) ;; *) args+=(--bootstrap-servers %s) ;; esac ;;
        esac
        case "$*" in
          *--jobmanager*) ;;
          "status "*) args+=(--jobmanager %s) ;;
        esac
        if [ "$1" = dashboard ]; then args+=(--port 0); fi
        exec '%s' "${args[@]}"
        """
            .formatted(
                kafka,
                flink == null ? "localhost:1" : flink.rest().getAuthority(),
                Path.of("weir").toAbsolutePath()));
    program(bin.resolve("python3"), "exec /usr/bin/python3 \"$@\"\n");
    if (flink != null) {
      flink.writeCommand(bin.resolve("flink"));
    }
  }

  private static void program(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Map<String, String> environment() {
    return Map.of(
        "PATH",
        dir.resolve("bin")
            + ":"
            + System.getProperty("java.home")
            + "/bin:"
            + System.getenv("PATH"),
        "WEIR_NO_BUILD",
        "1",
        "WEIR_BUILD_DIR",
        BuiltClasspath.ofThisBuild().target().getFileName().toString(),
        "JAVA_HOME",
        System.getProperty("java.home"));
  }

  /**
   * Series whose last value is of this hour, a new one every half second: first WARMUP, then OK.
   */
  private AutoCloseable feed() throws IOException {
    ObservationCodec codec =
        registry == null
            ? new ObservationCodec()
            : ObservationCodec.registered(registry.settings(), "observations", 0);
    CountDownLatch ended = new CountDownLatch(1);
    Thread feed =
        new Thread(
            () -> {
              try {
                for (int series = 1; !ended.await(500, TimeUnit.MILLISECONDS); series++) {
                  String name = "pump-" + series;
                  Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS);
                  send(
                      IntStream.range(0, 30)
                          .mapToObj(
                              i ->
                                  new Observation(
                                      name,
                                      end.minus(29 - i, ChronoUnit.HOURS).toEpochMilli(),
                                      10 + 5 * Math.sin(i)))
                          .map(codec::encode)
                          .toList());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    feed.start();
    return () -> {
      ended.countDown(); // not an interrupt, which a producer that closes throws
      feed.join();
    };
  }

  private void send(List<byte[]> values) {
    try (Producer<byte[], byte[]> producer = KafkaClients.of(kafka).producer()) {
      values.forEach(value -> producer.send(new ProducerRecord<>("observations", value)));
    }
  }

  // ---- what is another than what is printed

  private String substitute(String text) throws IOException {
    String result =
        text.replaceAll("(broker|localhost):(9092|29092)\\b", Matcher.quoteReplacement(kafka))
            .replace("weir-NEW-job.jar", "weir-0.1.0-job.jar");
    if (registry != null) {
      result = result.replace("http://apicurio:8080/apis/ccompat/v7", registry.url());
    }
    if (flink != null) {
      result = result.replace("localhost:8081", flink.rest().getAuthority());
      Path savepoints = Path.of(java.net.URI.create(flink.savepoints()));
      Matcher savepoint = Pattern.compile("file:///savepoints/savepoint-(…|\\w+)").matcher(result);
      if (savepoint.find()) {
        result = savepoint.replaceAll(newest(savepoints));
      }
      result = result.replace("file:///savepoints", flink.savepoints());
      if (result.contains("JOB_ID")) {
        result = result.replace("JOB_ID", job());
      }
    }
    return result;
  }

  private static String newest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("savepoint-"))
          .max(Comparator.comparing(file -> file.toFile().lastModified()))
          .orElseThrow(() -> new AssertionError("expected a savepoint in " + folder))
          .toUri()
          .toString();
    }
  }

  /** The job that runs on the cluster, or the last one that did. */
  private String job() throws IOException {
    for (String job : flink.jobs()) {
      if (flink.status(job).equals("RUNNING")) {
        lastJob = job;
      }
    }
    return lastJob;
  }

  // ---- running them

  /** Runs what a document takes for granted. */
  private void runUnprinted(String command) throws Exception {
    runCommand(new Piece(session.document(), 0, command));
  }

  private void runCommand(Piece command) throws Exception {
    if (command.text().contains("JOB_ID") && job() == null) {
      runUnprinted("flink run -d target/weir-0.1.0-job.jar --job my-job.yaml");
    }
    String text = substitute(command.text());
    boolean startsJob = JOB.matcher(text).matches() && !text.contains("--dry-run");
    if (startsJob) {
      stopJobs();
    }
    String topic = outputOf(text);
    long before = startsJob ? count(topic) : 0;
    LocalProcess process = start(command, List.of("bash", "-o", "pipefail", "-c", text));
    Optional<Pattern> output =
        ENDLESS.entrySet().stream()
            .filter(entry -> entry.getKey().matcher(command.text()).matches())
            .map(Map.Entry::getValue)
            .findFirst();
    if (text.startsWith("./weir run") && !text.contains("mode=bounded")) {
      process.awaitOutput(Pattern.compile(" is running"), OUTPUT);
      jobs.add(process);
    } else if (output.isPresent()) {
      process.awaitOutput(output.get(), OUTPUT);
      process.close();
    } else {
      int code = process.exitCode(END);
      if (text.startsWith("./weir status")) { // not well before its first checkpoint
        String patient = text.replace("./weir status", "./weir status --timeout 60s");
        for (int again = 0; code != 0 && again < 10; again++) {
          process = start(command, List.of("bash", "-c", patient));
          code = process.exitCode(END);
        }
      }
      assertThat(code).as("%s%n%s", command, process.output()).isZero();
    }
    if (text.matches("(?s)(flink|\\./weir) stop .*")) { // which may end before its job does
      for (String job : flink.jobs()) {
        await(job + " ends").atMost(OUTPUT).until(() -> !flink.status(job).equals("RUNNING"));
      }
    }
    if (startsJob && !text.contains("mode=bounded")) {
      await("forecasts after " + command)
          .atMost(OUTPUT)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> count(topic) > before);
    }
  }

  private LocalProcess start(Piece snippet, List<String> command) throws IOException {
    String name = "%s-%02d".formatted(session.name(), ++processes);
    Path log = LOGS.resolve(name + ".log");
    System.out.printf("%s: %s%n", log.getFileName(), snippet);
    LocalProcess process = LocalProcess.start(name, log, command, work, environment());
    open.add(process);
    return process;
  }

  private String outputOf(String command) throws IOException {
    String job = Files.readString(work.resolve("my-job.yaml"));
    if (command.contains("my-job.yaml") && job.contains("classify:")) {
      return "classes";
    }
    Matcher topic = Pattern.compile("topics\\.forecasts=(\\S+)").matcher(command);
    return topic.find() ? topic.group(1) : "forecasts";
  }

  private long count(String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      if (!admin.listTopics().names().get().contains(topic)) {
        return 0;
      }
    }
    return new Topics(kafka, OUTPUT).count(topic, Topics.COMMITTED);
  }

  private void stopJobs() throws IOException {
    for (LocalProcess job : jobs) {
      job.close();
    }
    jobs.clear();
    if (flink != null) {
      for (String job : flink.jobs()) {
        if (flink.status(job).equals("RUNNING")) {
          cancel(job);
        }
      }
    }
  }

  private void cancel(String job) throws IOException {
    try {
      flink.cancel(job);
    } catch (IOException e) { // a query may have come to its end by itself
      assertThat(e).hasMessageContaining("another terminal state");
    }
  }

  /** A program that does not end is one that prints what arrives. */
  private void runPython(Piece program) throws IOException {
    Files.writeString(work.resolve("snippet.py"), substitute(program.text()));
    LocalProcess process = start(program, List.of("/usr/bin/python3", "-u", "snippet.py"));
    if (program.text().contains("while True")) {
      process.awaitOutput(Pattern.compile("(pump-\\d+|berlin/7/\\w+) .*\\[\\d"), OUTPUT);
      process.close();
    } else {
      assertThat(process.exitCode(END)).as("%s%n%s", program, process.output()).isZero();
    }
  }

  /** All statements of a document in one session, after jobs/topics.sql. */
  private void runSql() throws Exception {
    List<String> blocks =
        session.snippets().stream()
            .filter(snippet -> snippet.getKey().equals("sql") && isRun(snippet))
            .map(snippet -> snippet.getValue().text())
            .toList();
    if (blocks.isEmpty()) {
      return;
    }
    if (commandsMatch("flink run .*")) { // a Kafka connector in lib/ is not for the job's jar
      stopJobs();
      flink.close();
      startFlink(withSql());
    }
    String statements = Files.readString(Path.of("jobs/topics.sql")) + String.join("\n", blocks);
    if (registry != null) { // which alone shows nothing
      statements += "\nSELECT * FROM observations;\n";
    }
    int queries =
        statements.split("\nSELECT ", -1).length
            - statements.split("\n(INSERT INTO|CREATE TEMPORARY VIEW) .*\nSELECT ", -1).length;
    try (LocalProcess client = sql("statements.sql", statements, "first-row")) {
      for (int query = 1; query <= queries; query++) {
        awaitRow(client, query);
      }
      if (statements.contains("INSERT INTO")) {
        await("rows of INSERT")
            .atMost(OUTPUT)
            .until(() -> flink.jobs().stream().anyMatch(this::isFinished));
      }
    }
  }

  private void awaitRow(LocalProcess client, int query) throws IOException {
    try {
      client.awaitOutput(Pattern.compile("Query %d: \\+I\\[".formatted(query)), OUTPUT);
    } catch (AssertionError e) {
      List<String> states = new ArrayList<>();
      for (String job : flink.jobs()) {
        states.add(flink.status(job));
      }
      throw new AssertionError("%s, jobs %s: %s".formatted(session, states, e.getMessage()), e);
    }
  }

  private boolean isFinished(String job) {
    try {
      return flink.status(job).equals("FINISHED");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private LocalProcess sql(String name, String statements, String... mode) throws IOException {
    Path file = work.resolve(name);
    String jar = System.getProperty("sql.jar", "target/weir-0.1.0-sql.jar");
    Files.writeString(file, substitute(statements).replace("target/weir-0.1.0-sql.jar", jar));
    return flink.startSql(file, mode);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }
}
