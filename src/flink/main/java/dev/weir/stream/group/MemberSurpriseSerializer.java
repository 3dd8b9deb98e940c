package dev.weir.stream.group;

import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes surprises on their way to the operator of groups. */
final class MemberSurpriseSerializer extends WeirSerializer<MemberSurprise> {

  private static final long serialVersionUID = 1L;

  static final MemberSurpriseSerializer INSTANCE = new MemberSurpriseSerializer();

  @Override
  protected void write(MemberSurprise surprise, DataOutputView target) throws IOException {
    StringValue.writeString(surprise.group(), target);
    StringValue.writeString(surprise.series(), target);
    target.writeLong(surprise.time());
    target.writeDouble(surprise.value());
    target.writeDouble(surprise.surprise());
    target.writeDouble(surprise.enough());
    target.writeLong(surprise.interval());
    target.writeLong(surprise.spacing());
  }

  @Override
  protected MemberSurprise read(byte version, DataInputView source) throws IOException {
    return new MemberSurprise(
        StringValue.readString(source),
        StringValue.readString(source),
        source.readLong(),
        source.readDouble(),
        source.readDouble(),
        source.readDouble(),
        source.readLong(),
        source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<MemberSurprise> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<MemberSurprise> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
