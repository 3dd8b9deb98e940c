package dev.weir.stream;

import dev.weir.forecast.Classification;
import dev.weir.forecast.ContestReport;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.LearnedModel;
import dev.weir.forecast.Output;
import dev.weir.forecast.Score;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.WeirSerializer;
import dev.weir.state.WeirSerializerSnapshot;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Serializes output for a sink that is not chained, as in tests and evaluations. */
final class OutputSerializer extends WeirSerializer<Output> {

  private static final long serialVersionUID = 1L;

  static final OutputSerializer INSTANCE = new OutputSerializer();

  private static final List<Class<? extends Record>> RECORDS =
      List.of(
          Forecast.class, Score.class, Classification.class, Incident.class, ContestReport.class);

  // what is no record of plain values, after these
  private static final byte DEAD_LETTER = 100;
  private static final byte LEARNED_MODEL = 101;

  @Override
  protected void write(Output output, DataOutputView target) throws IOException {
    if (output instanceof DeadLetter letter) {
      target.writeByte(DEAD_LETTER);
      InputEventSerializer.writeDeadLetter(letter, target);
    } else if (output instanceof LearnedModel learned) {
      target.writeByte(LEARNED_MODEL);
      writeLearned(learned, target);
    } else {
      target.writeByte(RECORDS.indexOf(output.getClass()));
      RecordFields.write((Record) output, target);
    }
  }

  @Override
  protected Output read(byte version, DataInputView source) throws IOException {
    byte kind = source.readByte();
    return switch (kind) {
      case DEAD_LETTER -> InputEventSerializer.readDeadLetter(source);
      case LEARNED_MODEL -> readLearned(source);
      default -> (Output) RecordFields.read(RECORDS.get(kind), source);
    };
  }

  private static void writeLearned(LearnedModel learned, DataOutputView target) throws IOException {
    StringValue.writeString(learned.name(), target);
    target.writeLong(learned.version());
    target.writeBoolean(learned.isCopy());
    target.writeLong(learned.time());
    writeBytes(learned.model() == null ? null : ModelFiles.toBytes(learned.model()), target);
  }

  private static LearnedModel readLearned(DataInputView source) throws IOException {
    String name = StringValue.readString(source);
    long version = source.readLong();
    boolean isCopy = source.readBoolean();
    long time = source.readLong();
    byte[] bytes = readBytes(source);
    ForecastModel model =
        bytes == null
            ? null
            : ModelFiles.fromBytes(bytes, ModelFiles.Defaults.NONE, "learned model");
    return new LearnedModel(name, version, model, isCopy, time);
  }

  @Override
  public TypeSerializerSnapshot<Output> snapshotConfiguration() {
    return new Snapshot();
  }

  /** A savepoint contains the name of this class, so it never changes. */
  public static final class Snapshot extends WeirSerializerSnapshot<Output> {
    public Snapshot() {
      super(INSTANCE);
    }
  }

  /**
   * A public Java record as its components in their order: numbers, booleans, texts, enums, arrays
   * of longs and doubles, lists, and records. Any but a primitive may be null. Between tasks of one
   * job only: nothing names the components.
   */
  private static final class RecordFields {

    private static final ClassValue<RecordFields> OF_CLASSES =
        new ClassValue<>() {
          @Override
          protected RecordFields computeValue(Class<?> type) {
            return new RecordFields(type);
          }
        };

    private final MethodHandle[] accessors;
    private final Type[] types;
    private final MethodHandle constructor;

    private RecordFields(Class<?> type) {
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

    static void write(Record record, DataOutputView out) throws IOException {
      RecordFields fields = OF_CLASSES.get(record.getClass());
      for (int i = 0; i < fields.types.length; i++) {
        Object value;
        try {
          value = fields.accessors[i].invoke(record);
        } catch (Throwable e) {
          throw new IOException(e);
        }
        write(value, out);
      }
    }

    private static void write(Object value, DataOutputView out) throws IOException {
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
        StringValue.writeString(text, out);
      } else if (value instanceof Enum<?> constant) {
        out.writeInt(constant.ordinal());
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
          write(each, out);
        }
      } else if (value != null) {
        write((Record) value, out);
      }
    }

    static <T extends Record> T read(Class<T> type, DataInputView in) throws IOException {
      RecordFields fields = OF_CLASSES.get(type);
      Object[] values = new Object[fields.types.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = read(fields.types[i], in);
      }
      try {
        return type.cast(fields.constructor.invokeWithArguments(values));
      } catch (Throwable e) {
        throw new IOException(e);
      }
    }

    private static Object read(Type type, DataInputView in) throws IOException {
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
        return StringValue.readString(in);
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
          values.add(read(list.getActualTypeArguments()[0], in));
        }
        return values;
      }
      Class<?> other = (Class<?>) type;
      return other.isEnum()
          ? other.getEnumConstants()[in.readInt()]
          : read(other.asSubclass(Record.class), in);
    }
  }
}
