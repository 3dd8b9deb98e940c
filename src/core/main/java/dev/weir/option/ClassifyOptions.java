package dev.weir.option;

import dev.weir.classify.ClassifySettings;
import dev.weir.classify.StreamClassifier;
import dev.weir.model.ClassifierModel;
import java.util.List;

/** The options of classification, in the section of a job file and in SQL. */
public final class ClassifyOptions {

  /** The section's key. */
  public static final String SECTION = "classify";

  /** How classes are written. */
  public enum ClassFormat {
    AVRO,
    JSON
  }

  public static final Option<String> CLASSES_TOPIC =
      Option.name("topics.classes", "classes", "Topic that the classes leave on.");
  public static final Option<String> LABELS_TOPIC =
      Option.name(
              "topics.labels",
              "labels",
              "Topic that labels arrive on: the true classes of windows, when they are known.")
          .change(Option.OLD_TOPIC);

  public static final Option<String> MODEL =
      Option.name(
              "classify.model",
              null,
              "Name of the classifier; the newest published under it on the model topic is used."
                  + " What learns from labels needs none.")
          .change("the other model comes from the topic or the file");
  public static final Option<String> FILE =
      Option.text(
              "classify.file",
              null,
              "Classifier to start with, safetensors: a path (a relative one starts at the job"
                  + " file) or a URL of Flink's file systems.")
          .change("without effect once the model topic has brought a model");
  public static final Option<List<String>> CLASSES =
      Option.list(
              "classify.classes",
              "a list of at most %d names".formatted(StreamClassifier.MAX_CLASSES),
              List.of(),
              StreamClassifier.MAX_CLASSES,
              "The classes that there may be; by default those of the model and of the labels that"
                  + " come.",
              ClassifyOptions::className)
          .change("safe for further classes; each series keeps those it has");
  public static final Option<Integer> MAX_CLASSES =
      Option.integer(
              "classify.max-classes",
              ClassifySettings.DEFAULT_MAX_CLASSES,
              2,
              StreamClassifier.MAX_CLASSES,
              "Classes of a series at most; memory grows with them.")
          .change("the classes of each series are learned from nothing");
  public static final Option<Boolean> LEARNING =
      Option.flag(
          "classify.learning",
          true,
          "Whether each series is learned from its labels; else the model alone answers.");
  public static final Option<Integer> WAITING =
      Option.integer(
              "classify.waiting",
              ClassifySettings.DEFAULT_WAITING,
              1,
              StreamClassifier.MAX_WAITING,
              "Newest windows of a series whose label may still come; a later one is a dead"
                  + " letter.")
          .unit("windows")
          .change("the classes of each series are learned from nothing");
  public static final Option<ClassFormat> FORMAT =
      Option.choice(
          "classify.format",
          ClassFormat.class,
          ClassFormat.AVRO,
          "How classes are written; labels are read in either format.");

  private ClassifyOptions() {}

  private static String className(String text) {
    if (text.isBlank() || text.length() > ClassifierModel.MAX_CLASS_LENGTH) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }
}
