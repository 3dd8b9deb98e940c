package dev.weir.cli.model;

import dev.weir.cli.console.Printable;
import dev.weir.cli.console.UsageException;
import dev.weir.cli.option.DeclaredOptions;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.JobSettings;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.admin.TopicAdmin;
import dev.weir.model.Calendar;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.Model;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir model}: weight files and the model topic. */
@Command(
    name = "model",
    description = "Weight files and the model topic.",
    subcommands = {
      ModelCommand.Inspect.class,
      ModelCommand.Publish.class,
      ModelCommand.ListModels.class
    },
    footer = {
      "",
      "Examples: weir model inspect demand.safetensors --seq-len 5",
      "          weir model publish demand.safetensors --name demand",
      "          weir model list"
    })
public final class ModelCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw UsageException.of(spec, "expected inspect, publish or list, got none");
  }

  /** {@code weir model inspect}. */
  @Command(
      name = "inspect",
      description = "Says what a weight file holds.",
      footer = {"", "Example: weir model inspect demand.safetensors --name demand --seq-len 5"})
  static final class Inspect implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Weights, safetensors.")
    private Path file;

    @Mixin private WeightOptions weights;

    @Override
    public Integer call() throws IOException {
      Model model = weights.readAny(file);
      rows(model).forEach(Inspect::row);
      RnnConfig rnn =
          model instanceof ClassifierModel classifier
              ? classifier.rnn()
              : ((ForecastModel) model).rnn();
      rnn.parameters().forEach(one -> row("  " + one.name(), one.shape().toString()));
      if (model instanceof ForecastModel forecasts && forecasts.combines()) {
        forecasts.candidateShape().head().forEach((name, of) -> row("  " + name, of.toString()));
      }
      new TreeMap<>(model.provenance()).forEach(Inspect::row);
      return 0;
    }

    /** As {@link #rows(ForecastModel)} or {@link #rows(ClassifierModel)}. */
    static Map<String, String> rows(Model model) {
      return model instanceof ClassifierModel classifier
          ? rows(classifier)
          : rows((ForecastModel) model);
    }

    private static Map<String, String> rows(ClassifierModel model) {
      Map<String, String> rows = new LinkedHashMap<>();
      rows.put("classifier", "%s version %d".formatted(model.name(), model.version()));
      rows.put("mode", model.mode().label());
      rows.put("network", network(model.rnn()));
      boolean steps = model.mode() == Mode.MANY_TO_MANY;
      rows.put(
          "head",
          "linear, reads " + (steps ? "out[:, i] at each step i" : model.readout().label()));
      rows.put("classes", "%d: %s".formatted(model.classes().size(), model.classes()));
      rows.put("parameters", "%,d".formatted(model.weights().length));
      return rows;
    }

    private static String network(RnnConfig rnn) {
      return "%s, input_size %d, hidden_size %d, num_layers %d, %s, %s"
          .formatted(
              rnn.cell(),
              rnn.inputSize(),
              rnn.hiddenSize(),
              rnn.numLayers(),
              rnn.bidirectional() ? "bidirectional" : "one direction",
              rnn.bias() ? "with bias" : "no bias");
    }

    /** What a model is, but for its tensors and where it comes from. */
    private static Map<String, String> rows(ForecastModel model) {
      Map<String, String> rows = new LinkedHashMap<>();
      RnnConfig rnn = model.rnn();
      rows.put("model", "%s version %d".formatted(model.name(), model.version()));
      if (!model.combines()) {
        rows.put("mode", model.mode().label());
      }
      rows.put("network", network(rnn));
      if (model.combines()) {
        rows.put("combines", String.join(", ", model.candidates()));
        rows.put("parameters", "%,d".formatted(model.weights().length));
        return rows;
      }
      rows.put(
          "window",
          "seq_len %d -> horizon %d, scaling %s"
              .formatted(model.seqLen(), model.horizon(), model.scaling().rule().label()));
      if (model.rnn().inputSize() > 1) {
        rows.put(
            "inputs",
            "value, %d features, calendar [%s]%s"
                .formatted(model.features(), Calendar.labels(model.calendar()), ahead(model)));
      }
      String read =
          model.mode() == Mode.MANY_TO_MANY ? "out[:, i] at each step i" : model.readout().label();
      rows.put("head", model.head() == null ? "none" : "linear, reads " + read);
      rows.put("parameters", "%,d".formatted(rnn.parameterCount()));
      return rows;
    }

    private static String ahead(ForecastModel model) {
      return model.ahead().count() == 0
          ? ""
          : ", %d known ahead at each of %d steps"
              .formatted(model.ahead().count(), model.horizon());
    }

    private static void row(String what, String value) {
      System.out.printf("%-28s %s%n", Printable.line(what), Printable.line(value, 10_000));
    }
  }

  /** {@code weir model publish}. */
  @Command(
      name = "publish",
      description = "Puts a model on the model topic; running jobs that use it swap at once.",
      footer = {"", "Example: weir model publish demand.safetensors --name demand --seq-len 5"})
  static final class Publish implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "Weights, safetensors.")
    private Path file;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = KafkaOptions.JOB,
        description = KafkaOptions.JOB_DESCRIPTION)
    private void job(Path file) {
      kafka.use(file);
    }

    @Mixin private WeightOptions weights;

    @Option(
        names = "--model-version",
        description =
            "Version to publish it as; by default one more than the newest and the file's.")
    private Long version;

    @Mixin private ModelTopicOption place;

    @Mixin private KafkaOptions kafka;

    @Override
    public Integer call() throws IOException {
      String topic = place.name(kafka);
      Model model = weights.readFor(kafka.job(), file);
      try (TopicAdmin admin = new TopicAdmin(kafka.clients())) {
        admin.createModels(topic);
      }
      ModelTopic models = new ModelTopic(kafka.clients(), topic);
      long newVersion = version != null ? version : next(model, models);
      models.publish(model.withVersion(newVersion));
      System.out.printf("%s version %d is on %s%n", model.name(), newVersion, topic);
      return 0;
    }

    /** Higher than the file's own, too: a job may run a file of this name and version. */
    private static long next(Model model, ModelTopic models) {
      ModelTopic.Version published = models.content().models().get(model.name());
      return 1 + Math.max(model.version(), published == null ? -1 : published.version());
    }
  }

  /** {@code weir model list}. */
  @Command(
      name = "list",
      description = {
        "Lists the version of each model that was published last; jobs use it if it fits them.",
        "With a job file, says whether it fits that job."
      },
      footer = {"", "Example: weir model list my-job.yaml"})
  static final class ListModels implements Callable<Integer> {
    @Mixin private ModelTopicOption place;

    @Mixin private KafkaOptions.WithJob kafka;

    @Override
    public Integer call() throws IOException {
      String topic = place.name(kafka);
      kafka.require("name another with --topic, or publish a model first", topic);
      ModelTopic models = new ModelTopic(kafka.clients(), topic);
      ModelTopic.Content content = models.content();
      System.out.printf("%-28s %8s %-24s %12s%n", "name", "version", "published", "bytes");
      for (ModelTopic.Version version : content.models().values()) {
        System.out.printf(
            "%-28s %8d %-24s %,12d%s%n",
            Printable.line(version.name()),
            version.version(),
            version.published(),
            version.bytes(),
            fit(version.name(), models));
      }
      for (ModelTopic.Unreadable record : content.unreadable()) {
        System.out.printf(
            "%-28s unreadable, offset %d: %s%n",
            Printable.line(record.key()), record.offset(), Printable.line(record.problem()));
      }
      return 0;
    }

    /** Whether the job of the job file, if it uses the model, takes it, and why not. */
    private String fit(String name, ModelTopic models) throws IOException {
      JobSettings job = kafka.job();
      if (job == null) {
        return "";
      }
      for (ForecastSettings.ModeSettings mode : job.forecast().modes()) {
        if (name.equals(mode.model())) {
          return fit(job.name(), job.forecast().problemWith(models.model(name), mode));
        }
      }
      return job.classify() != null && name.equals(job.classify().model())
          ? fit(job.name(), job.classify().problemWith(models.model(name)))
          : "";
    }

    private static String fit(String job, String problem) {
      return problem == null
          ? "  fits " + job
          : "  refused by %s: %s".formatted(job, Printable.line(problem, 300));
    }
  }

  /** Where models are published. */
  static final class ModelTopicOption {
    @Option(
        names = "--topic",
        defaultValue = DeclaredOptions.DEFAULT,
        descriptionKey = "topics.models")
    private String topic;

    /** Its name: that of the job unless the option is given. */
    String name(KafkaOptions kafka) throws IOException {
      return kafka.topic("--topic", topic, Topics::models);
    }
  }
}
