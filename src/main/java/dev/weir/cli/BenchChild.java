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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A process that {@code weir bench} starts: the broker, or a Flink cluster that runs one job after
 * the other. One line of JSON on standard input asks for a run, one on standard output answers; the
 * process ends with its input, so with the one that started it.
 */
final class BenchChild {

  private static final ObjectMapper JSON = new ObjectMapper();

  private BenchChild() {}

  /** {@code broker DATA_DIR} or {@code flink PIPELINE [FLINK_SETTING=VALUE]...}. */
  public static void main(String[] args) {
    PrintStream answers = System.out;
    System.setOut(System.err); // whatever else is printed is no answer
    BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(requests), "requests");
    reader.setDaemon(true);
    reader.start();
    try {
      if (args[0].equals("broker")) {
        broker(Path.of(args[1]), answers);
      } else {
        flink(args, requests, answers);
      }
    } catch (Throwable e) { // threads of the cluster would keep the process
      e.printStackTrace();
      System.err.println(message(e));
      Runtime.getRuntime().halt(1);
    }
  }

  /** Ends the process with its input, whatever it is at: nobody would read the answer. */
  private static void read(BlockingQueue<String> requests) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        requests.add(line);
      }
    } catch (IOException e) {
      System.err.println("standard input: " + e.getMessage());
    }
    Runtime.getRuntime().halt(0); // its files are in the folder that the parent deletes
  }

  private static void broker(Path data, PrintStream answers) throws Exception {
    Map<String, String> properties = // what has been measured goes at once
        Map.of("log.segment.delete.delay.ms", "100", "log.segment.bytes", "134217728");
    try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0, properties)) {
      answer(answers, JSON.createObjectNode().put("bootstrap_servers", broker.bootstrapServers()));
      Thread.currentThread().join(); // until the input ends
    }
  }

  private static void flink(String[] args, BlockingQueue<String> requests, PrintStream answers)
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
      while (true) {
        JsonNode request = JSON.readTree(requests.take());
        ObjectNode result;
        try (BenchRun run = BenchRun.start(cluster, pipeline, request)) {
          if (request.path("paced").asBoolean()) { // the load comes while we wait
            answer(answers, JSON.createObjectNode().put("running", true));
            requests.take(); // until the load generator is through
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
