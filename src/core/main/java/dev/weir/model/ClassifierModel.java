package dev.weir.model;

import dev.weir.rnn.RnnConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A classifier's learned part: a stacked recurrent network, a linear head with one row for each
 * class, and how both are to be used. Immutable by convention: the arrays must not be changed.
 * Equal when all numbers are equal, bit by bit.
 *
 * @param name which model this is; as for {@link ForecastModel}
 * @param version a newer version replaces the older one
 * @param mode many-to-one: a class for the window; many-to-many: a class for each step, whose head
 *     reads that step of {@code out}
 * @param rnn shape of the network
 * @param readout what the head of a many-to-one network reads; of no effect for many-to-many
 * @param classes names of the classes, in the order of the head's rows
 * @param weights the network's tensors as in {@link RnnConfig#parameters()}, the head's weight
 *     (classes, {@link RnnConfig#outputSize()}), the head's bias (classes)
 * @param provenance free text about the model
 */
public record ClassifierModel(
    String name,
    long version,
    Mode mode,
    RnnConfig rnn,
    Readout readout,
    List<String> classes,
    float[] weights,
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
    classes = List.copyOf(classes);
    checkClasses(classes);
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
        newName, newVersion, mode, rnn, readout, classes, weights, provenance);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassifierModel that
        && name.equals(that.name)
        && version == that.version
        && mode == that.mode
        && rnn.equals(that.rnn)
        && readout == that.readout
        && classes.equals(that.classes)
        && Arrays.equals(weights, that.weights)
        && provenance.equals(that.provenance);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(weights);
  }

  /** Sizes, not weights: meant for logs. */
  @Override
  public String toString() {
    return "ClassifierModel[%s version %d, %s, %s, %s, %d classes]"
        .formatted(name, version, mode.label(), rnn, readout.label(), classes.size());
  }
}
