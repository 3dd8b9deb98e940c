package dev.weir.sql;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base of the serializers of a partition's state. Each value begins with one byte, the version of
 * its layout, so that a newer build reads what an older one wrote; the savepoint says the newest
 * version that its values may have, so that an older build refuses it when it is restored.
 */
public abstract class StateSerializer<T> extends TypeSerializerSingleton<T> {

  private static final long serialVersionUID = 1L;

  /** The newest layout. */
  abstract byte version();

  abstract void write(T value, DataOutputView target) throws IOException;

  /** Reads a value of any layout up to {@link #version()}. */
  abstract T read(byte version, DataInputView source) throws IOException;

  @Override
  public final void serialize(T value, DataOutputView target) throws IOException {
    target.writeByte(version());
    write(value, target);
  }

  @Override
  public final T deserialize(DataInputView source) throws IOException {
    byte version = source.readByte();
    checkReadable(version);
    return read(version, source);
  }

  final void checkReadable(byte version) throws IOException {
    if (version < 1 || version > version()) {
      throw new IOException(
          "%s: expected a layout of version 1 to %d, got %d: was this state written by a newer Weir?"
              .formatted(getClass().getSimpleName(), version(), version));
    }
  }

  @Override
  public final T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  /** Mutable: the heap backend must not share it with a running snapshot. */
  @Override
  public final boolean isImmutableType() {
    return false;
  }

  @Override
  public final T createInstance() {
    return null;
  }

  @Override
  public final T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public final int getLength() {
    return -1;
  }

  @Override
  public final void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  /** A savepoint names the subclass, which each serializer has, so its name never changes. */
  abstract static class Snapshot<T> implements TypeSerializerSnapshot<T> {

    private static final int WITH_LAYOUT = 1; // one byte follows

    private final StateSerializer<T> serializer;

    Snapshot(StateSerializer<T> serializer) {
      this.serializer = serializer;
    }

    @Override
    public final int getCurrentVersion() {
      return WITH_LAYOUT;
    }

    @Override
    public final void writeSnapshot(DataOutputView target) throws IOException {
      target.writeByte(serializer.version());
    }

    @Override
    public final void readSnapshot(int version, DataInputView source, ClassLoader loader)
        throws IOException {
      if (version != WITH_LAYOUT) {
        throw new IOException(
            "%s: expected a snapshot of version %d, got %d: was this state written by a newer Weir?"
                .formatted(serializer.getClass().getSimpleName(), WITH_LAYOUT, version));
      }
      serializer.checkReadable(source.readByte());
    }

    @Override
    public final TypeSerializer<T> restoreSerializer() {
      return serializer;
    }

    /** Each value says its layout and is read accordingly, so nothing is to be migrated. */
    @Override
    public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      return old.getClass() == getClass()
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
