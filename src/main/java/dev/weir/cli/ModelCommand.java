package dev.weir.cli;

import dev.weir.kafka.ModelTopic;
import dev.weir.kafka.TopicAdmin;
import dev.weir.model.Calendar;
import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code weir model}: weight files and the model topic. */
@Command(
    name = "model",
    description = "Weight files and the model topic.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ModelCommand.Inspect.class,
      ModelCommand.Publish.class,
      ModelCommand.ListModels.class
    })
final class ModelCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "weir model: expected inspect, publish or list, got none");
  }

  /** A safetensors file, and what to assume where it says nothing. */
  private static final class WeightFile {
    @Parameters(paramLabel = "FILE", description = "Weights, safetensors.")
    private Path file;

    @Option(names = "--name", description = "Name of the model.")
    private String name;

    @Option(
        names = "--mode",
        converter = ModeConverter.class,
        description = "many-to-one or many-to-many, where the file does not say.")
    private Mode mode;

    @Option(names = "--seq-len", description = "Values in a window, where the file does not say.")
    private Integer seqLen;

    @Option(
        names = "--readout",
        converter = ReadoutConverter.class,
        description = "h_n or 'out[:, -1]', where the file does not say.")
    private Readout readout;

    @Option(
        names = "--scaling",
        converter = RuleConverter.class,
        description = "none, window or last, where the file does not say.")
    private Scaling.Rule scaling;

    @Option(
        names = "--cell",
        converter = CellConverter.class,
        description = "rnn_tanh or rnn_relu, which have the same shapes.")
    private Cell cell;

    @Option(
        names = "--calendar",
        split = ",",
        converter = CalendarConverter.class,
        paramLabel = "hour-of-day,...",
        description =
            "What the network reads of the time after value and features, where the file does not"
                + " say: minute-of-hour, hour-of-day, day-of-week, day-of-year.")
    private List<Calendar> calendar;

    ForecastModel read() throws IOException {
      ForecastModel model =
          ModelFiles.read(
              file,
              new ModelFiles.Defaults(
                  name,
                  mode,
                  seqLen,
                  readout,
                  scaling == null ? null : new Scaling(scaling, 0, 1),
                  cell,
                  calendar));
      return name == null ? model : model.withName(name);
    }
  }

  static <T> T known(T value, String text, String expected) {
    if (value == null) {
      throw new TypeConversionException("expected %s, got '%s'".formatted(expected, text));
    }
    return value;
  }

  static final class ModeConverter implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String text) {
      return known(Mode.ofLabel(text), text, "many-to-one or many-to-many");
    }
  }

  static final class ReadoutConverter implements ITypeConverter<Readout> {
    @Override
    public Readout convert(String text) {
      return known(Readout.ofLabel(text), text, "h_n or out[:, -1]");
    }
  }

  static final class RuleConverter implements ITypeConverter<Scaling.Rule> {
    @Override
    public Scaling.Rule convert(String text) {
      return known(Scaling.Rule.ofLabel(text), text, "none, window or last");
    }
  }

  static final class CalendarConverter implements ITypeConverter<Calendar> {
    @Override
    public Calendar convert(String text) {
      return known(
          Calendar.ofLabel(text), text, "one of " + Calendar.labels(List.of(Calendar.values())));
    }
  }

  static final class CellConverter implements ITypeConverter<Cell> {
    @Override
    public Cell convert(String text) {
      for (Cell cell : Cell.values()) {
        if (cell.name().equalsIgnoreCase(text)) {
          return cell;
        }
      }
      return known(null, text, "rnn_tanh or rnn_relu");
    }
  }

  /** {@code weir model inspect}. */
  @Command(
      name = "inspect",
      description = "Says what a weight file holds.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Inspect implements Callable<Integer> {
    @Mixin private WeightFile weights;

    @Override
    public Integer call() throws IOException {
      ForecastModel model = weights.read();
      RnnConfig rnn = model.rnn();
      row("model", "%s version %d".formatted(model.name(), model.version()));
      row("mode", model.mode().label());
      row(
          "network",
          "%s, input_size %d, hidden_size %d, num_layers %d, %s, %s"
              .formatted(
                  rnn.cell(),
                  rnn.inputSize(),
                  rnn.hiddenSize(),
                  rnn.numLayers(),
                  rnn.bidirectional() ? "bidirectional" : "one direction",
                  rnn.bias() ? "with bias" : "no bias"));
      row(
          "window",
          "seq_len %d -> horizon %d, scaling %s"
              .formatted(model.seqLen(), model.horizon(), model.scaling().rule().label()));
      if (model.rnn().inputSize() > 1) {
        row(
            "inputs",
            "value, %d features, calendar [%s]"
                .formatted(model.features(), Calendar.labels(model.calendar())));
      }
      row("head", model.head() == null ? "none" : "linear, reads " + model.readout().label());
      row("parameters", "%,d".formatted(rnn.parameterCount()));
      for (RnnConfig.Parameter parameter : rnn.parameters()) {
        row("  " + parameter.name(), parameter.shape().toString());
      }
      model.provenance().entrySet().stream()
          .sorted(java.util.Map.Entry.comparingByKey())
          .forEach(entry -> row(entry.getKey(), entry.getValue()));
      return 0;
    }

    private static void row(String what, String value) {
      System.out.printf("%-28s %s%n", Printable.line(what), Printable.line(value, 10_000));
    }
  }

  /** {@code weir model publish}. */
  @Command(
      name = "publish",
      description = "Puts a model on the model topic; running jobs that use it swap at once.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Publish implements Callable<Integer> {
    @Mixin private WeightFile weights;

    @Option(
        names = "--model-version",
        description = "Version to publish it as; by default one more than the newest.")
    private Long version;

    @Option(
        names = "--topic",
        defaultValue = "models",
        description = "The model topic (default: ${DEFAULT-VALUE}).")
    private String topic;

    @Mixin private KafkaOptions kafka;

    @Override
    public Integer call() throws IOException {
      ForecastModel model = weights.read();
      try (TopicAdmin admin = new TopicAdmin(kafka.bootstrapServers, kafka.properties())) {
        admin.createModels(topic);
      }
      ModelTopic models = new ModelTopic(kafka.bootstrapServers, kafka.properties(), topic);
      long newVersion =
          version != null
              ? version
              : Math.max(model.version(), models.newestVersion(model.name()) + 1);
      models.publish(model.withVersion(newVersion));
      System.out.printf("%s version %d is on %s%n", model.name(), newVersion, topic);
      return 0;
    }
  }

  /** {@code weir model list}. */
  @Command(
      name = "list",
      description = "Lists the model topic, oldest first.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class ListModels implements Callable<Integer> {
    @Option(
        names = "--topic",
        defaultValue = "models",
        description = "The model topic (default: ${DEFAULT-VALUE}).")
    private String topic;

    @Mixin private KafkaOptions kafka;

    @Override
    public Integer call() throws IOException {
      try (TopicAdmin admin = new TopicAdmin(kafka.bootstrapServers, kafka.properties())) {
        if (!admin.missing(List.of(topic)).isEmpty()) {
          System.err.printf(
              "weir model list: topic %s: expected on Kafka at %s, got no such topic%n",
              topic, kafka.bootstrapServers);
          return 1;
        }
      }
      System.out.printf("%-28s %8s %-24s %10s%n", "name", "version", "published", "bytes");
      for (ModelTopic.Entry entry :
          new ModelTopic(kafka.bootstrapServers, kafka.properties(), topic).read()) {
        if (entry.record() == null) {
          System.out.printf(
              "%-28s unreadable: %s%n",
              Printable.line(entry.key()), Printable.line(entry.problem()));
          continue;
        }
        var model = entry.record();
        System.out.printf(
            "%-28s %8d %-24s %,10d%n",
            Printable.line(model.getName()),
            model.getVersion(),
            model.getCreated(),
            model.getWeights().remaining());
      }
      return 0;
    }
  }
}
