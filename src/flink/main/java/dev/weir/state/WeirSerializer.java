package dev.weir.state;

import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base class of our versioned serializers. Each value starts with one byte, the version of its
 * layout. A new layout gets a new version: {@link #read} keeps a branch for each released version,
 * {@link #write} writes that of {@link #version()}, and state needs no migration.
 *
 * <p>Values in state end with a checksum, the CRC-32C of all bytes before it, which is compared
 * when they are read. Flink would not notice a saved number that has changed.
 */
public abstract class WeirSerializer<T> extends TypeSerializerSingleton<T> {

  private static final long serialVersionUID = 1L;

  /** The longest value; without it, a damaged length would exhaust the heap. */
  private static final int MAX_BYTES = 1 << 28;

  /** The newest layout, from 1. */
  public byte version() {
    return 1;
  }

  /** Whether a value ends with a checksum: those in state do, those in transit need none. */
  protected boolean isChecked() {
    return false;
  }

  protected abstract void write(T value, DataOutputView target) throws IOException;

  /** Reads a value of any layout up to {@link #version()}. */
  protected abstract T read(byte version, DataInputView source) throws IOException;

  @Override
  public final void serialize(T value, DataOutputView target) throws IOException {
    if (!isChecked()) {
      target.writeByte(version());
      write(value, target);
      return;
    }
    DataOutputSerializer bytes = // a stream would take each number on its own
        target instanceof DataOutputSerializer own ? own : new DataOutputSerializer(1024);
    int from = bytes.length();
    bytes.writeByte(version());
    write(value, bytes);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.getSharedBuffer(), from, bytes.length() - from);
    bytes.writeInt((int) checksum.getValue());
    if (bytes != target) {
      target.write(bytes.getSharedBuffer(), 0, bytes.length());
    }
  }

  @Override
  public final T deserialize(DataInputView source) throws IOException {
    byte version = source.readByte();
    checkReadable(version);
    if (!isChecked()) {
      return read(version, source);
    }
    CRC32C checksum = new CRC32C();
    checksum.update(version);
    InputStream bytes = new CheckedInputStream(new DataInputViewStream(source), checksum);
    T value;
    int expected;
    try {
      value = read(version, new DataInputViewStreamWrapper(bytes));
      expected = source.readInt();
    } catch (IOException | RuntimeException e) { // a damaged size
      throw new IOException(damaged(String.valueOf(e.getMessage())), e);
    }
    if (expected != (int) checksum.getValue()) {
      throw new IOException(
          damaged(
              "expected checksum %08x, got %08x".formatted(expected, (int) checksum.getValue())));
    }
    return value;
  }

  private String damaged(String problem) {
    return "%s: %s: this state is damaged; start from the retained checkpoint or savepoint before it"
        .formatted(getClass().getSimpleName(), problem);
  }

  final void checkReadable(byte version) throws IOException {
    if (version < 1 || version > version()) {
      throw new IOException(
          "%s: expected a layout of version %d, got %d: was this state written by a newer Weir, or is it damaged?"
              .formatted(getClass().getSimpleName(), version(), version));
    }
  }

  @Override
  public final T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  /** That of the serializer's own class, whose name a savepoint contains. */
  @Override
  @SuppressWarnings("unchecked")
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    try {
      Class<?> own =
          Stream.of(getClass().getDeclaredClasses())
              .filter(WeirSerializerSnapshot.class::isAssignableFrom)
              .findFirst()
              .orElseThrow();
      return (TypeSerializerSnapshot<T>) own.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
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
    if (length > MAX_BYTES) {
      throw new IOException("expected at most %d bytes, got %d".formatted(MAX_BYTES, length));
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
