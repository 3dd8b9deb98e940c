package dev.weir.cli.health;

import dev.weir.classify.ClassifySettings;
import dev.weir.cli.health.Findings.Level;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.model.Model;
import dev.weir.option.Numbers;
import java.io.IOException;
import java.util.function.Function;

/** Whether the topic of models keeps them, and the active version of each model fits the job. */
final class ModelChecks {

  private static final String MODEL = "model";

  private final JobChecks checks;
  private final Findings findings;
  private final String topic;
  private final ModelTopic models;

  ModelChecks(JobChecks checks, KafkaClients clients) {
    this.checks = checks;
    this.findings = checks.findings;
    this.topic = checks.topics.models();
    this.models = new ModelTopic(clients, topic);
  }

  void check() {
    if (!checks.has(topic)) {
      return;
    }
    int partitions = checks.extent(topic).partitions();
    if (partitions != 1) {
      findings.fail(
          topic,
          "name another one in topics.models",
          "%s, versions keep their order in one only",
          Numbers.counted(partitions, "partition"));
      return;
    }
    String retention = checks.admin.topicSetting(topic, "retention.ms");
    if ("delete".equals(checks.admin.topicSetting(topic, "cleanup.policy"))
        && !"-1".equals(retention)) {
      findings.fail(
          topic,
          "set cleanup.policy=compact",
          "cleanup.policy is delete: a model is deleted after %s ms, and a new job finds none",
          retention);
    }
    ModelTopic.Content content = models.content();
    findings.ok(
        topic,
        "%s, %d unreadable",
        Numbers.counted(content.models().size(), "model"),
        content.unreadable().size());
    for (ModeSettings mode : checks.job.forecast().modes()) {
      check(
          content,
          mode.model(),
          mode.initialModel() != null || mode.learning() != null,
          one -> checks.job.forecast().problemWith(one, mode));
    }
    ClassifySettings classify = checks.job.classify();
    if (classify != null) {
      check(
          content,
          classify.model(),
          classify.initialModel() != null || classify.learning().learns(),
          classify::problemWith);
    }
  }

  /**
   * @param name null or empty for none
   * @param canWait whether the job has another model or learns until one is published
   */
  private void check(
      ModelTopic.Content content,
      String name,
      boolean canWait,
      Function<Model, String> problemWith) {
    if (name == null || name.isEmpty()) {
      return;
    }
    if (!content.models().containsKey(name)) {
      findings.add(
          canWait ? Level.ok : Level.warn,
          MODEL,
          "weir model publish FILE --name " + name + ": learning is off",
          "%s: none published yet",
          name);
      return;
    }
    try {
      Model model = models.model(name);
      String problem = problemWith.apply(model);
      if (problem == null) {
        findings.ok(MODEL, "%s version %d fits the job", name, model.version());
      } else {
        findings.fail(MODEL, "publish one that fits, or change the job file", "%s", problem);
      }
    } catch (IOException e) {
      findings.fail(MODEL, "publish it again", "%s", e.getMessage());
    }
  }
}
