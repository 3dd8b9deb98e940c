package dev.weir.state;

import dev.weir.model.Model;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes a public Java record, or one of those that a sealed interface permits, between tasks
 * of one job, as its components in their order: numbers, booleans, texts, enums, arrays, lists,
 * models, and records. Any but a primitive may be null. Nothing names the components, so it is not
 * for state; and it is not for each observation, since it boxes numbers.
 */
public final class RecordSerializer<T> extends WeirSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final List<Class<?>> kinds;

  public RecordSerializer(Class<T> type) {
    this.type = type;
    this.kinds = type.isSealed() ? List.of(type.getPermittedSubclasses()) : List.of(type);
  }

  @Override
  protected void write(T value, DataOutputView target) throws IOException {
    target.writeByte(kinds.indexOf(value.getClass()));
    writeRecord((Record) value, target);
  }

  @Override
  protected T read(byte version, DataInputView source) throws IOException {
    return type.cast(readRecord(kinds.get(source.readByte()), source));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordSerializer<?> that && type == that.type;
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    throw new UnsupportedOperationException("expected no state of " + type.getName());
  }

  /** Writes the components of a record. */
  private static void writeRecord(Record record, DataOutputView out) throws IOException {
    Components fields = Components.OF_CLASSES.get(record.getClass());
    for (int i = 0; i < fields.types.length; i++) {
      Object value;
      try {
        value = fields.accessors[i].invoke(record);
      } catch (Throwable e) {
        throw new IOException(e);
      }
      writeValue(value, out);
    }
  }

  private static void writeValue(Object value, DataOutputView out) throws IOException {
    out.writeBoolean(value != null);
    if (value instanceof Integer number) {
      out.writeInt(number);
    } else if (value instanceof Long number) {
      out.writeLong(number);
    } else if (value instanceof Double number) {
      out.writeDouble(number);
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof String text) {
      writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    } else if (value instanceof Enum<?> constant) {
      out.writeInt(constant.ordinal());
    } else if (value instanceof Model model) {
      writeBytes(Model.toBytes(model), out);
    } else if (value instanceof byte[] bytes) {
      writeBytes(bytes, out);
    } else if (value instanceof long[] numbers) {
      out.writeInt(numbers.length);
      for (long number : numbers) {
        out.writeLong(number);
      }
    } else if (value instanceof double[] numbers) {
      out.writeInt(numbers.length);
      for (double number : numbers) {
        out.writeDouble(number);
      }
    } else if (value instanceof List<?> list) {
      out.writeInt(list.size());
      for (Object each : list) {
        writeValue(each, out);
      }
    } else if (value != null) {
      writeRecord((Record) value, out);
    }
  }

  /** Reads what was written of a record of this class. */
  private static Object readRecord(Class<?> type, DataInputView in) throws IOException {
    Components fields = Components.OF_CLASSES.get(type);
    Object[] values = new Object[fields.types.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = readValue(fields.types[i], in);
    }
    try {
      return fields.constructor.invokeWithArguments(values);
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  private static Object readValue(Type type, DataInputView in) throws IOException {
    if (!in.readBoolean()) {
      return null;
    }
    if (type == int.class || type == Integer.class) {
      return in.readInt();
    }
    if (type == long.class || type == Long.class) {
      return in.readLong();
    }
    if (type == double.class || type == Double.class) {
      return in.readDouble();
    }
    if (type == boolean.class) {
      return in.readBoolean();
    }
    if (type == String.class) {
      return new String(readBytes(in), StandardCharsets.UTF_8);
    }
    if (type == byte[].class) {
      return readBytes(in);
    }
    if (type == long[].class) {
      long[] numbers = new long[in.readInt()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = in.readLong();
      }
      return numbers;
    }
    if (type == double[].class) {
      double[] numbers = new double[in.readInt()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = in.readDouble();
      }
      return numbers;
    }
    if (type instanceof ParameterizedType list) {
      List<Object> values = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        values.add(readValue(list.getActualTypeArguments()[0], in));
      }
      return values;
    }
    Class<?> other = (Class<?>) type;
    if (Model.class.isAssignableFrom(other)) {
      return Model.fromBytes(readBytes(in), "model between tasks");
    }
    return other.isEnum() ? other.getEnumConstants()[in.readInt()] : readRecord(other, in);
  }

  /** What is known of a class of records. */
  private static final class Components {

    private static final ClassValue<Components> OF_CLASSES =
        new ClassValue<>() {
          @Override
          protected Components computeValue(Class<?> type) {
            return new Components(type);
          }
        };

    private final MethodHandle[] accessors;
    private final Type[] types;
    private final MethodHandle constructor;

    private Components(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      accessors = new MethodHandle[components.length];
      types = new Type[components.length];
      Class<?>[] classes = new Class<?>[components.length];
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      try {
        for (int i = 0; i < components.length; i++) {
          accessors[i] = lookup.unreflect(components[i].getAccessor());
          types[i] = components[i].getGenericType();
          classes[i] = components[i].getType();
        }
        constructor = lookup.unreflectConstructor(type.getConstructor(classes));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("expected a public record, got " + type.getName(), e);
      }
    }
  }
}
