package dev.weir.stream.shared;

import dev.weir.forecast.shared.TrainerState;
import dev.weir.forecast.shared.TrainerStateFormat;
import dev.weir.state.StateSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Serializes what a trainer knows, as {@link TrainerStateFormat} defines. */
final class TrainerStateSerializer extends StateSerializer<TrainerState> {

  private static final long serialVersionUID = 1L;

  static final TrainerStateSerializer INSTANCE = new TrainerStateSerializer();

  private TrainerStateSerializer() {
    super(
        TrainerStateFormat.VERSION,
        TrainerStateFormat::write,
        TrainerStateFormat::read,
        TrainerStateSerializer::copyOf);
  }

  private static TrainerState copyOf(TrainerState from) {
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
