package dev.weir.dashboard;

import dev.weir.dashboard.http.JobPage;
import dev.weir.dashboard.http.PageServer;
import dev.weir.dashboard.read.TopicMonitor;
import dev.weir.dashboard.read.TopicReader;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.kafka.KafkaSettings.Topics;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The live page of one job, served by this process until it is closed. Brokers and topics need not
 * be there yet, and may go away: the page says what it waits for.
 */
public final class Dashboard implements AutoCloseable {

  private final DashboardSettings settings;
  private final DashboardState state;
  private final TopicMonitor monitor;
  private final List<TopicReader> readers;
  private final ScheduledExecutorService seconds =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "dashboard-seconds");
            thread.setDaemon(true);
            return thread;
          });
  private final JobPage page;
  private final PageServer server;

  private Dashboard(DashboardSettings settings, int port) throws IOException {
    this.settings = settings;
    this.state = new DashboardState(settings, new SeriesTable(SeriesTable.MAX_BYTES));
    this.monitor = new TopicMonitor(settings.clients(), settings.topics());
    this.readers =
        List.of(
            reader("observations", found -> found.observations().names(), state::takeObservation),
            reader("forecasts", Topics::shown, state::takeOutput),
            reader("rare", found -> List.of(found.deadLetters(), found.models()), state::takeRare));
    this.page = new JobPage(settings, state, this::why);
    this.server = new PageServer(port, state, page);
    seconds.scheduleAtFixedRate(
        () -> page.takeSecond(System.currentTimeMillis()), 1, 1, TimeUnit.SECONDS);
  }

  private TopicReader reader(
      String name, Function<Topics, List<String>> topics, TopicReader.Handler handler) {
    return new TopicReader(
        name, settings.clients(), topics, settings.back(), monitor, handler, state.damaged::add);
  }

  /**
   * Starts to serve, and reads nothing yet.
   *
   * @param port of this machine's loopback address, 0 for any free one
   * @throws IOException when it cannot listen there
   */
  public static Dashboard open(DashboardSettings settings, int port) throws IOException {
    return new Dashboard(settings, port);
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

  public URI address() {
    return URI.create("http://localhost:%d/".formatted(server.port()));
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
    return state.why(
        System.currentTimeMillis(), readers.stream().anyMatch(TopicReader::isReadingBack));
  }

  @Override
  public void close() {
    seconds.shutdownNow();
    server.close();
    readers.parallelStream().forEach(TopicReader::close); // each may wait a moment for a broker
    monitor.close();
  }
}
