package dev.weir.stream.shared;

import dev.weir.forecast.shared.TrainerState;
import dev.weir.forecast.shared.TrainerStateFormat;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes what a trainer knows, as {@link TrainerStateFormat} defines. */
final class TrainerStateSerializer extends WeirSerializer<TrainerState> {

  private static final long serialVersionUID = 1L;

  static final TrainerStateSerializer INSTANCE = new TrainerStateSerializer();

  @Override
  public byte version() {
    return TrainerStateFormat.VERSION;
  }

  @Override
  protected boolean isChecked() {
    return true;
  }

  @Override
  protected void write(TrainerState state, DataOutputView target) throws IOException {
    TrainerStateFormat.write(state, target);
  }

  @Override
  protected TrainerState read(byte version, DataInputView source) throws IOException {
    return TrainerStateFormat.read(source);
  }

  /** Mutable: the trainer goes on while a snapshot is written. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public TrainerState copy(TrainerState from) {
    try {
      DataOutputSerializer bytes = new DataOutputSerializer(1 << 16);
      TrainerStateFormat.write(from, bytes);
      return TrainerStateFormat.read(new DataInputDeserializer(bytes.wrapAsByteBuffer()));
    } catch (IOException e) { // from memory to memory
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public TypeSerializerSnapshot<TrainerState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<TrainerState> {
    public Snapshot() {
      super(INSTANCE);
    }
  }
}
