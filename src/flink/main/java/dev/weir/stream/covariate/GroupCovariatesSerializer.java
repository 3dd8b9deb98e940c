package dev.weir.stream.covariate;

import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes the covariates of a group: features, then each time with its row. */
final class GroupCovariatesSerializer extends WeirSerializer<GroupCovariates> {

  private static final long serialVersionUID = 1L;

  static final GroupCovariatesSerializer INSTANCE = new GroupCovariatesSerializer();

  @Override
  public byte version() {
    return 1;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(GroupCovariates known, DataOutputView target) throws IOException {
    int features = known.features();
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES + known.size() * (1 + features) * Long.BYTES);
    bytes.putInt(features);
    for (int i = 0; i < known.size(); i++) {
      bytes.putLong(known.time(i));
      for (int f = 0; f < features; f++) {
        bytes.putDouble(known.feature(i, f));
      }
    }
    writeBytes(bytes.array(), target);
  }

  @Override
  protected GroupCovariates read(byte version, DataInputView source) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(readBytes(source));
    int features = bytes.getInt();
    if (features < 1 || features > bytes.capacity()) { // before anything is that large
      throw new IOException("features: expected 1 or more, got " + features);
    }
    int size = bytes.remaining() / ((1 + features) * Long.BYTES);
    long[] times = new long[Math.max(1, size)];
    double[] rows = new double[times.length * features];
    for (int i = 0; i < size; i++) {
      times[i] = bytes.getLong();
      for (int f = 0; f < features; f++) {
        rows[i * features + f] = bytes.getDouble();
      }
    }
    return new GroupCovariates(features, times, rows, size);
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public GroupCovariates copy(GroupCovariates from) {
    return from.copy();
  }

  @Override
  public TypeSerializerSnapshot<GroupCovariates> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<GroupCovariates> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
