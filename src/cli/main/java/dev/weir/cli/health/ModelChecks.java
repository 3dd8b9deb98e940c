package dev.weir.cli.health;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.model.Model;
import java.io.IOException;
import java.util.function.Function;

/** Whether the topic of models keeps them, and what it holds fits the job. */
final class ModelChecks extends Checks {

  private static final String MODEL = "model";

  private final String name; // of the topic
  private final TopicChecks topics;
  private ModelTopic.Content content;

  ModelChecks(Look look) {
    super(look);
    this.name = look.topics.models();
    this.topics = look.setup;
  }

  /** Checks the topic's settings, and that the active version of each model fits the job. */
  void check() {
    if (look.has(name)) {
      findings.allowed(name, () -> check(topics.policy(name)));
    }
  }

  /**
   * @param policy the topic's {@code cleanup.policy}; empty if it is not told
   */
  private void check(String policy) {
    int partitions = look.extent(name).partitions();
    if (partitions != 1) {
      findings.fail(
          name,
          "name another one in topics.models",
          "%d partitions, where versions keep their order in one only",
          partitions);
      return;
    }
    String text = look.admin.topicSetting(name, "retention.ms");
    if (!policy.isEmpty() && !policy.contains("compact") && !"-1".equals(text)) {
      findings.fail(
          name,
          "set cleanup.policy=compact",
          "cleanup.policy is %s: a model is deleted after %s ms, and a new job finds none",
          policy,
          text);
    }
    int room = look.admin.maxValueBytes(name);
    for (ModeSettings target : job.forecast().modes()) {
      if (target.initialModel() != null && target.initialModel().length > room) {
        findings.fail(
            name,
            "raise max.message.bytes",
            "takes values of %,d bytes, where the model of %s has %,d",
            room,
            target.mode().label(),
            target.initialModel().length);
      }
    }
    content = look.models.content();
    findings.ok(
        name,
        "%s, %d models, %d unreadable",
        policy,
        content.models().size(),
        content.unreadable().size());
    for (ModeSettings target : job.forecast().modes()) {
      check(
          target.model(),
          target.initialModel() != null,
          target.learning() == null ? null : "the mixture",
          "learning is off: forecasts repeat the last value",
          one -> job.forecast().problemWith(one, target));
    }
    ClassifySettings classify = job.classify();
    if (classify != null) {
      check(
          classify.model(),
          classify.initialModel() != null,
          classify.learning().learns() ? "what is learned" : null,
          "classify.learning is off: nothing is known",
          classify::problemWith);
    }
  }

  /**
   * Checks a model that the job reads from the topic.
   *
   * @param model its name; null or empty for none
   * @param learned what answers without it; null for nothing
   * @param otherwise what happens then
   */
  private void check(
      String model,
      boolean isInJobFile,
      String learned,
      String otherwise,
      Function<Model, String> problemWith) {
    if (model == null || model.isEmpty()) {
      return;
    }
    if (content.models().containsKey(model)) {
      fits(model, problemWith);
    } else if (isInJobFile) {
      findings.ok(MODEL, "%s: from the job file until one is published", model);
    } else if (learned != null) {
      findings.ok(MODEL, "%s: none published yet; %s goes without", model, learned);
    } else {
      findings.warn(
          MODEL,
          "weir model publish FILE --name " + model,
          "%s: none published and %s",
          model,
          otherwise);
    }
  }

  private void fits(String name, Function<Model, String> problemWith) {
    try {
      Model model = look.models.model(name);
      String problem = problemWith.apply(model);
      if (problem == null) {
        findings.ok(MODEL, "%s version %d fits the job", model.name(), model.version());
      } else {
        findings.fail(MODEL, "publish one that fits, or change the job file", "%s", problem);
      }
    } catch (IOException e) {
      findings.fail(MODEL, "publish it again", "%s", e.getMessage());
    }
  }
}
