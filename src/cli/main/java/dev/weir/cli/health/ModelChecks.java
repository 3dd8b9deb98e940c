package dev.weir.cli.health;

import dev.weir.classify.series.ClassifySettings;
import dev.weir.forecast.engine.ForecastSettings.Target;
import dev.weir.job.JobSettings;
import dev.weir.kafka.admin.ClusterInfo;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.ModelVersions;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.Model;
import java.io.IOException;
import java.util.function.Function;

/** Whether the topic of models keeps them, and what it holds fits the job. */
final class ModelChecks {

  private static final String MODEL = "model";

  private final CheckList list;
  private final JobSettings job;
  private final TopicAdmin admin;
  private final String name;

  /**
   * @param name the topic's
   */
  ModelChecks(CheckList list, JobSettings job, TopicAdmin admin, String name) {
    this.list = list;
    this.job = job;
    this.admin = admin;
    this.name = name;
  }

  /**
   * Checks the topic's settings, and that the active version of each model fits the job.
   *
   * @param policy the topic's {@code cleanup.policy}; empty if it is not told
   */
  void check(String policy) {
    if (admin.partitions(name) != 1) {
      list.fail(
          name,
          "name another one in topics.models",
          "%d partitions, where versions keep their order in one only",
          admin.partitions(name));
      return;
    }
    String text = new ClusterInfo(admin).topic(name, "retention.ms");
    if (!policy.isEmpty() && !policy.contains("compact") && !"-1".equals(text)) {
      list.fail(
          name,
          "set cleanup.policy=compact",
          "cleanup.policy is %s: a model is deleted after %s ms, and a new job finds none",
          policy,
          text);
    }
    int room = admin.maxValueBytes(name);
    for (Target target : job.forecast().targets()) {
      if (target.initialModel() != null && target.initialModel().length > room) {
        list.fail(
            name,
            "raise max.message.bytes",
            "takes values of %,d bytes, where the model of %s has %,d",
            room,
            target.mode().label(),
            target.initialModel().length);
      }
    }
    ModelTopic models = new ModelTopic(job.kafka().clients(), name);
    ModelVersions versions = models.versions();
    list.ok(
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
          list.ok(MODEL, "%s: none published yet; the mixture goes without", model);
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
        list.ok(MODEL, "%s: none published yet; what is learned goes without", model);
      } else {
        missing(model, "classify.learning is off: nothing is known");
      }
    }
  }

  private void fromJobFile(String model) {
    list.ok(MODEL, "%s: from the job file until one is published", model);
  }

  private void missing(String model, String consequence) {
    list.warn(
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
      list.fail(MODEL, "publish it again, or weir model rollback " + name, "%s", e.getMessage());
    }
  }

  private void fits(Model model, Function<Model, String> problemWith) {
    String problem = problemWith.apply(model);
    if (problem == null) {
      list.ok(MODEL, "%s version %d fits the job", model.name(), model.version());
    } else {
      list.fail(
          MODEL,
          "publish one that fits, or change the job file, or weir model rollback",
          "%s",
          problem);
    }
  }
}
