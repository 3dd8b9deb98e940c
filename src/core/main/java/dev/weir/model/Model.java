package dev.weir.model;

import java.util.Map;

/** A model of a model file or of the model topic: a forecaster or a classifier. */
public sealed interface Model permits ForecastModel, ClassifierModel {

  /** Which model this is. */
  String name();

  /** A newer version replaces an older one of the same name. */
  long version();

  /** Free text about the model. */
  Map<String, String> provenance();

  /** The same model as another version. */
  Model withVersion(long newVersion);

  /** The model as a file's bytes. */
  static byte[] toBytes(Model model) {
    return model instanceof ClassifierModel classifier
        ? ClassifierFiles.toBytes(classifier)
        : ModelFiles.toBytes((ForecastModel) model);
  }

  /**
   * Reads a model of either kind, without defaults.
   *
   * @param where what messages call the bytes
   * @throws ModelFormatException when they are not a model that we can run
   */
  static Model fromBytes(byte[] bytes, String where) throws ModelFormatException {
    return ClassifierFiles.isOne(bytes, where)
        ? ClassifierFiles.fromBytes(bytes, null, where)
        : ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, where);
  }
}
