package dev.weir.state;

import java.io.IOException;
import java.lang.reflect.Field;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a savepoint records of one of our serializers: the layout of its values. An older build
 * refuses the savepoint when it is restored, on each state backend. Without it, RocksDB would fail
 * at the next observation of a series.
 *
 * <p>A savepoint contains the name of the subclass, which each serializer has as a nested class, so
 * that name never changes. It belongs to the serializer's {@code INSTANCE}.
 */
public abstract class WeirSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {

  /** One byte follows: the layout. */
  private static final int VERSION = 1;

  private final WeirSerializer<T> serializer = instance();

  @SuppressWarnings("unchecked")
  private WeirSerializer<T> instance() {
    try {
      Field instance = getClass().getEnclosingClass().getDeclaredField("INSTANCE");
      instance.setAccessible(true);
      return (WeirSerializer<T>) instance.get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int getCurrentVersion() {
    return VERSION;
  }

  @Override
  public void writeSnapshot(DataOutputView target) throws IOException {
    target.writeByte(serializer.version());
  }

  @Override
  public void readSnapshot(int version, DataInputView source, ClassLoader classLoader)
      throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "%s: expected a snapshot of version %d, got %d: was this state written by a newer Weir?"
              .formatted(serializer.getClass().getSimpleName(), VERSION, version));
    }
    serializer.checkReadable(source.readByte());
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return serializer;
  }

  /** Each value contains its layout version, so nothing needs a migration. */
  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    return old.getClass() == getClass()
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
