package dev.weir.spec;

import dev.weir.classify.ClassifySettings;
import dev.weir.classify.SeriesClassifier;
import dev.weir.model.ClassifierFiles;
import dev.weir.model.ClassifierModel;
import dev.weir.model.ModelFormatException;
import dev.weir.option.ClassifyOptions;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.util.List;

/**
 * The specification of a classification, as {@link ForecastSpec} is that of a forecast. Not
 * thread-safe.
 */
public final class ClassifySpec extends Spec {

  private String model;
  private ClassifierModel initial;

  /** With each option's default. */
  public ClassifySpec(Front front) {
    super(front);
  }

  /**
   * Takes a model.
   *
   * @param name null for none
   * @param first the model to start with; null if it comes later
   */
  public void model(String name, ClassifierModel first) {
    model = name;
    initial = first;
  }

  /**
   * Reads a model.
   *
   * @param name of the model if the file has none
   * @return null beside a problem
   */
  public ClassifierModel read(String name, byte[] file, String where) {
    try {
      return ClassifierFiles.fromBytes(file, name, where);
    } catch (ModelFormatException e) {
      front.problem(ClassifyOptions.FILE, e.getMessage());
      return null;
    }
  }

  /**
   * The settings, after all checks.
   *
   * @return null beside a problem that the front collects
   */
  public ClassifySettings settings() {
    checkNeeds();
    Option<String> file = front.modelsArrive() ? ClassifyOptions.FILE : ClassifyOptions.MODEL;
    Option<String> other = front.modelsArrive() ? ClassifyOptions.MODEL : ClassifyOptions.FILE;
    if (model == null && has(file)) {
      front.problem(file, "expected %s as well, got none".formatted(front.name(other)));
    }
    boolean learns = get(ClassifyOptions.LEARNING);
    if (model == null && !learns) {
      front.problem(other, "expected a model where nothing is learned, got none");
      return null;
    }
    List<String> classes = get(ClassifyOptions.CLASSES);
    int maxClasses =
        has(ClassifyOptions.MAX_CLASSES)
            ? get(ClassifyOptions.MAX_CLASSES)
            : Math.max(classes.size(), ClassifyOptions.MAX_CLASSES.defaultValue());
    if (classes.size() > maxClasses) {
      front.problem(
          ClassifyOptions.MAX_CLASSES,
          "expected at least the %d of %s, got %d"
              .formatted(classes.size(), front.name(ClassifyOptions.CLASSES), maxClasses));
      return null;
    }
    try {
      ClassifySettings settings =
          new ClassifySettings(
              get(ForecastOptions.SEQ_LEN),
              get(ForecastOptions.STRIDE),
              1 + get(ForecastOptions.FEATURES),
              get(ForecastOptions.OUT_OF_ORDERNESS),
              model,
              initial == null ? null : ClassifierFiles.toBytes(initial),
              new ClassifySettings.Learning(
                  classes, maxClasses, learns, get(ClassifyOptions.WAITING), ClassifySettings.SEED),
              limits());
      String problem = initial == null ? null : settings.problemWith(initial);
      if (problem != null) {
        front.problem(ClassifyOptions.FILE, problem);
      }
      checkBytes(
          ClassifyOptions.WAITING,
          SeriesClassifier.seriesBytes(settings, maxClasses, settings.learning().waiting()),
          ClassifySettings.MAX_SERIES_BYTES,
          "; take a smaller %s or %s"
              .formatted(
                  front.name(ClassifyOptions.WAITING), front.name(ClassifyOptions.MAX_CLASSES)));
      return settings;
    } catch (IllegalArgumentException e) { // from a combination of options
      front.problem(ForecastOptions.FEATURES, e.getMessage());
      return null;
    }
  }
}
