package dev.weir.cli.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Result;
import dev.weir.cli.console.Table;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.ContestReport.Standing;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.job.JobSettings;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir model compare}: how the models of a job that compete do. */
@Command(
    name = "compare",
    description = {
      "Shows how the models of a job that compete do: forecast.<mode>.model: [a, b].",
      "gain: by how much the error is smaller than the champion's. evidence: that it is; with"
          + " promote: auto a challenger whose evidence is enough becomes the champion."
    },
    footer = {"", "Example: weir model compare my-job.yaml"})
final class ModelCompareCommand implements Callable<Integer> {

  @Parameters(paramLabel = KafkaOptions.JOB, description = KafkaOptions.JOB_DESCRIPTION)
  private void job(Path file) {
    kafka.use(file);
  }

  @Option(names = "--format", defaultValue = "table")
  private Result.Layout format;

  @Mixin private KafkaOptions kafka;

  /** One model of one mode, as its mode's newest reports have it. */
  private record Row(ContestReport standings, String champion, Standing model) {

    boolean isChampion() {
      return model.model().equals(champion);
    }

    boolean isCompared() {
      return !model.model().equals(standings.champion());
    }
  }

  private static final Table<Row> TABLE =
      new Table<Row>()
          .column("mode", "mode", null, row -> row.standings.mode().label())
          .column("model", "model", null, row -> Printable.line(row.model.model()))
          .column(
              "version",
              "version",
              "%d",
              row -> row.model.version() < 0 ? null : row.model.version())
          .column("days", "days", "%d", row -> row.isCompared() ? row.model.days() : null)
          .column("series", "series", "%d", row -> row.isCompared() ? row.model.series() : null)
          .text(
              "gain", "%.1f %%", row -> row.isCompared() ? (Double) (100 * row.model.gain()) : null)
          .data("gain", row -> row.isCompared() ? row.model.gain() : null)
          .column("evidence", "evidence", "%.2f", row -> row.model.evidence())
          .column("enough", "enough", "%.0f", row -> row.standings.enough())
          .text("", null, row -> row.isChampion() ? "champion" : "")
          .data("champion", Row::isChampion)
          .column("until", "until", null, row -> time(row.standings));

  private static String time(ContestReport report) {
    return report.time() == 0 ? null : Instant.ofEpochMilli(report.time()).toString();
  }

  @Override
  public Integer call() throws IOException {
    JobSettings job = kafka.job();
    ModelTopic topic = ModelCommand.topic(kafka, job.kafka().topics().models());
    List<ContestReport> reports = topic.reports(job.name());
    List<Row> rows = new ArrayList<>();
    for (ModeSettings target : job.forecast().modes()) {
      if (target.contest() != null) {
        ContestReport standings = newest(reports, target, true);
        String champion = newest(reports, target, false).champion();
        standings.standings().forEach(model -> rows.add(new Row(standings, champion, model)));
      }
    }
    if (rows.isEmpty()) {
      throw new CommandFailure(
          "%s: expected several models, such as model: [a, b], got one or none", job.name());
    }
    switch (format) {
      case table -> System.out.print(TABLE.text(rows));
      case csv -> System.out.print(TABLE.csv(rows));
      case json -> {
        ArrayNode all = Json.array();
        TABLE.json(all, rows);
        System.out.println(all);
      }
    }
    return 0;
  }

  /** A mode's newest report; before the first one, that its first model is the champion. */
  static ContestReport newest(
      List<ContestReport> reports, ModeSettings target, boolean isOfStandings) {
    List<Standing> unknown =
        target.models().stream()
            .map(model -> new Standing(model, -1, 0, 0, Double.NaN, Double.NaN))
            .toList();
    return reports.stream()
        .filter(
            report ->
                report.mode() == target.mode()
                    && report.event() == Event.STANDINGS == isOfStandings
                    && target.models().contains(report.champion()))
        .findFirst()
        .orElse(
            new ContestReport(
                target.contest().job(),
                target.mode(),
                Event.STANDINGS,
                0,
                target.model(),
                target.model(),
                target.contest().enough(),
                unknown));
  }
}
