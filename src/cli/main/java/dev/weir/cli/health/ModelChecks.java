package dev.weir.cli.health;

import dev.weir.classify.series.ClassifySettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.job.JobSettings;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.ModelVersions;
import dev.weir.model.Model;
import java.io.IOException;
import java.util.function.Function;

/** Whether the topic of models keeps them, and what it holds fits the job. */
final class ModelChecks {

  private static final String MODEL = "model";

  private final Findings findings;
  private final JobSettings job;
  private final KafkaLook kafka;
  private final String name; // of the topic

  ModelChecks(Findings findings, JobSettings job, KafkaLook kafka) {
    this.findings = findings;
    this.job = job;
    this.kafka = kafka;
    this.name = kafka.topics.models();
  }

  /**
   * Checks the topic's settings, and that the active version of each model fits the job.
   *
   * @param policy the topic's {@code cleanup.policy}; empty if it is not told
   */
  void check(String policy) {
    int partitions = kafka.extent(name).partitions();
    if (partitions != 1) {
      findings.fail(
          name,
          "name another one in topics.models",
          "%d partitions, where versions keep their order in one only",
          partitions);
      return;
    }
    String text = kafka.facts.topic(name, "retention.ms");
    if (!policy.isEmpty() && !policy.contains("compact") && !"-1".equals(text)) {
      findings.fail(
          name,
          "set cleanup.policy=compact",
          "cleanup.policy is %s: a model is deleted after %s ms, and a new job finds none",
          policy,
          text);
    }
    int room = kafka.admin.maxValueBytes(name);
    for (Target target : job.forecast().targets()) {
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
    ModelTopic models = kafka.models;
    ModelVersions versions = models.versions();
    findings.ok(
        name,
        "%s, %d versions, %d unreadable",
        policy,
        versions.all().size(),
        versions.unreadable().size());
    checkForecasts(models, versions);
    checkClassifier(models, versions);
  }

  private void checkForecasts(ModelTopic models, ModelVersions versions) {
    for (Target target : job.forecast().targets()) {
      String model = target.model();
      if (model != null && !model.isEmpty()) {
        if (versions.active(model) != null) {
          fits(models, model, one -> job.forecast().problemWith(one, target));
        } else if (target.initialModel() != null) {
          fromJobFile(model);
        } else if (target.learning() != null) {
          findings.ok(MODEL, "%s: none published yet; the mixture goes without", model);
        } else {
          missing(model, "learning is off: forecasts repeat the last value");
        }
      }
    }
  }

  private void checkClassifier(ModelTopic models, ModelVersions versions) {
    ClassifySettings classify = job.classify();
    if (classify != null && classify.model() != null) {
      String model = classify.model();
      if (versions.active(model) != null) {
        fits(models, model, classify::problemWith);
      } else if (classify.initialModel() != null) {
        fromJobFile(model);
      } else if (classify.learns()) {
        findings.ok(MODEL, "%s: none published yet; what is learned goes without", model);
      } else {
        missing(model, "classify.learning is off: nothing is known");
      }
    }
  }

  private void fromJobFile(String model) {
    findings.ok(MODEL, "%s: from the job file until one is published", model);
  }

  private void missing(String model, String consequence) {
    findings.warn(
        MODEL,
        "weir model publish FILE --name " + model,
        "%s: none published and %s",
        model,
        consequence);
  }

  private void fits(ModelTopic models, String name, Function<Model, String> problemWith) {
    try {
      fits(models.model(name, null), problemWith);
    } catch (IOException e) {
      findings.fail(
          MODEL, "publish it again, or weir model rollback " + name, "%s", e.getMessage());
    }
  }

  private void fits(Model model, Function<Model, String> problemWith) {
    String problem = problemWith.apply(model);
    if (problem == null) {
      findings.ok(MODEL, "%s version %d fits the job", model.name(), model.version());
    } else {
      findings.fail(
          MODEL,
          "publish one that fits, or change the job file, or weir model rollback",
          "%s",
          problem);
    }
  }
}
