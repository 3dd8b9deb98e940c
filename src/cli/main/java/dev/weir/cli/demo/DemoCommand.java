package dev.weir.cli.demo;

import dev.weir.cli.console.Format;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DurationConverter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code weir demo}: a broker, a cluster, the forecasting job and its page in one JVM, on real
 * series. Everything it shows was read back from the topics.
 */
@Command(
    name = "demo",
    description =
        "Shows live forecasts of real series: broker, cluster, job and page in one process.",
    footer = {"", "Example: weir demo --duration 60s --no-browser --format json | jq .steps"})
public final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Stop after so long, such as 60s, but not before a forecast of each mode came, for which it waits two minutes more and then ends with exit code 1; by default at Ctrl-C.")
  private Duration duration;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}; json: each forecast as an object on a line.")
  private Format format;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "4",
      description = "Values a second of each series (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(names = "--no-browser", description = "Do not open the page in a browser.")
  private boolean noBrowser;

  @Option(
      names = "--port",
      description = "Port of the page (default: the first free one of 8090 to 8099).")
  private Integer port;

  @Override
  public Integer call() throws Exception {
    UsageException.check(rate > 0 && rate <= 10_000, "--rate", "above 0 to 10000", rate);
    UsageException.checkRange("--port", port, 0, 65_535);
    return new Demo(duration, format, rate, port, !noBrowser).run();
  }
}
