package dev.weir.cli.dashboard;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.option.TopicOptions;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.http.PageServer;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir dashboard}: serves the live page of a running job. */
@Command(
    name = "dashboard",
    description = "Serves a live page of a job's topics to this machine.",
    footer = {
      "",
      "Examples: weir dashboard my-job.yaml",
      "          weir dashboard --bootstrap-servers broker:9092"
    })
public final class DashboardCommand implements Callable<Integer> {

  public static final int PORT = 8090;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where to listen; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port = PORT;

  @Mixin private TopicOptions topics;

  @Option(names = "--alarms", paramLabel = "TOPIC", descriptionKey = "topics.alarms")
  private String alarms; // null: that of the job file

  @Option(
      names = "--back",
      paramLabel = "N",
      description =
          "How many of its newest records are read of each partition at the start (default:"
              + " ${DEFAULT-VALUE}).")
  private int back = DashboardSettings.BACK;

  @Option(
      names = "--flink",
      paramLabel = "URL",
      description = "Flink's own page, for a link to it.")
  private URI flink;

  @Option(names = "--no-browser", description = "Do not open the page in a browser.")
  private boolean noBrowser;

  @Mixin private KafkaOptions.WithJob kafka;

  @Mixin private RegistryOption registry;

  @Override
  public Integer call() throws Exception {
    UsageException.checkRange("--port", port, 0, 65_535);
    UsageException.checkRange("--back", back, 1, 100_000_000);
    if (flink != null
        && (!String.valueOf(flink.getScheme()).matches("https?")
            || flink.toString().contains("@"))) { // each visitor gets the link
      throw new UsageException(
          "--flink: expected an address that starts with http:// or https://, without a user, got "
              + flink);
    }
    PageServer.requireFree(port); // before the brokers are waited for
    DashboardSettings settings =
        new DashboardSettings(
            kafka.clients(),
            topics(),
            registry.settings(kafka),
            kafka.mapping(),
            flink,
            back,
            null,
            alarms());
    try (Dashboard dashboard = Dashboard.open(settings, port)) {
      requireKafka();
      dashboard.read();
      URI page = dashboard.address();
      System.err.println("weir dashboard: the page is at " + page + "   (Ctrl-C ends it)");
      if (!noBrowser) {
        Browser.open(page);
      }
      new CountDownLatch(1).await();
    }
    return 0;
  }

  /** The job's alarms, whose thresholds the charts show; null if unknown. */
  private AlarmRules alarms() throws IOException {
    return kafka.job() == null || kafka.job().forecast() == null
        ? null
        : kafka.job().forecast().alarms();
  }

  private Topics topics() throws IOException {
    Topics all = topics.topics(kafka);
    return alarms == null ? all : all.withAlarms(alarms);
  }

  /** Once it is served the page waits for brokers that go away; at the start it is a mistake. */
  private void requireKafka() throws IOException {
    try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
      Topics all = topics();
      String servers = kafka.bootstrapServers();
      admin
          .missing(all.all())
          .forEach(
              topic ->
                  System.err.printf(
                      "weir dashboard: topic %s is not on Kafka at %s yet; the page waits for it%n",
                      topic, servers));
    }
  }
}
