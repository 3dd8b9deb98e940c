package dev.weir.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a savepoint says of one of our serializers: the newest layout that its values may have. An
 * older build so refuses the savepoint when it is restored, on each backend; by the values alone
 * RocksDB would find out at some series' next observation.
 *
 * <p>A savepoint names the subclass, which each serializer has, so its name never changes.
 */
public abstract class LayoutSnapshot<T> implements TypeSerializerSnapshot<T> {

  /** Flink's {@code SimpleTypeSerializerSnapshot}, which ours once were: nothing follows. */
  private static final int WITHOUT_LAYOUT = 3;

  /** One byte follows: the layout. */
  private static final int WITH_LAYOUT = 4;

  private final WeirSerializer<T> serializer;

  protected LayoutSnapshot(WeirSerializer<T> serializer) {
    this.serializer = serializer;
  }

  @Override
  public int getCurrentVersion() {
    return WITH_LAYOUT;
  }

  @Override
  public void writeSnapshot(DataOutputView target) throws IOException {
    target.writeByte(serializer.version());
  }

  @Override
  public void readSnapshot(int version, DataInputView source, ClassLoader classLoader)
      throws IOException {
    switch (version) {
      case WITHOUT_LAYOUT -> {} // each value says its own
      case WITH_LAYOUT -> serializer.checkReadable(source.readByte());
      default ->
          throw new IOException(
              "%s: expected a snapshot of version %d or %d, got %d: was this state written by a newer Weir?"
                  .formatted(
                      serializer.getClass().getSimpleName(), WITHOUT_LAYOUT, WITH_LAYOUT, version));
    }
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return serializer;
  }

  /** Each value says its layout and is read accordingly, so nothing is to be migrated. */
  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    return old.getClass() == getClass()
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
