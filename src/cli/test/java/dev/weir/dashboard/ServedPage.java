package dev.weir.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.Patience;
import dev.weir.dashboard.http.JobPage;
import dev.weir.dashboard.http.PageServer;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.AlarmRules.SeriesThreshold;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** A page over what a test puts into it by hand, with no Kafka behind it. */
public final class ServedPage implements AutoCloseable {

  private static final AlarmRules RULES =
      new AlarmRules(
          null,
          List.of(),
          List.of(
              new SeriesThreshold(Pattern.compile("pump"), new Threshold(66, true, 4, 0.8)),
              new SeriesThreshold(null, new Threshold(-1, false, 2, 0.8))));

  private static final ObjectMapper JSON = new ObjectMapper();

  public final DashboardState state;
  public final JobPage job;
  private final PageServer server;
  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  private ServedPage(Topics topics) throws IOException {
    DashboardSettings settings =
        new DashboardSettings(
            KafkaClients.of("localhost:1"), topics, null, null, null, 10, null, RULES);
    this.state = new DashboardState(settings, new SeriesTable(SeriesTable.MAX_BYTES));
    this.job = new JobPage(settings, state, () -> null);
    this.server = new PageServer(0, state, job);
  }

  /** Of a job that raises alarms. */
  public static ServedPage withAlarms() throws IOException {
    return new ServedPage(Records.WITH_ALARMS);
  }

  public static ServedPage start() throws IOException {
    return new ServedPage(Records.TOPICS);
  }

  /** A page over topics of a broker. */
  public static Dashboard read(DashboardSettings settings) throws IOException {
    Dashboard page = Dashboard.open(settings, 0);
    page.read();
    return page;
  }

  public int listeners() {
    return server.listeners();
  }

  public int port() {
    return server.port();
  }

  URI at(String path) {
    return URI.create("http://localhost:" + port() + path);
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, headers);
  }

  public HttpResponse<String> send(String method, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(path))
            .timeout(Patience.LIMIT)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public JsonNode json(String path) {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return parse(response.body());
  }

  public static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).isNull() ? Double.NaN : array.get(i).doubleValue();
    }
    return numbers;
  }

  /** Sends these bytes as they are and returns what comes until the server closes, or for 10 s. */
  public String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      try {
        byte[] buffer = new byte[8_192];
        for (int n = socket.getInputStream().read(buffer);
            n >= 0;
            n = socket.getInputStream().read(buffer)) {
          answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
      } catch (java.net.SocketTimeoutException e) {
        // as long as it is wanted
      }
      return answer.toString();
    }
  }

  /** A connection that asks for events. */
  public Socket listen(String query) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    String request =
        "GET /api/events%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
            .formatted(query);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  public void take(List<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> records) {
    for (var record : records) {
      if (record.topic().equals(Records.TOPICS.observations().first())) {
        state.takeObservation(record, true);
      } else if (record.topic().equals(Records.TOPICS.deadLetters())
          || record.topic().equals(Records.TOPICS.models())) {
        state.takeRare(record, true);
      } else {
        state.takeOutput(record, true);
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
