package dev.weir.core;

import dev.weir.model.ForecastModel;
import dev.weir.model.Mode;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import dev.weir.model.Readout;
import dev.weir.model.Scaling;
import dev.weir.rnn.cell.Cell;
import java.util.List;
import java.util.Locale;

/** A model of a safetensors file, and what is said of it if the file does not. */
final class ModelOptions {

  ModelSource source; // null for no model
  private Readout readout;
  private Scaling scaling;
  private Cell cell;

  void readout(String label) {
    readout = Readout.ofLabel(label);
    boolean forecasts = readout != null && readout.forecasts();
    Checks.check(forecasts, "readout", "h_n or out[:, -1]", label);
  }

  /** Fixed scaling needs two numbers, which only a file says. */
  void scaling(String label) {
    Scaling.Rule rule = Scaling.Rule.ofLabel(label);
    boolean isOne = rule != null && rule != Scaling.Rule.FIXED;
    Checks.check(isOne, "scaling", "none, window or last", label);
    scaling = new Scaling(rule, 0, 1);
  }

  void cell(String label) {
    cell = null;
    for (Cell each : Cell.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(label)) {
        cell = each;
      }
    }
    Checks.check(cell != null, "cell", "rnn_tanh, rnn_relu, lstm or gru", label);
  }

  /**
   * Reads the model.
   *
   * @param window values in a window; null if the file says it
   * @return null for no model
   * @throws IllegalArgumentException with one line if it can't be read, or something is said of no
   *     model
   */
  ForecastModel read(Integer window) {
    if (source == null) {
      String expected = "a model beside it";
      Checks.check(readout == null, "readout", expected, "none");
      Checks.check(scaling == null, "scaling", expected, "none");
      Checks.check(cell == null, "cell", expected, "none");
      return null;
    }
    ModelFiles.Defaults defaults =
        new ModelFiles.Defaults(
            source.name(), Mode.MANY_TO_ONE, window, readout, scaling, cell, null);
    try {
      ForecastModel read = ModelFiles.fromBytes(source.bytes(), defaults, source.where());
      for (ModelFiles.Contradiction other : defaults.contradictions(read)) {
        String key = other.key().substring("weir.".length());
        if (List.of("readout", "scaling", "cell").contains(key)) {
          throw new IllegalArgumentException(key + ": " + other);
        }
      }
      return source.renames() ? read.withName(source.name()) : read;
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException("model: " + e.getMessage(), e);
    }
  }

  /** A job's words for the options of the builders. */
  static String inWordsOfTheBuilder(String problem) {
    return problem
        .replaceFirst("^seq_len:", "window:")
        .replaceFirst("^ahead:", "featuresAhead:")
        .replaceFirst("^features_ahead:", "ahead:")
        .replaceFirst("^max-classes:", "maxClasses:")
        .replaceFirst("^labels.waiting:", "waiting:")
        .replaceFirst("^channels:", "features:")
        .replace("classify.max-classes", "maxClasses");
  }
}
