package dev.weir.stream;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.contest.ShadowScore;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes scores of series on their way to the operator that compares networks. */
final class ShadowScoreSerializer extends WeirSerializer<ShadowScore> {

  private static final long serialVersionUID = 1L;

  static final ShadowScoreSerializer INSTANCE = new ShadowScoreSerializer();

  @Override
  protected void write(ShadowScore score, DataOutputView target) throws IOException {
    score.fields(StateFields.writer(target));
  }

  @Override
  protected ShadowScore read(byte version, DataInputView source) throws IOException {
    return ShadowScore.BLANK.fields(StateFields.reader(source));
  }

  @Override
  public TypeSerializerSnapshot<ShadowScore> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ShadowScore> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
