package dev.weir.stream.covariate;

import dev.weir.forecast.StateFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What outside models forecast of a series: one value, which is read once. Mutable. */
final class OutsideForecasts {

  static final long NO_TIMER = Long.MAX_VALUE;

  private static final int MAX_MODELS = 1 << 16; // a damaged size must not exhaust the heap

  /**
   * In the order of their first forecasts. Of each time: when its forecast was made, then the
   * columns.
   */
  final Map<String, GroupCovariates> byModel = new LinkedHashMap<>();

  /** The last time forecast. */
  long end = Long.MIN_VALUE;

  /** When something is to be dropped, at the end or after it. */
  long timer = NO_TIMER;

  /** Declares the fields; fails if what was read is no such state. */
  OutsideForecasts fields(StateFields fields) throws IOException {
    List<String> models = new ArrayList<>(byModel.keySet());
    fields.list("models", models, MAX_MODELS, null, (model, each) -> each.text("model", model));
    for (String model : models) {
      GroupCovariates known = fields.reads() ? new GroupCovariates(1) : byModel.get(model);
      byModel.put(model, known.fields(fields));
    }
    end = fields.number("end", end);
    timer = fields.number("timer", timer);
    return this;
  }
}
