package dev.weir.core;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The class of one window of a series.
 *
 * @param series name of the series
 * @param start time of the window's oldest observation
 * @param end time of its newest one, by which {@link ClassifiedSeries#label} finds it
 * @param label the most probable class; empty while no class is known
 * @param probabilities of each class that is known, by its name; can't be modified
 * @param labels windows of the series whose label has come so far
 * @param accuracy share of them that had been classified rightly; NaN without labels
 * @param logLoss mean logarithmic loss of them; NaN without labels
 * @param model name of the model; empty without one
 * @param modelVersion its version; -1 without one
 * @param status whether anything was missing
 */
public record Classification(
    String series,
    Instant start,
    Instant end,
    String label,
    Map<String, Double> probabilities,
    long labels,
    double accuracy,
    double logLoss,
    String model,
    long modelVersion,
    Status status) {

  /** What a classification is made of. */
  public enum Status {
    /** A full window. */
    OK,
    /** The window is not full yet. */
    WARMUP,
    /** No class is known yet: there is no model, and no label has come. */
    UNKNOWN
  }

  static Classification of(dev.weir.forecast.Classification said) {
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (int i = 0; i < said.classes().size(); i++) {
      probabilities.put(said.classes().get(i), said.probabilities()[i]);
    }
    return new Classification(
        said.series(),
        Instant.ofEpochMilli(said.windowStart()),
        Instant.ofEpochMilli(said.windowEnd()),
        said.label(),
        Collections.unmodifiableMap(probabilities),
        said.labels(),
        said.accuracy(),
        said.logLoss(),
        said.model(),
        said.modelVersion(),
        switch (said.status()) {
          case OK -> Status.OK;
          case WARMUP -> Status.WARMUP;
          case FALLBACK, UNKNOWN -> Status.UNKNOWN;
        });
  }
}
