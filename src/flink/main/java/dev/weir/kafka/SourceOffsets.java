package dev.weir.kafka;

import java.io.Serializable;
import java.util.Map;

/**
 * A {@link SourceRange} as it is on the brokers when a job is submitted, so that each task and each
 * restart means the same records.
 *
 * @param starts first offset to read, by partition; null: where the group has got to
 * @param ends first offset not to read, by partition; null: none
 * @param outsideEnds the same of the topic of outside forecasts; null: none
 */
public record SourceOffsets(
    Map<Integer, Long> starts, Map<Integer, Long> ends, Map<Integer, Long> outsideEnds)
    implements Serializable {

  /** From where the group has got to, without end. */
  public static final SourceOffsets STREAM = new SourceOffsets(null, null, null);

  public SourceOffsets {
    starts = starts == null ? null : Map.copyOf(starts);
    ends = ends == null ? null : Map.copyOf(ends);
    outsideEnds = outsideEnds == null ? null : Map.copyOf(outsideEnds);
  }
}
