package dev.weir.cli.grid;

import dev.weir.forecast.Observation;
import java.util.HashMap;
import java.util.Map;

/** Where {@link FutureRows} are in their files, for messages. Not thread-safe. */
public final class RowPlaces {

  private final Map<String, Map<Long, String>> places = new HashMap<>(); // by series and time

  /** Of rows with the same time, the first one counts. */
  public void add(Observation row, String place) {
    places.computeIfAbsent(row.series(), series -> new HashMap<>()).putIfAbsent(row.time(), place);
  }

  /** The file and the line of a row without a value. */
  public String of(Observation row) {
    return places.get(row.series()).get(row.time());
  }
}
