package dev.weir.cli.model;

import dev.weir.cli.console.Printable;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.kafka.admin.ModelTopic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir model rollback}: an older version is the one in use again. */
@Command(
    name = "rollback",
    description = {
      "Publishes an older version of a model again, under its own number; running jobs that use it"
          + " swap at once.",
      "publish keeps the newest versions on the topic under keys of their own, which compaction"
          + " leaves. A version that is gone is published again from its file."
    },
    footer = {
      "",
      "Examples: weir model rollback demand",
      "          weir model rollback demand --to 3 --bootstrap-servers broker:9092"
    })
final class ModelRollbackCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the model.")
  private String name;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = KafkaOptions.JOB,
      description = KafkaOptions.JOB_DESCRIPTION)
  private void job(Path file) {
    kafka.use(file);
  }

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "Version to go back to; by default the highest one below that in use.")
  private Long version;

  @Mixin private ModelCommand.ModelTopicOption place;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws IOException {
    String topic = place.name(kafka);
    ModelTopic models = ModelCommand.topic(kafka, topic);
    System.out.printf(
        "%s version %d is in use again on %s%n",
        Printable.line(name), models.rollback(name, version), topic);
    return 0;
  }
}
