package dev.weir.model;

import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Divides the tensors of a file into the recurrent network and its head. Sizes come from their
 * shapes.
 */
final class StateDict {

  /**
   * torch's name of a recurrent tensor behind its prefix; weight_hr is a projection (proj_size).
   */
  private static final Pattern RECURRENT =
      Pattern.compile(
          "(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)_l(0|[1-9]\\d{0,4})(_reverse)?");

  private static final String SECOND = "h2.weight"; // of a network that combines candidates

  private final Safetensors file;
  private final String where;

  /** torch's name without prefix -> name in the file */
  private final Map<String, String> recurrent = new LinkedHashMap<>();

  private final List<String> others = new ArrayList<>();
  private int numLayers;
  private boolean bidirectional;
  private boolean bias;

  StateDict(Safetensors file, String where) throws ModelFormatException {
    this.file = file;
    this.where = where;
    Set<String> prefixes = new TreeSet<>();
    for (String name : file.names()) {
      int start = name.lastIndexOf('.') + 1;
      Matcher matcher = RECURRENT.matcher(name.substring(start));
      if (!matcher.matches()) {
        if (file.isFloating(name)) { // counters such as num_batches_tracked are no weights
          others.add(name);
        }
        continue;
      }
      if (matcher.group(1).equals("weight_hr")) {
        throw new ModelFormatException(
            Safetensors.quoted(name), "no projection (proj_size 0)", "one", where);
      }
      prefixes.add(name.substring(0, start));
      recurrent.put(matcher.group(), name);
      numLayers = Math.max(numLayers, 1 + Integer.parseInt(matcher.group(2)));
      bidirectional |= matcher.group(3) != null;
      bias |= matcher.group(1).startsWith("bias");
    }
    if (prefixes.size() > 1) {
      throw new ModelFormatException(
          "tensors",
          "one recurrent network",
          "several: " + Safetensors.quoted(prefixes.toString()),
          where);
    }
    if (!recurrent.containsKey("weight_ih_l0") || !recurrent.containsKey("weight_hh_l0")) {
      throw new ModelFormatException(
          "tensors",
          "torch's weight_ih_l0 and weight_hh_l0, with or without a prefix",
          Safetensors.quoted(file.names().toString()),
          where);
    }
  }

  /** Sizes from the shapes of the first layer; {@link #weights} checks the rest against them. */
  RnnConfig config(Cell stated) throws ModelFormatException {
    List<Integer> ih = file.shape(recurrent.get("weight_ih_l0"));
    List<Integer> hh = file.shape(recurrent.get("weight_hh_l0"));
    if (hh.size() != 2 || hh.get(1) == 0 || hh.get(0) % hh.get(1) != 0) {
      throw new ModelFormatException(
          name("weight_hh_l0"), "shape [gates * hidden_size, hidden_size]", hh.toString(), where);
    }
    if (ih.size() != 2) {
      throw new ModelFormatException(
          name("weight_ih_l0"), "shape [gates * hidden_size, input_size]", ih.toString(), where);
    }
    int gates = hh.get(0) / hh.get(1);
    Cell cell = stated;
    if (cell == null) {
      cell = gates == 4 ? Cell.LSTM : gates == 3 ? Cell.GRU : Cell.RNN_TANH;
    }
    if (cell.gates() != gates) {
      String expected =
          stated == null
              ? "1, 3 or 4 blocks"
              : cell.gates() + " blocks (" + ModelMetadata.label(cell) + ")";
      throw new ModelFormatException(
          name("weight_hh_l0"), expected + " of hidden_size rows", gates + ", shape " + hh, where);
    }
    return new RnnConfig(cell, ih.get(1), hh.get(1), numLayers, bidirectional, bias);
  }

  float[] weights(RnnConfig rnn) throws ModelFormatException {
    int count = ForecastModel.parameterCount(rnn);
    List<RnnConfig.Parameter> parameters = rnn.parameters();
    for (RnnConfig.Parameter parameter : parameters) { // all of them before anything is allocated
      if (!recurrent.containsKey(parameter.name())) {
        throw new ModelFormatException(
            parameter.name(), "shape " + parameter.shape(), "no such tensor", where);
      }
      shape(recurrent.get(parameter.name()), parameter.shape());
    }
    float[] weights = new float[count];
    for (RnnConfig.Parameter parameter : parameters) {
      float[] values = file.floats(recurrent.get(parameter.name()));
      System.arraycopy(values, 0, weights, parameter.offset(), values.length);
    }
    return weights;
  }

  /**
   * The weights of a network that combines candidates: the encoder's and those of its head, whose
   * tensors have the names of {@link CandidateShape#head}.
   */
  float[] weights(int kinds, RnnConfig encoder) throws ModelFormatException {
    List<Integer> second = others.contains(SECOND) ? file.shape(SECOND) : List.of();
    if (second.size() != 2) {
      throw new ModelFormatException(SECOND, "shape [units, units]", second.toString(), where);
    }
    CandidateShape shape = new CandidateShape(kinds, second.get(0), encoder);
    Map<String, List<Integer>> head = shape.head();
    for (String name : others) {
      if (!head.containsKey(name)) {
        throw new ModelFormatException(
            Safetensors.quoted(name),
            "a tensor of the network or of " + head.keySet(),
            "shape " + file.shape(name),
            where);
      }
    }
    for (Map.Entry<String, List<Integer>> tensor : head.entrySet()) {
      if (!others.contains(tensor.getKey())) {
        throw new ModelFormatException(
            tensor.getKey(), "shape " + tensor.getValue(), "no such tensor", where);
      }
      shape(tensor.getKey(), tensor.getValue());
    }
    float[] weights = Arrays.copyOf(weights(encoder), shape.parameterCount());
    for (String tensor : head.keySet()) {
      float[] values = file.floats(tensor);
      System.arraycopy(values, 0, weights, shape.offset(tensor), values.length);
    }
    return weights;
  }

  /** The one linear layer beside the network, whatever its name; null if absent. */
  ForecastModel.Head head(RnnConfig rnn) throws ModelFormatException {
    if (others.isEmpty()) {
      return null;
    }
    String weight = null;
    for (String name : others) {
      if (file.shape(name).size() == 2 && (name.endsWith(".weight") || name.equals("weight"))) {
        if (weight != null) {
          throw new ModelFormatException(
              "head",
              "one linear layer",
              Safetensors.quoted(weight) + " and " + Safetensors.quoted(name),
              where);
        }
        weight = name;
      }
    }
    String bias = weight == null ? null : weight.substring(0, weight.length() - 6) + "bias";
    for (String name : others) {
      if (!name.equals(weight) && !name.equals(bias)) {
        throw new ModelFormatException(
            Safetensors.quoted(name),
            "a tensor of the network or of one linear head",
            "shape " + file.shape(name),
            where);
      }
    }
    int outFeatures = file.shape(weight).get(0);
    shape(weight, List.of(outFeatures, rnn.outputSize()));
    float[] biases = new float[outFeatures]; // Linear(bias=False): zeros are the same layer
    if (others.contains(bias)) {
      shape(bias, List.of(outFeatures));
      biases = file.floats(bias);
    }
    return new ForecastModel.Head(file.floats(weight), biases);
  }

  private String name(String parameter) {
    return Safetensors.quoted(recurrent.get(parameter));
  }

  private void shape(String name, List<Integer> expected) throws ModelFormatException {
    List<Integer> actual = file.shape(name);
    if (!actual.equals(expected)) {
      throw new ModelFormatException(
          Safetensors.quoted(name), "shape " + expected, actual.toString(), where);
    }
  }
}
