package dev.weir.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs one pipeline's jobs, one after the other: a line of JSON on standard input asks for a run, a
 * line on standard output answers. Ends with its input, and so with its parent.
 */
public final class JobServer {

  private static final ObjectMapper JSON = new ObjectMapper();

  private JobServer() {}

  /**
   * A run of a job.
   *
   * @param job path of the job file
   * @param flink settings of Flink
   * @param throughput how to read the topic flat out; null: only run the job until the next line
   */
  record Request(String job, Map<String, String> flink, Throughput throughput) {}

  /**
   * A measurement of a job that reads its topic flat out.
   *
   * @param records in the topic
   * @param warmRecords to read before it starts, at least
   * @param warmMillis to read before it starts, at least
   * @param millis that it lasts at most
   * @param rescale whether to stop the job with a savepoint then, and restore it with two tasks
   */
  record Throughput(
      long records, long warmRecords, long warmMillis, long millis, boolean rescale) {}

  /**
   * Serves requests until standard input ends; throws what a job fails with.
   *
   * @param cluster with two slots and {@code restart-strategy.type: none}
   * @param environments whose jobs run on {@code cluster}
   * @param pipeline name of a {@link Pipeline}
   */
  public static void serve(
      MiniCluster cluster,
      Supplier<StreamExecutionEnvironment> environments,
      String pipeline,
      PrintStream answers)
      throws Exception {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Request request = JSON.readValue(line, Request.class);
        Object answer = Map.of();
        try (JobRun run = new JobRun(cluster, environments, Pipeline.valueOf(pipeline), request)) {
          if (request.throughput != null) {
            answer = run.measure(request.throughput);
          } else {
            answer(answers, Map.of());
            lines.readLine(); // the load generator is through
            run.failIfEnded();
          }
        }
        System.gc(); // not in the next run
        answer(answers, answer);
      }
    }
  }

  private static void answer(PrintStream answers, Object answer) throws IOException {
    answers.println(JSON.writeValueAsString(answer));
    answers.flush();
  }
}
