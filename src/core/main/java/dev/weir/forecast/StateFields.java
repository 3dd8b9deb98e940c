package dev.weir.forecast;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Visits the fields of a state, which declares them once, by name and in order: a writer, a reader
 * and a printer are made of it. Each method takes what a field contains and returns what it is to
 * contain: the same, or what was read. Not thread-safe.
 *
 * <p>Single numbers are big-endian, as Java writes them, arrays little-endian and copied in bulk.
 */
public abstract class StateFields {

  /** More than any job keeps of a series; a damaged size must not exhaust the heap. */
  private static final int MAX_NUMBERS = 1 << 26;

  private StateFields() {}

  /** The fields of one element. */
  @FunctionalInterface
  public interface Element<E> {
    E fields(StateFields fields, E element) throws IOException;
  }

  public abstract boolean flag(String name, boolean value) throws IOException;

  public abstract byte number(String name, byte value) throws IOException;

  public abstract int number(String name, int value) throws IOException;

  public abstract long number(String name, long value) throws IOException;

  public abstract double number(String name, double value) throws IOException;

  /** A text; null is one too. */
  public abstract String text(String name, String value) throws IOException;

  /** An array of a length that both sides know; changed in place. */
  public abstract void numbers(String name, long[] values) throws IOException;

  public abstract void numbers(String name, double[] values) throws IOException;

  public abstract void numbers(String name, float[] values) throws IOException;

  /** An array with its length. */
  public final float[] array(String name, float[] values) throws IOException {
    int length = size(name, values.length);
    float[] all = length == values.length ? values : new float[length];
    numbers(name, all);
    return all;
  }

  /**
   * A list with its size; changed in place.
   *
   * @param blank what a reader passes for each element
   */
  public abstract <E> void list(String name, List<E> elements, E blank, Element<E> element)
      throws IOException;

  /** A number that says how many there are. */
  public abstract int size(String name, int size) throws IOException;

  /** Writes the fields. */
  public static StateFields writer(DataOutput target) {
    return new Writer(target);
  }

  /** Reads what a writer wrote; fails if it is no size or ends early. */
  public static StateFields reader(DataInput source) {
    return new Reader(source);
  }

  /** Tells each field's name and what it contains. */
  public static StateFields printer(BiConsumer<String, String> target) {
    return new Printer(target);
  }

  private static final class Writer extends StateFields {

    private final DataOutput target;

    private Writer(DataOutput target) {
      this.target = target;
    }

    @Override
    public boolean flag(String name, boolean value) throws IOException {
      target.writeBoolean(value);
      return value;
    }

    @Override
    public byte number(String name, byte value) throws IOException {
      target.writeByte(value);
      return value;
    }

    @Override
    public int number(String name, int value) throws IOException {
      target.writeInt(value);
      return value;
    }

    @Override
    public int size(String name, int size) throws IOException {
      return number(name, size);
    }

    @Override
    public long number(String name, long value) throws IOException {
      target.writeLong(value);
      return value;
    }

    @Override
    public double number(String name, double value) throws IOException {
      target.writeDouble(value);
      return value;
    }

    @Override
    public String text(String name, String value) throws IOException {
      byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
      target.writeInt(bytes == null ? -1 : bytes.length);
      target.write(bytes == null ? new byte[0] : bytes);
      return value;
    }

    @Override
    public void numbers(String name, long[] values) throws IOException {
      new ArrayCodec((long) Long.BYTES * values.length).write(values, target);
    }

    @Override
    public void numbers(String name, double[] values) throws IOException {
      new ArrayCodec((long) Double.BYTES * values.length).write(values, target);
    }

    @Override
    public void numbers(String name, float[] values) throws IOException {
      new ArrayCodec((long) Float.BYTES * values.length).write(values, target);
    }

    @Override
    public <E> void list(String name, List<E> elements, E blank, Element<E> element)
        throws IOException {
      size(name, elements.size());
      for (E each : elements) {
        element.fields(this, each);
      }
    }
  }

  private static final class Reader extends StateFields {

    private final DataInput source;

    private Reader(DataInput source) {
      this.source = source;
    }

    @Override
    public boolean flag(String name, boolean value) throws IOException {
      return source.readBoolean();
    }

    @Override
    public byte number(String name, byte value) throws IOException {
      return source.readByte();
    }

    @Override
    public int number(String name, int value) throws IOException {
      return source.readInt();
    }

    @Override
    public int size(String name, int value) throws IOException {
      int size = source.readInt();
      if (size < 0 || size > MAX_NUMBERS) {
        throw new IOException("%s: expected 0 to %d, got %d".formatted(name, MAX_NUMBERS, size));
      }
      return size;
    }

    @Override
    public long number(String name, long value) throws IOException {
      return source.readLong();
    }

    @Override
    public double number(String name, double value) throws IOException {
      return source.readDouble();
    }

    @Override
    public String text(String name, String value) throws IOException {
      int length = source.readInt();
      if (length == -1) {
        return null;
      }
      if (length < 0 || length > MAX_NUMBERS) {
        throw new IOException("%s: expected a text, got a length of %d".formatted(name, length));
      }
      byte[] bytes = new byte[length];
      source.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void numbers(String name, long[] values) throws IOException {
      new ArrayCodec((long) Long.BYTES * values.length).read(source, values);
    }

    @Override
    public void numbers(String name, double[] values) throws IOException {
      new ArrayCodec((long) Double.BYTES * values.length).read(source, values);
    }

    @Override
    public void numbers(String name, float[] values) throws IOException {
      new ArrayCodec((long) Float.BYTES * values.length).read(source, values);
    }

    @Override
    public <E> void list(String name, List<E> elements, E blank, Element<E> element)
        throws IOException {
      elements.clear();
      for (int left = size(name, 0); left > 0; left--) {
        elements.add(element.fields(this, blank));
      }
    }
  }

  private static final class Printer extends StateFields {

    private final BiConsumer<String, String> target;

    private Printer(BiConsumer<String, String> target) {
      this.target = target;
    }

    @Override
    public boolean flag(String name, boolean value) {
      target.accept(name, Boolean.toString(value));
      return value;
    }

    @Override
    public byte number(String name, byte value) {
      target.accept(name, Byte.toString(value));
      return value;
    }

    @Override
    public int number(String name, int value) {
      target.accept(name, Integer.toString(value));
      return value;
    }

    @Override
    public int size(String name, int size) {
      return size; // what follows says it
    }

    @Override
    public long number(String name, long value) {
      target.accept(name, Long.toString(value));
      return value;
    }

    @Override
    public double number(String name, double value) {
      target.accept(name, shortest(value));
      return value;
    }

    @Override
    public String text(String name, String value) {
      target.accept(name, value == null ? "none" : value);
      return value;
    }

    @Override
    public void numbers(String name, long[] values) {
      StringBuilder text = new StringBuilder();
      for (long value : values) {
        text.append(text.isEmpty() ? "" : " ").append(value);
      }
      print(name, text);
    }

    @Override
    public void numbers(String name, double[] values) {
      StringBuilder text = new StringBuilder();
      for (double value : values) {
        text.append(text.isEmpty() ? "" : " ").append(shortest(value));
      }
      print(name, text);
    }

    @Override
    public void numbers(String name, float[] values) {
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      numbers(name, wide);
    }

    private void print(String name, CharSequence text) {
      if (!text.isEmpty()) {
        target.accept(name, text.toString());
      }
    }

    @Override
    public <E> void list(String name, List<E> elements, E blank, Element<E> element)
        throws IOException {
      for (E each : elements) {
        element.fields(printer((part, text) -> target.accept(name + ", " + part, text)), each);
      }
    }

    /** As short as it was kept: most are floats. */
    private static String shortest(double x) {
      return x == Math.rint(x) && Math.abs(x) < 1e15
          ? Long.toString((long) x)
          : (float) x == x ? Float.toString((float) x) : Double.toString(x);
    }
  }
}
