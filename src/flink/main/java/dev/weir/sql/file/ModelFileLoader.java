package dev.weir.sql.file;

import dev.weir.model.BuiltInModels;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.model.ModelFormatException;
import java.io.IOException;

/** Reads a model's file. */
public final class ModelFileLoader {

  /** They travel with the job graph, and more would not fit into it comfortably. */
  private static final int MAX_BYTES = 64 << 20;

  private ModelFileLoader() {}

  /**
   * Reads a network that forecasts.
   *
   * @param option the option's name, for the message
   * @throws IllegalArgumentException with one line that says why it can't be used
   */
  public static ForecastModel read(String option, String location, ModelFiles.Defaults defaults) {
    try {
      return ModelFiles.fromBytes(load(location, defaults.seqLen()), defaults, location);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      throw new IllegalArgumentException(
          "%s: expected a readable file, got %s (%s)".formatted(option, location, e), e);
    }
  }

  /** As {@link #read}, of a classifier. */
  public static ClassifierModel readClassifier(String option, String location, String name) {
    try {
      return ClassifierFiles.fromBytes(load(location, null), name, location);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) { // the latter from what is no path at all
      throw new IllegalArgumentException(
          "%s: expected a readable file, got %s (%s)".formatted(option, location, e), e);
    }
  }

  /**
   * The bytes of a model's file.
   *
   * @param seqLen values in a window of a built-in model
   */
  public static byte[] load(String location, Integer seqLen) throws IOException {
    if (BuiltInModels.isOne(location)) {
      return BuiltInModels.bytes(location, seqLen);
    }
    return StatementFile.read(location, MAX_BYTES);
  }
}
