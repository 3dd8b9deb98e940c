package dev.weir.forecast.slot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * Declares what is kept of a series, where it is used: each slot has a name, a type and a length.
 * Where it lies in the series' arrays, how many bytes a series takes, what a new season clears, and
 * which saved states can be continued follow from the declarations.
 *
 * <pre>{@code
 * LevelShift(Slots slots) {
 *   this.state = slots.in("shift").floats("errors", 8);
 * }
 * }</pre>
 *
 * <p>The slice that a declaration returns is pointed at one series after the other, see {@link
 * #bind}. All slots are declared before the first series is bound. Not thread-safe.
 */
public final class Slots {

  /** How the numbers of a slot are stored. */
  private enum Type {
    DOUBLE,
    FLOAT,
    BFLOAT16
  }

  /**
   * @param length for a series' dimensions
   * @param isOfSeason whether it is cleared when another season is found
   * @param isOfExperts whether other experts learn it from the history again
   */
  private record Slot(
      String name,
      Type type,
      ToIntFunction<SeriesDimensions> length,
      boolean isOfSeason,
      boolean isOfExperts,
      Object slice) {}

  /**
   * Where the slots lie in the arrays of series of the same season.
   *
   * @param firsts (slots), where each begins in the array of its type
   * @param doubles length of the array, as the next two
   */
  public record Layout(SeriesDimensions shape, int[] firsts, int doubles, int floats, int shorts) {}

  /** What all that are declared for the same series share. */
  private static final class Declared {

    final IntFunction<SeriesDimensions> shapes;
    final List<Slot> slots = new ArrayList<>();
    final List<Layout> layouts = new ArrayList<>();
    final StringBuilder constants = new StringBuilder();
    double[] doubles; // of the series that is bound, as the next two
    float[] floats;
    short[] shorts;
    Layout layout;

    Declared(IntFunction<SeriesDimensions> shapes) {
      this.shapes = shapes;
    }
  }

  private final Declared all;
  private final String group; // begins the names
  private final boolean isOfSeason;
  private final boolean isOfExperts;

  /**
   * @param shapes the dimensions of a series by its season
   */
  public Slots(IntFunction<SeriesDimensions> shapes) {
    this(new Declared(shapes), "", false, false);
  }

  private Slots(Declared all, String group, boolean isOfSeason, boolean isOfExperts) {
    this.all = all;
    this.group = group;
    this.isOfSeason = isOfSeason;
    this.isOfExperts = isOfExperts;
  }

  /** Slots whose names begin with that of a part. */
  public Slots in(String part) {
    return new Slots(all, group + part + ".", isOfSeason, isOfExperts);
  }

  /** Slots that are cleared when another season is found. */
  public Slots ofSeason() {
    return new Slots(all, group, true, isOfExperts);
  }

  /** Slots that other experts of the same series do not take over: they learn them again. */
  public Slots ofExperts() {
    return new Slots(all, group, isOfSeason, true);
  }

  public DoubleSlice doubles(String name, int length) {
    return doubles(name, shape -> length);
  }

  public DoubleSlice doubles(String name, ToIntFunction<SeriesDimensions> length) {
    return add(name, Type.DOUBLE, length, new DoubleSlice());
  }

  public FloatSlice floats(String name, int length) {
    return floats(name, shape -> length);
  }

  public FloatSlice floats(String name, ToIntFunction<SeriesDimensions> length) {
    return add(name, Type.FLOAT, length, new FloatSlice());
  }

  public Bfloat16Slice bfloats(String name, int length) {
    return bfloats(name, shape -> length);
  }

  public Bfloat16Slice bfloats(String name, ToIntFunction<SeriesDimensions> length) {
    return add(name, Type.BFLOAT16, length, new Bfloat16Slice());
  }

  private <S> S add(String name, Type type, ToIntFunction<SeriesDimensions> length, S slice) {
    all.slots.add(new Slot(group + name, type, length, isOfSeason, isOfExperts, slice));
    return slice;
  }

  /** Names constants that what is kept depends on; states of others can't be continued. */
  public void depend(Object... constants) {
    all.constants.append(group).append(Arrays.deepToString(constants));
  }

  /** Tells states of other declarations apart: of other names, types, lengths and constants. */
  public long identity() {
    StringBuilder text = new StringBuilder(all.constants);
    for (Slot slot : all.slots) {
      text.append(slot.name).append(slot.type);
      for (int season : new int[] {1, 2, 24}) {
        text.append(' ').append(slot.length.applyAsInt(all.shapes.apply(season)));
      }
    }
    return text.toString().hashCode();
  }

  /** The layout for a season. Allocates when the season is new. */
  public Layout layout(int season) {
    for (int i = 0; i < all.layouts.size(); i++) {
      if (all.layouts.get(i).shape.season() == season) {
        return all.layouts.get(i);
      }
    }
    SeriesDimensions shape = all.shapes.apply(season);
    int[] firsts = new int[all.slots.size()];
    int[] sizes = new int[Type.values().length];
    for (int k = 0; k < firsts.length; k++) {
      int type = all.slots.get(k).type.ordinal();
      firsts[k] = sizes[type];
      sizes[type] += all.slots.get(k).length.applyAsInt(shape);
    }
    Layout layout = new Layout(shape, firsts, sizes[0], sizes[1], sizes[2]);
    all.layouts.add(layout);
    return layout;
  }

  /**
   * Points all slices at a series; copies and allocates nothing.
   *
   * @param layout of the arrays
   */
  public void bind(Layout layout, double[] doubles, float[] floats, short[] shorts) {
    all.layout = layout;
    all.doubles = doubles;
    all.floats = floats;
    all.shorts = shorts;
    for (int k = 0; k < layout.firsts.length; k++) {
      int first = layout.firsts[k];
      Object slice = all.slots.get(k).slice;
      if (slice instanceof FloatSlice of) {
        of.at(floats, first);
      } else if (slice instanceof DoubleSlice of) {
        of.at(doubles, first);
      } else {
        ((Bfloat16Slice) slice).at(shorts, first);
      }
    }
  }

  /** The dimensions of the series that is bound. */
  public SeriesDimensions shape() {
    return all.layout.shape;
  }

  /** Sets the slots of this part to zero, in the series that is bound. */
  public void clear() {
    for (int k = 0; k < all.slots.size(); k++) {
      Slot slot = all.slots.get(k);
      if (slot.name.startsWith(group)) {
        int first = all.layout.firsts[k];
        int end = first + slot.length.applyAsInt(all.layout.shape);
        switch (slot.type) {
          case DOUBLE -> Arrays.fill(all.doubles, first, end, 0);
          case FLOAT -> Arrays.fill(all.floats, first, end, 0);
          case BFLOAT16 -> Arrays.fill(all.shorts, first, end, (short) 0);
        }
      }
    }
  }

  /**
   * Takes over what does not depend on the season from the arrays of another one.
   *
   * @param before their layout
   */
  public void keepOverSeason(Layout before, double[] doubles, float[] floats, short[] shorts) {
    for (int k = 0; k < all.slots.size(); k++) {
      if (!all.slots.get(k).isOfSeason) {
        copy(k, before.firsts[k], doubles, floats, shorts);
      }
    }
  }

  /**
   * Takes over what does not depend on the experts from the series that others are bound to, of the
   * same season: each slot of the same name.
   */
  public void keepOverExperts(Slots others) {
    for (int from = 0; from < others.all.slots.size(); from++) {
      Slot slot = others.all.slots.get(from);
      for (int k = 0; k < all.slots.size() && !slot.isOfExperts; k++) {
        if (all.slots.get(k).name.equals(slot.name) && all.slots.get(k).type == slot.type) {
          Declared of = others.all;
          copy(k, of.layout.firsts[from], of.doubles, of.floats, of.shorts);
        }
      }
    }
  }

  private void copy(int k, int from, double[] doubles, float[] floats, short[] shorts) {
    Slot slot = all.slots.get(k);
    int first = all.layout.firsts[k];
    int length = slot.length.applyAsInt(all.layout.shape);
    switch (slot.type) {
      case DOUBLE -> System.arraycopy(doubles, from, all.doubles, first, length);
      case FLOAT -> System.arraycopy(floats, from, all.floats, first, length);
      case BFLOAT16 -> System.arraycopy(shorts, from, all.shorts, first, length);
    }
  }

  /** Names and numbers of the series that is bound, a line for each slot: for tests. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < all.slots.size(); k++) {
      Slot slot = all.slots.get(k);
      text.append(slot.name).append(':');
      for (int i = 0; i < slot.length.applyAsInt(all.layout.shape); i++) {
        int at = all.layout.firsts[k] + i;
        text.append(' ');
        switch (slot.type) {
          case DOUBLE -> text.append(all.doubles[at]);
          case FLOAT -> text.append(all.floats[at]);
          case BFLOAT16 -> text.append(dev.weir.forecast.Bfloat16.value(all.shorts[at]));
        }
      }
      text.append('\n');
    }
    return text.toString();
  }
}
