package dev.weir.cli.model;

import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.job.JobSettings;
import dev.weir.kafka.admin.ModelTopic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weir model promote}: another model of a job is the champion. */
@Command(
    name = "promote",
    description = {
      "Makes one of the models of a job that compete the champion, whose forecasts are issued; the"
          + " running job swaps at once.",
      "To go back, promote the champion before it."
    },
    footer = {"", "Example: weir model promote b my-job.yaml"})
final class ModelPromoteCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the model.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = KafkaOptions.JOB,
      description = KafkaOptions.JOB_DESCRIPTION)
  private void job(Path file) {
    kafka.use(file);
  }

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws IOException {
    JobSettings job = kafka.job();
    ModeSettings target =
        job.forecast().modes().stream()
            .filter(each -> each.contest() != null && each.models().contains(name))
            .findFirst()
            .orElse(null);
    if (target == null) {
      List<String> all =
          job.forecast().modes().stream()
              .filter(each -> each.contest() != null)
              .flatMap(each -> each.models().stream())
              .distinct()
              .toList();
      throw new CommandFailure(
          "expected one of the models of %s that compete, %s, got %s", job.name(), all, name);
    }
    String models = job.kafka().topics().models();
    ModelTopic topic = ModelCommand.topic(kafka, models);
    if (!name.equals(target.model()) && topic.newestVersion(name) < 0) {
      throw new CommandFailure(
          "expected %s on %s, got no model of this name; publish it first", name, models);
    }
    List<ContestReport> reports = topic.reports(job.name());
    String before = ModelCompareCommand.newest(reports, target, false).champion();
    topic.promote(
        new ContestReport(
            job.name(),
            target.mode(),
            Event.PROMOTED,
            Instant.now().toEpochMilli(),
            name,
            before,
            target.contest().enough(),
            List.of()));
    System.out.printf(
        "%s is the champion of %s, %s, in place of %s%n",
        name, job.name(), target.mode().label(), before);
    return 0;
  }
}
