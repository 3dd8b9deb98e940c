package dev.weir.forecast.window;

import dev.weir.forecast.StateFields;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The bytes of a {@link WindowState}, independent of the engine that stores them: its sizes, its
 * marks if it has any, then all rows and the covariates known ahead that are kept for a network,
 * little-endian; then its {@link Pace}.
 */
public final class WindowStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  private static final int HEAD = 4 * Integer.BYTES + 2 * Long.BYTES + 1;

  /** A bit of the number of marks: the maximum of numbers known ahead follows. */
  private static final int KNOWS_AHEAD = 1 << 6;

  /** A bit of the number of marks: the number of covariates kept for a network follows. */
  private static final int KEEPS_AHEAD = 1 << 5;

  /** A bit of the number of marks: the pace of the series comes last of all. */
  private static final int HAS_PACE = 1 << 3;

  /** A bound above any job's, so that a damaged size cannot exhaust the heap. */
  private static final int MAX_NUMBERS = 1 << 24;

  private WindowStateFormat() {}

  public static void write(WindowState state, DataOutput target) throws IOException {
    // one array and one call: a view of a stream would take each number on its own
    int marks = state.hasMarks() ? WindowState.MARKS : 0;
    int kind = marks | (state.pace() == null ? 0 : HAS_PACE);
    ByteBuffer bytes =
        ByteBuffer.allocate(
                HEAD
                    + (state.ahead() > 0 ? Integer.BYTES : 0)
                    + (state.columns() > 0 ? Integer.BYTES : 0)
                    + Long.BYTES * (state.numbers() + marks))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(state.seqLen()).putInt(state.features());
    bytes.putInt(state.size()).putInt(state.pendingSize());
    bytes.putLong(state.interval()).putLong(state.seen());
    if (state.ahead() == 0) {
      bytes.put((byte) kind);
    } else if (state.columns() == 0) {
      bytes.put((byte) (kind | KNOWS_AHEAD)).putInt(state.ahead());
    } else {
      bytes.put((byte) (kind | KNOWS_AHEAD | KEEPS_AHEAD));
      bytes.putInt(state.ahead()).putInt(state.columns());
    }
    LongBuffer numbers = bytes.asLongBuffer();
    if (marks > 0) {
      state.saveMarks(numbers);
    }
    state.save(numbers);
    target.write(bytes.array());
    if (state.pace() != null) {
      state.pace().fields(StateFields.writer(target));
    }
  }

  /** Creates an empty state of the saved sizes. */
  @FunctionalInterface
  public interface Maker<T extends WindowState> {
    T make(int seqLen, int features, long interval, int ahead, int columns);
  }

  public static WindowState read(DataInput source) throws IOException {
    return read(source, WindowState::new);
  }

  public static <T extends WindowState> T read(DataInput source, Maker<T> maker)
      throws IOException {
    ByteBuffer head = read(source, HEAD);
    int seqLen = head.getInt();
    int features = head.getInt();
    int size = head.getInt();
    int pending = head.getInt();
    long interval = head.getLong();
    long seen = head.getLong();
    int marks = head.get();
    int ahead = 0;
    if ((marks & KNOWS_AHEAD) != 0) {
      marks ^= KNOWS_AHEAD;
      ahead = read(source, Integer.BYTES).getInt();
    }
    int columns = 0;
    if ((marks & KEEPS_AHEAD) != 0) {
      marks ^= KEEPS_AHEAD;
      columns = read(source, Integer.BYTES).getInt();
    }
    boolean hasPace = (marks & HAS_PACE) != 0;
    marks &= ~HAS_PACE;
    checkSizes(seqLen, features, ahead, size, pending);
    checkColumns(columns, ahead, seqLen);
    T state = maker.make(seqLen, features, interval, ahead, columns);
    if (marks != 0 && marks != WindowState.MARKS) {
      throw new IOException(
          "window: expected 0 or %d marks, got %d".formatted(WindowState.MARKS, marks));
    }
    int waiting = pending * (2 + features + (ahead == 0 ? 0 : 1 + ahead));
    int kept = columns == 0 ? 0 : seqLen * columns + ahead;
    LongBuffer numbers =
        read(source, Long.BYTES * (marks + size * (2 + features) + waiting + kept)).asLongBuffer();
    if (marks > 0) {
      state.restoreMarks(numbers);
    }
    state.restore(numbers, seen, size, pending);
    if (hasPace) {
      state.pace(new Pace().fields(StateFields.reader(source)));
    }
    return state;
  }

  /** Fails before memory is allocated for invalid sizes. */
  private static void checkSizes(int seqLen, int features, int ahead, int size, int pending)
      throws IOException {
    boolean isSound =
        seqLen > 0 && features >= 0 && ahead >= 0 && size >= 0 && size <= seqLen && pending >= 0;
    boolean isSmall =
        seqLen <= MAX_NUMBERS / (2L + features) && pending <= MAX_NUMBERS / (3L + features + ahead);
    if (!isSound || !isSmall) {
      throw new IOException(
          "window: expected sizes of one, got seq_len %d, %d features, %d ahead, %d rows, %d waiting"
              .formatted(seqLen, features, ahead, size, pending));
    }
  }

  private static void checkColumns(int columns, int ahead, int seqLen) throws IOException {
    boolean isSound = columns == 0 || columns > 0 && ahead > 0 && ahead % columns == 0;
    if (!isSound || (long) columns * seqLen > MAX_NUMBERS - ahead) {
      throw new IOException(
          "window: expected a number of covariates that divides %d, got %d (seq_len %d)"
              .formatted(ahead, columns, seqLen));
    }
  }

  /** So many bytes, little-endian. */
  static ByteBuffer read(DataInput source, int length) throws IOException {
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
