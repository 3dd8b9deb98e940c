package dev.weir.dashboard.view;

import dev.weir.dashboard.view.SeriesTable.Group;
import dev.weir.dashboard.view.SeriesTable.Sort;
import dev.weir.forecast.Forecast;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * The series of one moment, whose figures go on changing. Each query takes a time proportional to
 * the series of its group, for a few numbers of each; names are read only where groups begin and
 * end.
 *
 * @param blocks each full but the last
 * @param size rows
 * @param byName numbers of rows in the order of their names
 */
record SeriesSnapshot(RowBlock[] blocks, int size, int[] byName) {

  private static final int MAX_GROUPS = 500;

  /** Series of the same group: a range of what was found. */
  record Range(String name, int from, int to) {}

  private RowBlock block(int row) {
    return blocks[row / RowBlock.SIZE];
  }

  SeriesRow row(int row) {
    return block(row).rows[row % RowBlock.SIZE];
  }

  String name(int row) {
    return row(row).name();
  }

  double relative(int row) {
    return block(row).relative(row % RowBlock.SIZE);
  }

  double toNaive(int row) {
    return block(row).toNaive[row % RowBlock.SIZE];
  }

  double toSeasonalNaive(int row) {
    return block(row).toSeasonalNaive[row % RowBlock.SIZE];
  }

  /** Rows of a group that fit, by name. */
  int[] find(String group, String search, Forecast.Status status) {
    int from = group.isEmpty() ? 0 : first(byName, 0, group);
    int to = group.isEmpty() ? size : end(byName, from, size, group);
    if (search.isEmpty() && status == null) {
      return from == 0 && to == size ? byName : Arrays.copyOfRange(byName, from, to);
    }
    BitSet named = search.isEmpty() ? null : named(search.toLowerCase(Locale.ROOT), from, to);
    int[] found = new int[to - from];
    int count = 0;
    for (int i = from; i < to; i++) {
      int row = byName[i];
      if ((named == null || named.get(row))
          && (status == null || block(row).has(row % RowBlock.SIZE, status))) {
        found[count++] = row;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Rows with a text in their name; all of these, and perhaps others of other groups. */
  private BitSet named(String lowerCase, int from, int to) {
    BitSet named = new BitSet(size);
    if (to - from < RowBlock.SIZE) {
      for (int i = from; i < to; i++) {
        if (RowBlock.contains(name(byName[i]), lowerCase)) {
          named.set(byName[i]);
        }
      }
      return named;
    }
    for (int i = 0; i < blocks.length; i++) {
      int start = i * RowBlock.SIZE;
      int rows = Math.min(RowBlock.SIZE, size - start);
      blocks[i].search(lowerCase, rows, place -> named.set(start + place));
    }
    return named;
  }

  /** Index of the first name that is not before another. */
  private int first(int[] rows, int from, String name) {
    int low = from;
    int high = rows.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (name(rows[middle]).compareTo(name) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Index after the last name with a prefix, all of which follow each other. */
  private int end(int[] rows, int from, int to, String prefix) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (name(rows[middle]).startsWith(prefix)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * The groups within a group, by name.
   *
   * @param found by name, all in that group
   * @param most of the groups
   */
  List<Range> groups(int[] found, String group, int most) {
    List<Range> groups = new ArrayList<>();
    int depth = (int) group.chars().filter(c -> c == '/').count();
    int i = 0;
    while (i < found.length && groups.size() < most) {
      int slashes = block(found[i]).slashes[found[i] % RowBlock.SIZE];
      String name = slashes > depth || slashes == RowBlock.MAX_SLASHES ? name(found[i]) : "";
      int slash = name.indexOf('/', group.length());
      if (slash < 0) {
        i++;
        continue;
      }
      String prefix = name.substring(0, slash + 1);
      int step = 1;
      while (i + step < found.length && name(found[i + step]).startsWith(prefix)) {
        step *= 2;
      }
      int end = end(found, i + step / 2, Math.min(found.length, i + step), prefix);
      groups.add(new Range(prefix, i, end));
      i = end;
    }
    return groups;
  }

  List<Group> counts(int[] found, String group) {
    return groups(found, group, MAX_GROUPS).stream()
        .map(range -> new Group(range.name(), range.to() - range.from()))
        .toList();
  }

  /**
   * Rows of a page. What is not known comes last, and what is equal by its name. Errors are
   * compared in single precision.
   *
   * @param found by name
   */
  List<SeriesRow> page(int[] found, Sort sort, int offset, int limit) {
    int from = Math.min(offset, found.length);
    int to = (int) Math.min((long) offset + limit, found.length);
    if (from == to) {
      return List.of();
    }
    List<SeriesRow> rows = new ArrayList<>(to - from);
    if (sort == Sort.name) {
      for (int i = from; i < to; i++) {
        rows.add(row(found[i]));
      }
      return rows;
    }
    int bits = 64 - Long.numberOfLeadingZeros(found.length); // of an index
    long[] keys = keys(found, sort, Long.MAX_VALUE >> bits);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = keys[i] << bits | i;
    }
    Selection.select(keys, keys.length, from, to - 1);
    Arrays.sort(keys, from, to);
    for (int i = from; i < to; i++) {
      rows.add(row(found[(int) (keys[i] & (1L << bits) - 1)]));
    }
    return rows;
  }

  /** What comes first has the smaller key, from 0 to a number that is not below 2^33. */
  private long[] keys(int[] found, Sort sort, long most) {
    long[] keys = new long[found.length];
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < found.length; i++) {
      RowBlock block = block(found[i]);
      int place = found[i] % RowBlock.SIZE;
      switch (sort) {
        case best -> keys[i] = ascending(block.relative(place));
        case worst -> keys[i] = descending(block.relative(place));
        case status -> keys[i] = urgency(block.status[place]);
        case recent -> {
          keys[i] = block.seen[place];
          newest = Math.max(newest, keys[i]);
        }
        case name -> {
          // equal
        }
      }
    }
    if (sort == Sort.recent) {
      for (int i = 0; i < keys.length; i++) {
        keys[i] = Math.min(newest - keys[i], most);
      }
    }
    return keys;
  }

  private static long ascending(double number) {
    int bits = Float.floatToIntBits((float) number);
    return Double.isNaN(number)
        ? 1L << Integer.SIZE
        : (bits ^ bits >> 31 & Integer.MAX_VALUE) - (long) Integer.MIN_VALUE;
  }

  private static long descending(double number) {
    return Double.isNaN(number) ? 1L << Integer.SIZE : (1L << Integer.SIZE) - 1 - ascending(number);
  }

  private static final Forecast.Status[] STATUSES = Forecast.Status.values();

  private static long urgency(byte status) {
    return status == RowBlock.NO_STATUS
        ? 3
        : switch (STATUSES[status]) {
          case FALLBACK -> 0;
          case WARMUP -> 1;
          case OK -> 2;
        };
  }
}
