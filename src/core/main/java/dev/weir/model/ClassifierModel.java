package dev.weir.model;

import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A classifier's learned part: a stacked recurrent network, a linear head with one row for each
 * class, and how both are to be used. Immutable by convention: nobody may write into the arrays.
 * Equal when all numbers are equal, bit by bit.
 *
 * @param name which model this is; as for {@link ForecastModel}
 * @param version a newer version replaces the older one
 * @param mode many-to-one: a class for the window; many-to-many: a class for each step, whose head
 *     reads that step of {@code out}
 * @param rnn shape of the network
 * @param readout what the head of a many-to-one network reads; of no effect for many-to-many
 * @param view how a window becomes the network's input
 * @param classes names of the classes, in the order of the head's rows
 * @param factor by which the logits are multiplied before the softmax: one over what is called a
 *     temperature
 * @param weights the network's tensors as in {@link RnnConfig#parameters()}, the head's weight
 *     (classes, {@link RnnConfig#outputSize()}), the head's bias (classes)
 * @param convolution what answers for windows together with the network; null: nothing
 * @param provenance free text about the model
 */
public record ClassifierModel(
    String name,
    long version,
    Mode mode,
    RnnConfig rnn,
    Readout readout,
    InputView view,
    List<String> classes,
    double factor,
    float[] weights,
    Convolution convolution,
    Map<String, String> provenance)
    implements Model {

  /** Most classes. */
  public static final int MAX_CLASSES = 1_000;

  /** Longest name of a class. */
  public static final int MAX_CLASS_LENGTH = 200;

  /**
   * @throws IllegalArgumentException when a part does not fit the others, naming it
   */
  public ClassifierModel {
    if (!ForecastModel.isName(name)) {
      throw new IllegalArgumentException(
          "name: expected 1 to %d of A-Z a-z 0-9 . _ -, got %s"
              .formatted(ForecastModel.MAX_NAME_LENGTH, Safetensors.quoted(name)));
    }
    if (version < 0) {
      throw new IllegalArgumentException("version: expected at least 0, got " + version);
    }
    if (rnn.inputSize() != view.inputSize()) {
      throw new IllegalArgumentException(
          "input_size: expected %d for %s, got %d"
              .formatted(view.inputSize(), view, rnn.inputSize()));
    }
    if (mode == Mode.MANY_TO_MANY && view.patch() != 1) {
      throw new IllegalArgumentException("patch: expected 1 for many-to-many, got " + view.patch());
    }
    classes = List.copyOf(classes);
    checkClasses(classes);
    if (!(factor > 0) || !Double.isFinite(factor)) {
      throw new IllegalArgumentException("factor: expected a number above 0, got " + factor);
    }
    long count =
        (long) ForecastModel.parameterCount(rnn) + classes.size() * (rnn.outputSize() + 1L);
    if (weights.length != count) {
      throw new IllegalArgumentException(
          "weights: expected %d floats for %s and %d classes, got %d"
              .formatted(count, rnn, classes.size(), weights.length));
    }
    for (int i = 0; i < weights.length; i++) {
      if (!Float.isFinite(weights[i])) {
        throw new IllegalArgumentException(
            "weights: expected finite numbers, got %s at index %d".formatted(weights[i], i));
      }
    }
    if (convolution != null && mode == Mode.MANY_TO_MANY) {
      throw new IllegalArgumentException("convolution: expected none for many-to-many");
    }
    if (convolution != null && convolution.bias().length != classes.size()) {
      throw new IllegalArgumentException(
          "convolution.bias: expected %d classes, got %d"
              .formatted(classes.size(), convolution.bias().length));
    }
    provenance = Map.copyOf(provenance);
    ForecastModel.writable(provenance);
  }

  private static void checkClasses(List<String> classes) {
    if (classes.size() < 2 || classes.size() > MAX_CLASSES) {
      throw new IllegalArgumentException(
          "classes: expected 2 to %d, got %d".formatted(MAX_CLASSES, classes.size()));
    }
    if (Set.copyOf(classes).size() < classes.size()) {
      throw new IllegalArgumentException(
          "classes: expected different names, got " + Safetensors.quoted(classes.toString()));
    }
    for (String one : classes) {
      if (one.isBlank() || one.length() > MAX_CLASS_LENGTH) {
        throw new IllegalArgumentException(
            "classes: expected names of 1 to %d characters, got %s"
                .formatted(MAX_CLASS_LENGTH, Safetensors.quoted(one)));
      }
    }
  }

  @Override
  public ClassifierModel withVersion(long newVersion) {
    return with(name, newVersion);
  }

  public ClassifierModel withName(String newName) {
    return with(newName, version);
  }

  private ClassifierModel with(String newName, long newVersion) {
    return new ClassifierModel(
        newName,
        newVersion,
        mode,
        rnn,
        readout,
        view,
        classes,
        factor,
        weights,
        convolution,
        provenance);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassifierModel that
        && name.equals(that.name)
        && version == that.version
        && mode == that.mode
        && rnn.equals(that.rnn)
        && readout == that.readout
        && view.equals(that.view)
        && classes.equals(that.classes)
        && Double.compare(factor, that.factor) == 0
        && Arrays.equals(weights, that.weights)
        && Objects.equals(convolution, that.convolution)
        && provenance.equals(that.provenance);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(weights);
  }

  /** Sizes, not weights: meant for logs. */
  @Override
  public String toString() {
    return "ClassifierModel[%s version %d, %s, %s, %s, %s, %d classes]"
        .formatted(name, version, mode.label(), rnn, readout.label(), view, classes.size());
  }
}
