package dev.weir.state;

import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.ObservationLogFormat;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes the newest observations of a series, as {@link ObservationLogFormat} defines. */
public final class ObservationLogSerializer extends WeirSerializer<ObservationLog> {

  private static final long serialVersionUID = 1L;

  public static final ObservationLogSerializer INSTANCE = new ObservationLogSerializer();

  @Override
  public byte version() {
    return ObservationLogFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(ObservationLog state, DataOutputView target) throws IOException {
    ObservationLogFormat.write(state, target);
  }

  @Override
  protected ObservationLog read(byte version, DataInputView source) throws IOException {
    return ObservationLogFormat.read(source);
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public ObservationLog copy(ObservationLog from) {
    return new ObservationLog(from);
  }

  @Override
  public TypeSerializerSnapshot<ObservationLog> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<ObservationLog> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
