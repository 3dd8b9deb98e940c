package dev.weir.dashboard;

import dev.weir.forecast.Observation;
import java.util.concurrent.ConcurrentHashMap;

/** Foreign names, kept short, and models' names kept once for all series. */
final class Names {

  private static final int MOST_SHARED = 1_000;
  private static final int LONGEST_MODEL = 249;

  private final ConcurrentHashMap<String, String> shared = new ConcurrentHashMap<>();

  static boolean isSeries(String name) {
    return !name.isEmpty() && name.length() <= Observation.MAX_SERIES_LENGTH;
  }

  static String model(String name) {
    return name.length() <= LONGEST_MODEL ? name : name.substring(0, LONGEST_MODEL);
  }

  /** The same text as one object, as long as there are not too many. */
  String sharedModel(String name) {
    String known = shared.get(name);
    if (known != null) {
      return known;
    }
    String model = model(name);
    if (shared.size() >= MOST_SHARED) {
      return model;
    }
    String before = shared.putIfAbsent(model, model);
    return before == null ? model : before;
  }
}
