package dev.weir.cli.dashboard;

import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.cli.option.RegistryOption;
import dev.weir.cli.option.TopicOptions;
import dev.weir.dashboard.Dashboard;
import dev.weir.dashboard.http.PageServer;
import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardSettings.Limits;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicAdmin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code weir dashboard}: serves the live page of a running job. */
@Command(
    name = "dashboard",
    description = "Serves a live page of a job's topics, to this machine unless told otherwise.",
    footer = {
      "",
      "Examples: weir dashboard my-job.yaml",
      "          weir dashboard --bootstrap-servers broker:9092",
      "          weir dashboard --bind 0.0.0.0 --port 8090"
    })
public final class DashboardCommand implements Callable<Integer> {

  public static final int PORT = 8090;
  static final String TOKEN_VARIABLE = "WEIR_DASHBOARD_TOKEN";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where to listen; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port = PORT;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "localhost",
      description =
          "Address of this machine to listen on (default: ${DEFAULT-VALUE}). One that others can"
              + " reach demands a token.")
  private String bind;

  @Option(
      names = "--token",
      paramLabel = "T",
      description =
          "What a visitor has to know: 16 to 256 letters and digits. Also taken from the variable "
              + TOKEN_VARIABLE
              + ", where others on the machine can't read it; made at random where one is needed.")
  private String token;

  @Mixin private TopicOptions topics;

  @Option(names = "--alarms", paramLabel = "TOPIC", descriptionKey = "topics.alarms")
  private String alarms; // null: that of the job file

  @Option(
      names = "--back",
      paramLabel = "N",
      description =
          "How many of its newest records are read of each partition at the start (default:"
              + " ${DEFAULT-VALUE}).")
  private int back = Limits.USUAL.back();

  @Option(
      names = "--max-series",
      paramLabel = "N",
      description = "Series that are kept, about 1 KB each (default: ${DEFAULT-VALUE}).")
  private int maxSeries = Limits.USUAL.maxSeries();

  @Option(
      names = "--history",
      paramLabel = "MB",
      description = "Memory for the series' histories, in MB (default: ${DEFAULT-VALUE}).")
  private int historyMegabytes = (int) (Limits.USUAL.historyBytes() >> 20);

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
    UsageException.checkRange("--max-series", maxSeries, 1, 10_000_000);
    UsageException.checkRange("--history", historyMegabytes, 1, 100_000);
    if (flink != null
        && (!String.valueOf(flink.getScheme()).matches("https?")
            || flink.toString().contains("@"))) { // each visitor gets the link
      throw new UsageException(
          "--flink: expected an address that starts with http:// or https://, without a user, got "
              + flink);
    }
    InetAddress address = address();
    String secret = secret(address);
    InetSocketAddress bound = new InetSocketAddress(address, port);
    PageServer.requireFree(bound); // before the brokers are waited for
    DashboardSettings settings =
        new DashboardSettings(
            kafka.clients(),
            topics(),
            registry.settings(kafka),
            kafka.mapping(),
            flink,
            new Limits(back, maxSeries, (long) historyMegabytes << 20),
            null,
            alarms());
    try (Dashboard dashboard = Dashboard.open(settings, bound, secret)) {
      requireKafka();
      dashboard.read();
      URI page =
          secret == null ? dashboard.address() : dashboard.address().resolve("/?token=" + secret);
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
        : kafka.job().forecast().modes().stream()
            .map(target -> target.learning() == null ? null : target.learning().alarms())
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
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

  private InetAddress address() {
    try {
      return InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw new UsageException(
          "--bind: expected an address of this machine, such as 0.0.0.0, got " + bind);
    }
  }

  /** Given by hand or by the environment; made where it is needed and none is given. */
  private String secret(InetAddress address) {
    String given = token == null ? System.getenv(TOKEN_VARIABLE) : token;
    if (given != null) {
      UsageException.check(
          given.matches("[A-Za-z0-9._~-]{16,256}"),
          "--token",
          "16 to 256 letters, digits or any of . _ ~ -",
          given.length() + " characters");
      return given;
    }
    return address.isLoopbackAddress() ? null : Dashboard.randomToken();
  }
}
