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
    footer = {
      "",
      "Examples: weir demo --duration 60s --no-browser --format json | jq .steps",
      "          weir demo --task classify"
    })
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
      names = "--task",
      defaultValue = "forecast",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); classify: control charts of six"
              + " machines, whose classes come two charts later; without a page.")
  private Task task;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Values a second of each series (default: 4, with --task classify 60).")
  private Double rate;

  @Option(names = "--no-browser", description = "Do not open the page in a browser.")
  private boolean noBrowser;

  @Option(
      names = "--port",
      description = "Port of the page (default: the first free one of 8090 to 8099).")
  private Integer port;

  enum Task {
    forecast,
    classify
  }

  @Override
  public Integer call() throws Exception {
    double values = rate != null ? rate : task == Task.classify ? 60 : 4;
    UsageException.check(values > 0 && values <= 10_000, "--rate", "above 0 to 10000", values);
    UsageException.checkRange("--port", port, 0, 65_535);
    UsageException.check(
        port == null || task == Task.forecast,
        "--port",
        "none with --task classify, which has no page",
        port);
    Demo demo =
        task == Task.classify
            ? new ClassDemo(duration, format, values)
            : new ForecastDemo(duration, format, values, port, !noBrowser);
    return demo.run();
  }
}
