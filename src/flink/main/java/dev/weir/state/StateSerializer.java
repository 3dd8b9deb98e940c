package dev.weir.state;

import dev.weir.forecast.StateFields;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base class of the serializers of mutable state, whose bytes a format defines. A state has a
 * checksum, and is copied, since the heap backend must not share it with a running snapshot.
 */
public abstract class StateSerializer<T> extends WeirSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final byte version;
  private final Writer<T> writer;
  private final Reader<T> reader;
  private final Copier<T> copier;

  /** Writes a state. */
  public interface Writer<T> extends Serializable {
    void write(T state, DataOutput target) throws IOException;
  }

  /** Reads what a {@link Writer} wrote. */
  public interface Reader<T> extends Serializable {
    T read(DataInput source) throws IOException;
  }

  /** Makes a copy that shares nothing mutable. */
  public interface Copier<T> extends UnaryOperator<T>, Serializable {}

  /** Declares the fields of a state. */
  public interface Fields<T> extends StateFields.Element<T>, Serializable {}

  /** Makes a state that a reader fills. */
  public interface Blank<T> extends Supplier<T>, Serializable {}

  /** Of a state that declares its fields; it is copied by way of its bytes. */
  protected StateSerializer(Blank<T> blank, Fields<T> fields) {
    this(
        (byte) 1,
        (state, target) -> fields.fields(state, StateFields.writer(target)),
        source -> fields.fields(blank.get(), StateFields.reader(source)),
        state -> copy(state, blank, fields));
  }

  private static <T> T copy(T state, Blank<T> blank, Fields<T> fields) {
    try {
      DataOutputSerializer bytes = new DataOutputSerializer(256);
      fields.fields(state, StateFields.writer(bytes));
      DataInputDeserializer source = new DataInputDeserializer(bytes.wrapAsByteBuffer());
      return fields.fields(blank.get(), StateFields.reader(source));
    } catch (IOException e) { // from memory to memory
      throw new UncheckedIOException(e);
    }
  }

  protected StateSerializer(byte version, Writer<T> writer, Reader<T> reader, Copier<T> copier) {
    this.version = version;
    this.writer = writer;
    this.reader = reader;
    this.copier = copier;
  }

  @Override
  public final byte version() {
    return version;
  }

  @Override
  protected final boolean isChecked() {
    return true;
  }

  @Override
  protected final void write(T state, DataOutputView target) throws IOException {
    writer.write(state, target);
  }

  @Override
  protected final T read(byte layout, DataInputView source) throws IOException {
    return reader.read(source);
  }

  @Override
  public final boolean isImmutableType() {
    return false;
  }

  @Override
  public final T copy(T from) {
    return copier.apply(from);
  }
}
