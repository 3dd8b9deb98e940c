package dev.weir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.Documents;
import dev.weir.Patience;
import dev.weir.cli.local.EmbeddedBroker;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.configuration.GlobalConfiguration;
import org.awaitility.core.ConditionFactory;

/**
 * A Flink session cluster of real processes from the build's jars: one JobManager, TaskManagers by
 * name. Its configuration is the project's {@code conf/config.yaml} with what a test must change,
 * and the JVMs get the memory flags that Flink's own scripts would compute. All files lie below one
 * folder, which is kept for a look afterwards.
 */
final class FlinkCluster implements AutoCloseable {
  /** Most processes live for a minute only: quick to start, and little to compile. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  private static final Duration START = Patience.LIMIT;
  private static final Duration CLIENT = Patience.LIMIT;
  private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final String PARAMS = "BASH_JAVA_UTILS_EXEC_RESULT:";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final BuiltClasspath classpath;
  private final Path dir;
  private final URI rest;
  private final Map<String, String> config;
  private final Map<String, LocalProcess> taskManagers = new TreeMap<>();
  private final Map<String, Integer> starts = new TreeMap<>();
  private Flags jobManagerFlags;
  private Flags taskManagerFlags;
  private LocalProcess jobManager;

  /** What BashJavaUtils answers: flags of the JVM, and properties for the process. */
  private record Flags(List<String> jvm, List<String> dynamic) {}

  private FlinkCluster(BuiltClasspath classpath, Path dir, Map<String, String> overrides)
      throws IOException {
    this.classpath = classpath;
    this.dir = dir.toAbsolutePath();
    int restPort = EmbeddedBroker.freePort();
    int rpcPort = EmbeddedBroker.freePort();
    this.rest = URI.create("http://localhost:" + restPort);
    this.config = new TreeMap<>(GlobalConfiguration.loadConfiguration("conf").toMap());
    config.put("jobmanager.rpc.address", "localhost");
    config.put("jobmanager.rpc.port", Integer.toString(rpcPort));
    config.put("jobmanager.bind-host", "localhost");
    config.put("jobmanager.memory.process.size", "1g");
    config.put("taskmanager.host", "localhost");
    config.put("taskmanager.bind-host", "localhost");
    config.put("taskmanager.memory.process.size", "1536m");
    config.put("taskmanager.numberOfTaskSlots", "2");
    config.put("rest.address", "localhost");
    config.put("rest.bind-address", "localhost");
    config.put("rest.port", Integer.toString(restPort));
    config.put("io.tmp.dirs", this.dir.resolve("tmp").toString());
    config.put("web.upload.dir", this.dir.resolve("web").toString());
    config.put("execution.checkpointing.dir", this.dir.resolve("checkpoints").toUri().toString());
    config.put("execution.checkpointing.savepoint-dir", savepoints());
    config.put("execution.checkpointing.interval", "1s");
    config.put("execution.checkpointing.min-pause", "0s");
    // Each process takes the first port of the range that is free, and logs which.
    int first = EmbeddedBroker.freePort();
    while (restPort - first >>> 5 == 0 || rpcPort - first >>> 5 == 0) { // one of 32 from there
      first = EmbeddedBroker.freePort();
    }
    config.put("metrics.reporter.prom.port", first + "-" + (first + 31));
    // A test waits for recovery, so a lost process is to be noticed soon.
    config.put("heartbeat.interval", "2s");
    config.put("heartbeat.timeout", "8s");
    // On a busy machine a JVM may take longer than the default of 10 s to open its port.
    config.put("pekko.startup-timeout", "2 min");
    config.put("env.java.opts.all", QUICK_START);
    config.put("restart-strategy.exponential-delay.initial-backoff", "500ms");
    config.put("restart-strategy.exponential-delay.max-backoff", "2s");
    config.putAll(overrides);
  }

  /** Starts a JobManager and {@code tm-1 … tm-N}; returns once every slot is offered. */
  static FlinkCluster start(
      BuiltClasspath classpath, Path dir, int taskManagers, Map<String, String> overrides)
      throws Exception {
    FlinkCluster cluster = new FlinkCluster(classpath, dir, overrides);
    try {
      cluster.writeConfiguration();
      cluster.computeFlags();
      cluster.startJobManager();
      for (int i = 1; i <= taskManagers; i++) {
        cluster.startTaskManager("tm-" + i);
      }
      cluster.awaitSlots(
          taskManagers * Integer.parseInt(cluster.config.get("taskmanager.numberOfTaskSlots")));
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  // ---- processes

  void startJobManager() throws IOException {
    jobManager =
        launch(
            "jobmanager",
            jobManagerFlags,
            "jobmanager",
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
  }

  /** Starts a new TaskManager, or one of that name again after its end. */
  void startTaskManager(String name) throws IOException {
    LocalProcess old = taskManagers.get(name);
    if (old != null && old.isAlive()) {
      throw new IllegalStateException(
          name + ": expected to be down, is running as pid " + old.pid());
    }
    taskManagers.put(
        name,
        launch(
            name,
            taskManagerFlags,
            "taskmanager",
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"));
  }

  LocalProcess jobManager() {
    return jobManager;
  }

  /** The JobManager and the newest TaskManager of each name. */
  List<LocalProcess> processes() {
    List<LocalProcess> all = new ArrayList<>(taskManagers.values());
    all.add(jobManager);
    return all;
  }

  /** The names of all TaskManagers that were started, whether they run or not. */
  List<String> taskManagers() {
    return List.copyOf(taskManagers.keySet());
  }

  /** The name of a TaskManager that runs tasks of this job. */
  String taskManagerOf(String jobId) throws IOException {
    for (JsonNode vertex : get("/jobs/" + jobId).path("vertices")) {
      String path =
          "/jobs/%s/vertices/%s/taskmanagers".formatted(jobId, vertex.path("id").asText());
      for (JsonNode host : get(path).path("taskmanagers")) {
        for (Map.Entry<String, LocalProcess> taskManager : taskManagers.entrySet()) {
          if (taskManager.getValue().name().equals(host.path("taskmanager-id").asText())
              && host.path("status").asText().equals("RUNNING")) {
            return taskManager.getKey();
          }
        }
      }
    }
    throw new AssertionError(
        "job " + jobId + ": expected tasks on one of " + taskManagers.keySet());
  }

  LocalProcess taskManager(String name) {
    LocalProcess process = taskManagers.get(name);
    if (process == null) {
      throw new IllegalArgumentException(
          "TaskManager: expected one of " + taskManagers.keySet() + ", got " + name);
    }
    return process;
  }

  /**
   * {@code flink run -d args}, as a person would type it. Returns the id of the job.
   *
   * @param args options of {@code flink run}, the jar, then the job's own options
   */
  String flinkRun(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of("run", "-d"));
    command.addAll(List.of(args));
    LocalProcess client = flink(command);
    String output = client.output();
    Matcher submitted = SUBMITTED.matcher(output);
    assertThat(submitted.find()).as("flink %s:%n%s", command, output).isTrue();
    return submitted.group(1);
  }

  /** Runs a file of statements by Flink's SQL client; returns what it printed. */
  String sql(Path file) throws IOException {
    List<String> jvm = List.of("-Xmx384m");
    String path = file.toAbsolutePath().toString();
    // the client calls what only a Flink of its own version has
    boolean fits = System.getProperty("flink.version", "").startsWith("2.3.");
    return fits
        ? client("org.apache.flink.table.client.SqlClient", List.of("embedded", "-f", path), jvm)
            .output()
        : client(StatementFile.class.getName(), List.of(path), jvm).output();
  }

  /** Runs statements as {@link #sql}; returns the ids of the jobs that it started. */
  List<String> sqlJobs(String statements) throws IOException {
    Path file = Files.createTempFile(dir, "job", ".sql");
    String printed = sql(Files.writeString(file, statements));
    return Pattern.compile("Job ID: ([0-9a-f]{32})")
        .matcher(printed)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** Starts a file of statements, which prints the rows of its queries: {@link StatementFile}. */
  LocalProcess startSql(Path file, String... mode) throws IOException {
    List<String> flags = new ArrayList<>(List.of("-Xmx384m"));
    flags.addAll(commonFlags("client"));
    List<String> args = new ArrayList<>(List.of(file.toAbsolutePath().toString()));
    args.addAll(List.of(mode));
    String name = "sql-" + starts.merge("sql", 1, Integer::sum);
    return java(name, flags, StatementFile.class.getName(), args);
  }

  /** A program like {@code bin/flink} of Flink's distribution. */
  void writeCommand(Path file) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(commonFlags("client"));
    command.add("-cp");
    command.add(
        String.join(File.pathSeparator, classpath.cluster().stream().map(Path::toString).toList()));
    command.add("org.apache.flink.client.cli.CliFrontend");
    Files.writeString(
        file,
        "#!/bin/bash\nexport FLINK_CONF_DIR='%s'\nexec '%s' \"$@\"\n"
            .formatted(dir.resolve("conf"), String.join("' '", command)));
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Flink's command line in a process of its own; fails unless it ends with 0. */
  LocalProcess flink(List<String> args) throws IOException {
    return client(
        "org.apache.flink.client.cli.CliFrontend",
        args,
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
  }

  private LocalProcess client(String mainClass, List<String> args, List<String> jvm)
      throws IOException {
    String name = "client-" + starts.merge("client", 1, Integer::sum);
    List<String> flags = new ArrayList<>(jvm);
    flags.addAll(commonFlags("client"));
    try (LocalProcess client = java(name, flags, mainClass, args)) {
      int code = client.exitCode(CLIENT);
      assertThat(code).as("%s %s:%n%s", mainClass, args, client.output()).isZero();
      return client;
    }
  }

  /**
   * Runs the jar through the REST interface, as the web page does: the program's {@code main} is
   * called in the JobManager, which saves the start of a client.
   *
   * @param from a savepoint or retained checkpoint, or null to start without state
   * @param configuration Flink's own settings of this job
   * @param args the job's own options
   */
  String runJar(
      Path jar, int parallelism, String from, Map<String, String> configuration, List<String> args)
      throws IOException {
    // Where the JobManager would put an upload, so that a new JobManager finds it as well.
    Path uploads = Files.createDirectories(dir.resolve("web/flink-web-upload"));
    if (!Files.exists(uploads.resolve(jar.getFileName()))) {
      Files.copy(jar, uploads.resolve(jar.getFileName()));
    }
    ObjectNode body = JSON.createObjectNode().put("parallelism", parallelism);
    body.set("programArgsList", JSON.valueToTree(args));
    body.set("flinkConfiguration", JSON.valueToTree(configuration));
    if (from != null) {
      body.put("savepointPath", from);
    }
    return send("POST", "/jars/" + jar.getFileName() + "/run", body).path("jobid").asText();
  }

  // ---- REST

  /** Waits although a JobManager may start or restart meanwhile, and not answer. */
  private static ConditionFactory patiently(String what) {
    return await(what)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsInstanceOf(IOException.class);
  }

  URI rest() {
    return rest;
  }

  /** Where savepoints go, as a URI. */
  String savepoints() {
    return dir.resolve("savepoints").toUri().toString();
  }

  void awaitSlots(int expected) {
    awaitOverview("slots-total", expected);
  }

  void awaitTaskManagers(int expected) {
    awaitOverview("taskmanagers", expected);
  }

  private void awaitOverview(String field, int expected) {
    patiently(field + " is " + expected)
        .until(
            () -> {
              assertAlive();
              return get("/overview").path(field).asInt(-1) == expected;
            });
  }

  /** Fails early, with the end of its log, when a process that should run has died. */
  private void assertAlive() {
    if (!jobManager.isAlive()) {
      throw new AssertionError("JobManager ended:\n" + jobManager.tail());
    }
  }

  /** Ids of all jobs that the cluster knows, finished ones too. */
  List<String> jobs() throws IOException {
    return StreamSupport.stream(get("/jobs").path("jobs").spliterator(), false)
        .map(job -> job.path("id").asText())
        .toList();
  }

  /** RUNNING, RESTARTING, FINISHED …; of the job, not of its tasks. */
  String status(String jobId) throws IOException {
    return get("/jobs/" + jobId).path("state").asText();
  }

  void awaitStatus(String jobId, String expected) {
    patiently("job " + jobId + " is " + expected).until(() -> status(jobId).equals(expected));
  }

  /**
   * A job is called RUNNING while its tasks are still being deployed: waits until each of them
   * runs.
   */
  void awaitRunning(String jobId) {
    patiently("all tasks of job " + jobId + " run")
        .until(
            () -> {
              JsonNode job = get("/jobs/" + jobId);
              return job.path("state").asText().equals("RUNNING")
                  && job.path("vertices").size() > 0
                  && StreamSupport.stream(job.path("vertices").spliterator(), false)
                      .allMatch(vertex -> vertex.path("status").asText().equals("RUNNING"));
            });
  }

  JsonNode checkpoints(String jobId) throws IOException {
    return get("/jobs/" + jobId + "/checkpoints");
  }

  /** Waits until {@code more} checkpoints have completed from now on. */
  void awaitCheckpoints(String jobId, int more) throws IOException {
    int before = checkpoints(jobId).path("counts").path("completed").asInt();
    patiently(more + " more checkpoints")
        .until(() -> checkpoints(jobId).path("counts").path("completed").asInt() >= before + more);
  }

  /** Completes a checkpoint now, whatever the interval. */
  void checkpoint(String jobId) throws IOException {
    int before = checkpoints(jobId).path("counts").path("completed").asInt();
    send("POST", "/jobs/" + jobId + "/checkpoints", JSON.createObjectNode());
    patiently("a checkpoint of job " + jobId)
        .until(() -> checkpoints(jobId).path("counts").path("completed").asInt() > before);
  }

  /** How often the job has gone back to a checkpoint or savepoint. */
  int restored(String jobId) throws IOException {
    return checkpoints(jobId).at("/counts/restored").asInt();
  }

  /** Waits until the job has gone back to a checkpoint once more, and all its tasks run again. */
  void awaitRestored(String jobId, int before) {
    patiently("job " + jobId + " is restored").until(() -> restored(jobId) > before);
    awaitRunning(jobId);
  }

  /** The newest complete checkpoint on disk, which is all that a killed JobManager leaves. */
  String newestCheckpoint(String jobId) throws IOException {
    Pattern name = Pattern.compile("chk-(\\d+)");
    try (Stream<Path> checkpoints = Files.list(dir.resolve("checkpoints").resolve(jobId))) {
      return checkpoints
          .filter(path -> name.matcher(path.getFileName().toString()).matches())
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .max(
              Comparator.comparing(
                  path -> Long.valueOf(path.getFileName().toString().substring(4))))
          .orElseThrow(() -> new AssertionError("job " + jobId + ": expected a checkpoint"))
          .toUri()
          .toString();
    }
  }

  JsonNode exceptions(String jobId) throws IOException {
    return get("/jobs/" + jobId + "/exceptions");
  }

  /**
   * Stops the job as {@code flink stop} does; returns the savepoint's location, once the job has
   * FINISHED.
   */
  String stopWithSavepoint(String jobId) throws IOException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("targetDirectory", savepoints())
            .put("drain", false)
            .put("formatType", "CANONICAL");
    String location = awaitSavepoint(jobId, send("POST", "/jobs/" + jobId + "/stop", body));
    awaitStatus(jobId, "FINISHED");
    return location;
  }

  /** Takes a savepoint of a job that goes on; returns its location. */
  String savepoint(String jobId) throws IOException {
    ObjectNode body =
        JSON.createObjectNode().put("target-directory", savepoints()).put("cancel-job", false);
    return awaitSavepoint(jobId, send("POST", "/jobs/" + jobId + "/savepoints", body));
  }

  /** Asks for the end of a job and does not wait for it. */
  void cancelLater(String jobId) throws IOException {
    send("PATCH", "/jobs/" + jobId + "?mode=cancel", null);
  }

  void cancel(String jobId) throws IOException {
    cancelLater(jobId);
    awaitStatus(jobId, "CANCELED");
  }

  private String awaitSavepoint(String jobId, JsonNode trigger) {
    String path = "/jobs/" + jobId + "/savepoints/" + trigger.path("request-id").asText();
    JsonNode done =
        patiently("savepoint of job " + jobId)
            .until(
                () -> get(path),
                answer -> answer.path("status").path("id").asText().equals("COMPLETED"));
    JsonNode location = done.path("operation").path("location");
    assertThat(location.isTextual()).as("savepoint: %s", done).isTrue();
    return location.asText();
  }

  JsonNode get(String path) throws IOException {
    return send("GET", path, null);
  }

  private JsonNode send(String method, String path, JsonNode body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(rest.resolve(path))
            .timeout(Patience.LIMIT)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    String answer = body(request);
    return answer.isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer);
  }

  private String body(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new IOException(
            "%s %s: HTTP %d %s"
                .formatted(
                    request.method(), request.uri(), response.statusCode(), response.body()));
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during " + request.method() + " " + request.uri(), e);
    }
  }

  // ---- configuration

  private void writeConfiguration() throws IOException {
    LocalProcess.emptyFolder(dir);
    Files.createDirectories(dir.resolve("conf"));
    Files.createDirectories(dir.resolve("tmp"));
    StringBuilder yaml = new StringBuilder();
    for (Map.Entry<String, String> entry : config.entrySet()) {
      yaml.append(entry.getKey())
          .append(": ")
          .append(JSON.writeValueAsString(entry.getValue()))
          .append('\n');
    }
    Files.writeString(dir.resolve("conf/config.yaml"), yaml);
    Files.writeString(
        dir.resolve("conf/log4j2.properties"),
        """
        rootLogger.level = INFO
        rootLogger.appenderRef.console.ref = console
        appender.console.name = console
        appender.console.type = CONSOLE
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %-40c{1.} - %m%n
        """
            + Documents.outageFilter());
  }

  private void computeFlags() throws Exception {
    // Each answer costs the start of a JVM, so both are asked at once, and once only.
    CompletableFuture<Flags> forTaskManagers =
        CompletableFuture.supplyAsync(() -> flags("GET_TM_RESOURCE_PARAMS"));
    jobManagerFlags = flags("GET_JM_RESOURCE_PARAMS");
    taskManagerFlags = forTaskManagers.get();
  }

  private Flags flags(String command) {
    try (LocalProcess asked =
        java(
            command,
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            "org.apache.flink.runtime.util.bash.BashJavaUtils",
            List.of(command, "--configDir", dir.resolve("conf").toString()))) {
      int code = asked.exitCode(START);
      List<String> answers =
          asked
              .output()
              .lines()
              .filter(line -> line.startsWith(PARAMS))
              .map(l -> l.substring(PARAMS.length()))
              .toList();
      assertThat(answers).as("%s ended with %d:%n%s", command, code, asked.output()).hasSize(2);
      return new Flags(words(answers.get(0)), words(answers.get(1)));
    } catch (IOException e) {
      throw new IllegalStateException(command + ": cannot start", e);
    }
  }

  private LocalProcess launch(String name, Flags flags, String kind, String mainClass)
      throws IOException {
    String start = name + "-" + starts.merge(name, 1, Integer::sum);
    List<String> jvm = new ArrayList<>(flags.jvm());
    jvm.addAll(commonFlags(kind));
    List<String> args = new ArrayList<>(List.of("--configDir", dir.resolve("conf").toString()));
    args.addAll(flags.dynamic());
    args.addAll(List.of("-D", "taskmanager.resource-id=" + start));
    return java(start, jvm, mainClass, args);
  }

  /** A JVM of the cluster, whose output goes to a file of its name. */
  private LocalProcess java(String name, List<String> jvm, String mainClass, List<String> args)
      throws IOException {
    return LocalProcess.java(
        name,
        dir.resolve("log/" + name + ".log"),
        jvm,
        classpath.cluster(),
        mainClass,
        args,
        Map.of("FLINK_CONF_DIR", dir.resolve("conf").toString()));
  }

  /**
   * What Flink's scripts put before the class: the configured options of all processes, then of
   * this kind.
   */
  private List<String> commonFlags(String kind) {
    List<String> flags = new ArrayList<>();
    for (String key :
        List.of("env.java.default-opts.all", "env.java.opts.all", "env.java.opts." + kind)) {
      flags.addAll(words(config.getOrDefault(key, "")));
    }
    flags.add("-Dlog4j.configurationFile=" + dir.resolve("conf/log4j2.properties").toUri());
    return flags;
  }

  private static List<String> words(String line) {
    return Stream.of(line.strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  @Override
  public void close() {
    taskManagers.values().forEach(LocalProcess::close);
    if (jobManager != null) {
      jobManager.close();
    }
  }
}
