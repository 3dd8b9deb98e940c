package dev.weir.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.CommandFailure;
import dev.weir.cli.console.Format;
import dev.weir.cli.console.Printable;
import dev.weir.cli.option.KafkaOptions;
import dev.weir.kafka.admin.ModelTopic;
import dev.weir.kafka.wire.Json;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.Model;
import dev.weir.model.ModelFiles;
import dev.weir.model.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weir model diff}: what tells two models apart. */
@Command(
    name = "diff",
    description = "Compares two models: sizes, options, weights and where they come from.",
    footer = {
      "",
      "Examples: weir model diff old.safetensors new.safetensors --seq-len 5",
      "          weir model diff demand@3 demand",
      "          weir model diff demand demand.safetensors --format json"
    })
final class ModelDiffCommand implements Callable<Integer> {

  private static final Pattern ON_TOPIC = Pattern.compile("([A-Za-z0-9._-]+)(?:@([0-9]{1,18}))?");

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "A file, or NAME or NAME@VERSION on the model topic; a file wins.")
  private String a;

  @Parameters(index = "1", paramLabel = "B", description = "Another one.")
  private String b;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = KafkaOptions.JOB,
      description = KafkaOptions.JOB_DESCRIPTION)
  private void job(Path file) {
    kafka.use(file);
  }

  @Option(names = "--format", defaultValue = "text")
  private Format format;

  @Mixin private WeightOptions weights;

  @Mixin private ModelCommand.ModelTopicOption place;

  @Mixin private KafkaOptions kafka;

  /**
   * A tensor of both.
   *
   * @param a its shape in A, or null when A has none of this name
   * @param largest largest difference of two weights; NaN when the shapes differ
   */
  private record Tensor(String name, List<Integer> a, List<Integer> b, double largest) {}

  @Override
  public Integer call() throws IOException {
    Model first = model(a);
    Model second = model(b);
    Map<String, String[]> rows = rows(first, second);
    List<Tensor> tensors = tensors(first, second);
    if (format == Format.json) {
      System.out.println(json(rows, tensors));
    } else {
      print(rows, tensors);
    }
    return 0;
  }

  private Model model(String what) throws IOException {
    if (isFile(what)) {
      return weights.readAny(Path.of(what));
    }
    Matcher matcher = ON_TOPIC.matcher(what);
    if (!matcher.matches()) {
      throw new CommandFailure(
          "expected a file, or NAME or NAME@VERSION of a published model, got '%s'", what);
    }
    String topic = place.name(kafka);
    ModelTopic models = ModelCommand.topic(kafka, topic);
    Model model =
        models.model(
            matcher.group(1), matcher.group(2) == null ? null : Long.valueOf(matcher.group(2)));
    if (model == null) {
      throw new CommandFailure(
          "%s: expected a file, or a model on topic %s, got neither; weir model list shows what"
              + " there is",
          what, topic);
    }
    return model;
  }

  private static boolean isFile(String what) {
    try {
      return Files.exists(Path.of(what));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Map<String, String[]> rows(Model first, Model second) {
    Map<String, String> ofFirst = described(first);
    Map<String, String> ofSecond = described(second);
    Set<String> keys = new LinkedHashSet<>(ofFirst.keySet());
    keys.addAll(ofSecond.keySet());
    Map<String, String[]> rows = new LinkedHashMap<>();
    keys.forEach(key -> rows.put(key, new String[] {ofFirst.get(key), ofSecond.get(key)}));
    return rows;
  }

  private static Map<String, String> described(Model model) {
    Map<String, String> rows = ModelCommand.Inspect.rows(model);
    model.provenance().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> rows.put("provenance " + entry.getKey(), entry.getValue()));
    return rows;
  }

  private static Map<String, Safetensors.Tensor> tensors(Model model) {
    return model instanceof ClassifierModel classifier
        ? ClassifierFiles.tensors(classifier)
        : ModelFiles.tensors((ForecastModel) model);
  }

  private static List<Tensor> tensors(Model first, Model second) {
    Map<String, Safetensors.Tensor> ofFirst = tensors(first);
    Map<String, Safetensors.Tensor> ofSecond = tensors(second);
    Set<String> names = new LinkedHashSet<>(ofFirst.keySet());
    names.addAll(ofSecond.keySet());
    return names.stream()
        .map(
            name -> {
              Safetensors.Tensor x = ofFirst.get(name);
              Safetensors.Tensor y = ofSecond.get(name);
              double largest = Double.NaN;
              if (x != null && y != null && x.shape().equals(y.shape())) {
                largest = 0;
                for (int i = 0; i < x.values().length; i++) {
                  largest = Math.max(largest, Math.abs((double) x.values()[i] - y.values()[i]));
                }
              }
              return new Tensor(
                  name, x == null ? null : x.shape(), y == null ? null : y.shape(), largest);
            })
        .toList();
  }

  private void print(Map<String, String[]> rows, List<Tensor> tensors) {
    System.out.printf("  %-24s %-44s %s%n", "", Printable.line(a), Printable.line(b));
    rows.forEach(
        (key, values) ->
            System.out.printf(
                "%s %-24s %-44s %s%n",
                Objects.equals(values[0], values[1]) ? " " : "*",
                Printable.line(key),
                shown(values[0]),
                shown(values[1])));
    boolean same = true;
    for (Tensor tensor : tensors) {
      boolean equal = tensor.largest == 0;
      same &= equal;
      System.out.printf(
          "%s %-24s %s%n",
          equal ? " " : "*",
          tensor.name,
          Double.isNaN(tensor.largest)
              ? "%s -> %s".formatted(shape(tensor.a), shape(tensor.b))
              : "%s, largest difference %.3g".formatted(tensor.a, tensor.largest));
    }
    System.out.println(same ? "the weights are the same" : "* differs");
  }

  private static String shown(String value) {
    return value == null ? "-" : Printable.line(value, 1_000);
  }

  private static String shape(List<Integer> shape) {
    return shape == null ? "none" : shape.toString();
  }

  private static String json(Map<String, String[]> rows, List<Tensor> tensors) throws IOException {
    ObjectNode node = Json.object();
    ObjectNode described = node.putObject("described");
    rows.forEach((key, values) -> described.putObject(key).put("a", values[0]).put("b", values[1]));
    ObjectNode all = node.putObject("tensors");
    for (Tensor tensor : tensors) {
      ObjectNode one = all.putObject(tensor.name);
      one.set("shape_a", Json.tree(tensor.a));
      one.set("shape_b", Json.tree(tensor.b));
      one.set("largest_difference", Json.number(tensor.largest));
    }
    node.put("same_weights", tensors.stream().allMatch(tensor -> tensor.largest == 0));
    return node.toString();
  }
}
