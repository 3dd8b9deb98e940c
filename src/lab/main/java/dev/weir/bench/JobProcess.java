package dev.weir.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.rnn.Kernels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A child process that runs {@link JobRun#serve}, as seen by its parent. */
final class JobProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long END_SECONDS = 10;

  private final BenchPipeline pipeline;
  private final Process process;
  private final Path log;
  private final PrintWriter requests;
  private final BufferedReader answers;

  /**
   * Starts the process with this JVM's own flags, except those of its heap.
   *
   * @param flink settings of the cluster
   */
  JobProcess(BenchPipeline pipeline, Map<String, String> flink, String heap, Path folder)
      throws IOException {
    this.pipeline = pipeline;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.matches("--.*|-D(log4j|weir).*|-XX:.IgnoreUnrecognizedVMOptions")) {
        command.add(flag);
      }
    }
    if (Kernels.vectorApi()) {
      command.add("--add-modules=jdk.incubator.vector"); // its warning goes to the log
    }
    command.add("-Xmx" + heap);
    command.add("-XX:-UseDynamicNumberOfCompilerThreads"); // a thread's CPU is lost when it ends
    command.add("-Djava.io.tmpdir=" + folder);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(BenchCommand.class.getName(), pipeline.name()));
    flink.forEach((key, value) -> command.add(key + "=" + value));
    log = folder.resolve(pipeline + ".log");
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    requests = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Sends a request and waits for the answer; null if there is no result. */
  Report.Repetition ask(JobRun.Request request) throws IOException {
    requests.println(JSON.writeValueAsString(request));
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(
          "%s: expected an answer, the process failed: %s".formatted(pipeline, reason()));
    }
    return JSON.readValue(line, Report.Repetition.class);
  }

  /** The last line of the log that is not part of a stack: the deepest cause. */
  private String reason() throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.isBlank() && !line.startsWith("\t"))
          .reduce("it logged nothing", (before, line) -> line);
    }
  }

  /** Kills the process and waits until it writes no more files. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
