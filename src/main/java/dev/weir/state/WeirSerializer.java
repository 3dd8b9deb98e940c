package dev.weir.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base of our serializers. Each value starts with one byte, the version of its layout, so that a
 * newer build reads what an older one wrote, value by value, without a migration: a reader keeps
 * the branch of each version ever written, a writer writes the newest.
 */
public abstract class WeirSerializer<T> extends TypeSerializerSingleton<T> {

  private static final long serialVersionUID = 1L;

  /** The newest layout. */
  public abstract byte version();

  protected abstract void write(T value, DataOutputView target) throws IOException;

  /** Reads a value of any layout up to {@link #version()}. */
  protected abstract T read(byte version, DataInputView source) throws IOException;

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

  /** The values are immutable, so a copy is the value itself. */
  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public final T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public final void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  protected static void writeBytes(byte[] bytes, DataOutputView target) throws IOException {
    if (bytes == null) {
      target.writeInt(-1);
      return;
    }
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  protected static byte[] readBytes(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return bytes;
  }

  protected static void writeDoubles(double[] values, DataOutputView target) throws IOException {
    if (values == null) {
      target.writeInt(-1);
      return;
    }
    target.writeInt(values.length);
    for (double value : values) {
      target.writeDouble(value);
    }
  }

  protected static double[] readDoubles(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      return null;
    }
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = source.readDouble();
    }
    return values;
  }
}
