package dev.weir.state;

import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.learn.LearnerStateFormat;

/** Serializes what has been learned of a series, as {@link LearnerStateFormat} defines. */
public final class LearnerStateSerializer extends StateSerializer<LearnerState> {

  /** Name of the state in Flink, before that of a mode; part of each savepoint. */
  public static final String STATE = "learned-";

  private static final long serialVersionUID = 1L;

  public static final LearnerStateSerializer INSTANCE = new LearnerStateSerializer();

  private LearnerStateSerializer() {
    super(
        LearnerStateFormat.VERSION,
        LearnerStateFormat::write,
        LearnerStateFormat::read,
        LearnerState::copy);
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<LearnerState> {}
}
