package dev.weir.forecast;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * Visits the fields of a state, which declares them once, by name and in order, for a writer, a
 * reader and a printer. Each method takes a field's value and returns its new value: the same, or
 * the one read. Not thread-safe.
 *
 * <p>Single numbers are big-endian, as Java writes them, arrays little-endian and copied in bulk.
 */
public abstract class StateFields {

  /** A bound above any job's, so that a damaged size cannot exhaust the heap. */
  private static final int MAX_NUMBERS = 1 << 26;

  private StateFields() {}

  /** The fields of one element. */
  @FunctionalInterface
  public interface Element<E> {
    E fields(E element, StateFields fields) throws IOException;
  }

  /** Whether the fields are being read, so that the state must check them. */
  public boolean reads() {
    return false;
  }

  public abstract boolean flag(String name, boolean value) throws IOException;

  public abstract int number(String name, int value) throws IOException;

  public abstract long number(String name, long value) throws IOException;

  public abstract double number(String name, double value) throws IOException;

  /** A text; null is one too. */
  public final String text(String name, String value) throws IOException {
    return text(name, value, MAX_NUMBERS);
  }

  /** A text of so many bytes at most; null is one too. */
  public abstract String text(String name, String value, int most) throws IOException;

  /**
   * One of several; null is one too.
   *
   * @param all at most 127
   */
  public abstract <E extends Enum<E>> E choice(String name, E value, List<E> all)
      throws IOException;

  /** Numbers with names of their own, as many; changed in place. */
  public final void each(List<String> names, double[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = number(names.get(i), values[i]);
    }
  }

  public final void each(List<String> names, long[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = number(names.get(i), values[i]);
    }
  }

  public final void each(List<String> names, int[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      values[i] = number(names.get(i), values[i]);
    }
  }

  /** An array whose length the state determines; changed in place. */
  public abstract void numbers(String name, long[] values) throws IOException;

  public abstract void numbers(String name, double[] values) throws IOException;

  public abstract void numbers(String name, float[] values) throws IOException;

  public abstract void numbers(String name, char[] values) throws IOException;

  /** So many bytes at most, with their count; null is possible. A printer leaves them out. */
  public abstract byte[] bytes(String name, byte[] value, int most) throws IOException;

  /** An array with its length. */
  public final float[] array(String name, float[] values) throws IOException {
    return array(name, values, MAX_NUMBERS);
  }

  /** An array of so many numbers at most, with its length. */
  public final float[] array(String name, float[] values, int most) throws IOException {
    int length = size(name, values.length, most);
    float[] all = length == values.length ? values : new float[length];
    numbers(name, all);
    return all;
  }

  /** An array with its length. */
  public final char[] array(String name, char[] values) throws IOException {
    int length = size(name, values.length);
    char[] all = length == values.length ? values : new char[length];
    numbers(name, all);
    return all;
  }

  /**
   * A list with its size; changed in place.
   *
   * @param blank argument of a reader for each element
   */
  public final <E> void list(String name, List<E> elements, E blank, Element<E> element)
      throws IOException {
    list(name, elements, MAX_NUMBERS, blank, element);
  }

  /** A list of so many elements at most. */
  public final <E> void list(String name, List<E> elements, int most, E blank, Element<E> element)
      throws IOException {
    int size = size(name, elements.size(), most);
    StateFields parts = part(name);
    if (reads()) {
      elements.clear();
    }
    for (int i = 0; i < size; i++) {
      if (reads()) {
        elements.add(element.fields(blank, parts));
      } else {
        element.fields(elements.get(i), parts);
      }
    }
  }

  /**
   * An optional element; null if absent.
   *
   * @param blank creates the element for a reader
   */
  public final <E> E optional(String name, E value, Supplier<E> blank, Element<E> element)
      throws IOException {
    return isPresent(name, value != null)
        ? element.fields(reads() ? blank.get() : value, part(name))
        : null;
  }

  /** A count. */
  public final int size(String name, int size) throws IOException {
    return size(name, size, MAX_NUMBERS);
  }

  /** A count with a maximum. */
  public abstract int size(String name, int size, int most) throws IOException;

  boolean isPresent(String name, boolean value) throws IOException {
    return flag(name, value);
  }

  /** For the fields of a part. */
  StateFields part(String name) {
    return this;
  }

  /** Writes the fields. */
  public static StateFields writer(DataOutput target) {
    return new Writer(target);
  }

  /** Reads the output of a writer; fails for an invalid size or an early end. */
  public static StateFields reader(DataInput source) {
    return new Reader(source);
  }

  private static final class Writer extends StateFields {

    private final DataOutput target;
    private final ArrayCodec copy = new ArrayCodec();

    private Writer(DataOutput target) {
      this.target = target;
    }

    @Override
    public boolean flag(String name, boolean value) throws IOException {
      target.writeBoolean(value);
      return value;
    }

    @Override
    public int number(String name, int value) throws IOException {
      target.writeInt(value);
      return value;
    }

    @Override
    public int size(String name, int size, int most) throws IOException {
      return number(name, size);
    }

    @Override
    public <E extends Enum<E>> E choice(String name, E value, List<E> all) throws IOException {
      target.writeByte(value == null ? -1 : all.indexOf(value));
      return value;
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
    public byte[] bytes(String name, byte[] value, int most) throws IOException {
      target.writeInt(value == null ? -1 : value.length);
      target.write(value == null ? new byte[0] : value);
      return value;
    }

    @Override
    public String text(String name, String value, int most) throws IOException {
      bytes(name, value == null ? null : value.getBytes(StandardCharsets.UTF_8), most);
      return value;
    }

    @Override
    public void numbers(String name, long[] values) throws IOException {
      copy.write(values, target);
    }

    @Override
    public void numbers(String name, double[] values) throws IOException {
      copy.write(values, target);
    }

    @Override
    public void numbers(String name, float[] values) throws IOException {
      copy.write(values, target);
    }

    @Override
    public void numbers(String name, char[] values) throws IOException {
      copy.write(values, target);
    }
  }

  private static final class Reader extends StateFields {

    private final DataInput source;
    private final ArrayCodec copy = new ArrayCodec();

    private Reader(DataInput source) {
      this.source = source;
    }

    @Override
    public boolean reads() {
      return true;
    }

    @Override
    public boolean flag(String name, boolean value) throws IOException {
      return within(name, source.readByte(), 0, 1) == 1;
    }

    @Override
    public <E extends Enum<E>> E choice(String name, E value, List<E> all) throws IOException {
      int index = within(name, source.readByte(), -1, all.size() - 1);
      return index < 0 ? null : all.get(index);
    }

    @Override
    public int number(String name, int value) throws IOException {
      return source.readInt();
    }

    @Override
    public int size(String name, int value, int most) throws IOException {
      return within(name, source.readInt(), 0, most);
    }

    private static int within(String name, int number, int least, int most) throws IOException {
      if (number < least || number > most) {
        throw new IOException("%s: expected %d to %d, got %d".formatted(name, least, most, number));
      }
      return number;
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
    public byte[] bytes(String name, byte[] value, int most) throws IOException {
      int length = within(name, source.readInt(), -1, most);
      if (length < 0) {
        return null;
      }
      byte[] bytes = new byte[length];
      source.readFully(bytes);
      return bytes;
    }

    @Override
    public String text(String name, String value, int most) throws IOException {
      byte[] bytes = bytes(name, null, most);
      return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void numbers(String name, long[] values) throws IOException {
      copy.read(source, values);
    }

    @Override
    public void numbers(String name, double[] values) throws IOException {
      copy.read(source, values);
    }

    @Override
    public void numbers(String name, float[] values) throws IOException {
      copy.read(source, values);
    }

    @Override
    public void numbers(String name, char[] values) throws IOException {
      copy.read(source, values);
    }
  }
}
