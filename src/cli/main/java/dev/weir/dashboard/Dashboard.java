package dev.weir.dashboard;

import dev.weir.dashboard.http.AccessFilter;
import dev.weir.dashboard.http.JobPage;
import dev.weir.dashboard.http.PageServer;
import dev.weir.dashboard.read.HistoryLoader;
import dev.weir.dashboard.read.TopicMonitor;
import dev.weir.dashboard.read.TopicReader;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The live page of one job, served by this process until it is closed. Brokers and topics need not
 * be there yet, and may go away: the page says what it waits for.
 */
public final class Dashboard implements AutoCloseable {

  private static final long FIRST_MILLIS = 100; // as often as Events looks for news

  private final DashboardSettings settings;
  private final DashboardState state;
  private final TopicMonitor monitor;
  private final List<TopicReader> readers;
  private final HistoryLoader lookBack;
  private final ScheduledExecutorService seconds =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "dashboard-seconds");
            thread.setDaemon(true);
            return thread;
          });
  private final JobPage page;
  private final PageServer server;
  private final URI address;

  private Dashboard(DashboardSettings settings, InetSocketAddress bind, String token)
      throws IOException {
    this.settings = settings;
    var topics = settings.topics();
    this.state =
        new DashboardState(topics, settings.registry(), settings.mapping(), settings.limits());
    KafkaClients clients = settings.clients();
    this.monitor = new TopicMonitor(clients, topics);
    int back = settings.limits().back();
    this.readers =
        List.of(
            new TopicReader(
                "observations",
                clients,
                found -> found.observations().names(),
                back,
                monitor,
                state::takeObservation,
                state.damaged::add),
            new TopicReader(
                "forecasts",
                clients,
                Topics::ofSeries,
                back,
                monitor,
                state::takeOutput,
                state.damaged::add),
            new TopicReader(
                "rare",
                clients,
                found -> List.of(found.deadLetters(), found.models()),
                back,
                monitor,
                state::takeRare,
                state.damaged::add));
    this.page = new JobPage(settings, state, this::why);
    this.lookBack = new HistoryLoader(clients, topics, state, back);
    this.server = new PageServer(bind, token, PageServer.IDLE, state, page, lookBack);
    this.address = address(bind, server.port());
    seconds.scheduleAtFixedRate(page::takeSecond, 1, 1, TimeUnit.SECONDS);
    seconds.scheduleWithFixedDelay(
        page::takeFirst, FIRST_MILLIS, FIRST_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** {@link #open} and {@link #read} in one. */
  public static Dashboard start(DashboardSettings settings, InetSocketAddress bind, String token)
      throws IOException {
    Dashboard dashboard = open(settings, bind, token);
    dashboard.read();
    return dashboard;
  }

  /**
   * Starts to serve, and reads nothing yet.
   *
   * @param bind where to listen, port 0 for any free one
   * @param token what each request must carry; null for none, which only loopback may do without
   * @throws IllegalArgumentException when a token is missing or too short
   * @throws IOException when it cannot listen there
   */
  public static Dashboard open(DashboardSettings settings, InetSocketAddress bind, String token)
      throws IOException {
    if (bind.isUnresolved()) {
      throw new IllegalArgumentException(
          "bind: expected an address of this machine, got " + bind.getHostString());
    }
    if (token == null && !bind.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "token: expected one, since %s can be reached from elsewhere, got none"
              .formatted(bind.getAddress().getHostAddress()));
    }
    return new Dashboard(settings, bind, token);
  }

  /** Starts to read. To be called once. */
  public void read() {
    monitor.start();
    readers.forEach(TopicReader::start);
  }

  /** Where Flink's own page is, once that is known. */
  public void showFlink(URI page) {
    this.page.flink(page);
  }

  /** A token that nobody can guess. */
  public static String randomToken() {
    return AccessFilter.randomToken();
  }

  /** Where the page is, without a token. */
  public URI address() {
    return address;
  }

  private static URI address(InetSocketAddress bind, int port) {
    InetAddress named = InetAddress.getLoopbackAddress(); // what localhost is, such as 127.0.0.1
    String host =
        bind.getAddress().isAnyLocalAddress() || bind.getAddress().equals(named)
            ? "localhost"
            : bind.getAddress().getHostAddress();
    return URI.create(
        "http://%s:%d/".formatted(host.contains(":") ? "[" + host + "]" : host, port));
  }

  /** What the page waits for, as a sentence; null when it is live. */
  private String why() {
    TopicMonitor.Seen seen = monitor.seen();
    if (seen.problem() != null) {
      return seen.problem();
    }
    if (settings.note() != null && state.observations.sum() == 0 && seen.missing().isEmpty()) {
      return "The first values are about to come.";
    }
    var topics = settings.topics();
    Map<String, String> starts = new LinkedHashMap<>();
    for (String name : topics.observations().names()) {
      starts.put(name, "send some: weir produce --input FILE --topic %s");
    }
    starts.put(topics.output(), "a job makes it when it starts: weir run JOB.yaml");
    for (Map.Entry<String, String> topic : starts.entrySet()) {
      if (seen.missing().contains(topic.getKey())) {
        return "There is no topic %s on Kafka at %s yet; %s."
            .formatted(
                topic.getKey(),
                settings.clients().bootstrapServers(),
                topic.getValue().formatted(topic.getKey()));
      }
    }
    for (TopicReader reader : readers) {
      if (reader.problem() != null) {
        return reader.problem();
      }
    }
    if (monitor.hidden() != null) {
      return monitor.hidden();
    }
    return state.why(
        System.currentTimeMillis(), readers.stream().anyMatch(TopicReader::isReadingBack));
  }

  @Override
  public void close() {
    seconds.shutdownNow();
    server.close();
    lookBack.close();
    readers.parallelStream().forEach(TopicReader::close); // each may wait a moment for a broker
    monitor.close();
  }
}
