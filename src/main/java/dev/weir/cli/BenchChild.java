package dev.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * A process that {@code weir bench} starts: the broker, or a Flink cluster that runs one job after
 * the other. One line of JSON on standard input asks for a run, one on standard output answers; the
 * process ends with its input, so with the one that started it.
 */
final class BenchChild {

  private static final ObjectMapper JSON = new ObjectMapper();

  private BenchChild() {}

  /** {@code broker DATA_DIR} or {@code flink PIPELINE [FLINK_SETTING=VALUE]...}. */
  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // whatever else is printed is no answer
    try (BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      if (args[0].equals("broker")) {
        broker(Path.of(args[1]), requests, answers);
      } else {
        flink(args, requests, answers);
      }
    }
    System.exit(0); // clusters leave threads behind
  }

  private static void broker(Path data, BufferedReader requests, PrintStream answers)
      throws Exception {
    Map<String, String> properties = // what has been measured goes at once
        Map.of("log.segment.delete.delay.ms", "100", "log.segment.bytes", "134217728");
    try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0, properties)) {
      answer(answers, JSON.createObjectNode().put("bootstrap_servers", broker.bootstrapServers()));
      while (requests.readLine() != null) {
        throw new IllegalStateException("expected no request to the broker");
      }
    }
  }

  private static void flink(String[] args, BufferedReader requests, PrintStream answers)
      throws Exception {
    BenchPipeline pipeline = BenchPipeline.ofLabel(args[1]);
    java.util.HashMap<String, String> settings = new java.util.HashMap<>();
    settings.put("rest.bind-port", "0");
    settings.put("restart-strategy.type", "none"); // a failure is to be told, not repeated
    for (int i = 2; i < args.length; i++) {
      String[] setting = args[i].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    try (LocalCluster cluster = LocalCluster.start(settings)) {
      answer(answers, JSON.createObjectNode().put("ready", true));
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        JsonNode request = JSON.readTree(line);
        ObjectNode result;
        try (BenchRun run = BenchRun.start(cluster, pipeline, request)) {
          if (request.path("paced").asBoolean()) { // the load comes while we wait
            answer(answers, JSON.createObjectNode().put("running", true));
            requests.readLine(); // until the load generator is through
            result = run.checkpoint(JSON.createObjectNode());
          } else {
            result = run.measure();
          }
        } catch (Exception e) {
          e.printStackTrace();
          result = JSON.createObjectNode().put("error", message(e));
        }
        System.gc(); // what this run held is not to be collected in the next one
        answer(answers, result);
      }
    }
  }

  private static String message(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static void answer(PrintStream answers, ObjectNode answer) throws IOException {
    answers.println(JSON.writeValueAsString(answer));
    answers.flush();
  }
}
