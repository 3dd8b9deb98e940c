package dev.weir.kafka.wire;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.SourceRecord;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Splits a record into the JSON values or CSV rows that it contains, such as the lines that log
 * shippers send in one. Each is a part with its own bytes, so a bad one is a dead letter alone. A
 * JSON value without an end reaches up to the next line that begins with a bracket, a row without
 * an end up to the next line; their reader rejects them.
 *
 * <p>The number of values in a part is limited before a reader makes objects of them. Takes time in
 * proportion to the bytes, and allocates only for records of several parts. Not thread-safe.
 */
public final class RecordParts {

  /** Values of one part, about. */
  public static final int MAX_VALUES = 250_000;

  private static final int MAX_PARTS = 10_000;
  private static final int NONE = -1;

  private enum Kind {
    WHOLE,
    JSON,
    OWN,
    CSV
  }

  private final boolean isCsv;
  private final Kind kind;
  private final byte delimiter;
  private final byte elementDelimiter;
  private final int quote; // NONE if fields are never quoted
  private final int escape;
  private final boolean hasComments;
  private int[] bounds = new int[3 * 16]; // of each part: start, end, line
  private int count;
  private int values;

  private RecordParts(
      Kind kind, char delimiter, char elementDelimiter, int quote, int escape, boolean comments) {
    this.kind = kind;
    this.isCsv = kind == Kind.CSV;
    this.delimiter = (byte) delimiter;
    this.elementDelimiter = (byte) elementDelimiter;
    this.quote = quote;
    this.escape = escape;
    this.hasComments = comments;
  }

  /** Of records that are always one part. */
  public static RecordParts whole() {
    return new RecordParts(Kind.WHOLE, ',', ',', NONE, NONE, false);
  }

  /** Of JSON values. */
  public static RecordParts ofJson() {
    return new RecordParts(Kind.JSON, ',', ',', '"', '\\', false);
  }

  /** Of Weir's own records: JSON objects, or one of Avro. */
  public static RecordParts ofOwn() {
    return new RecordParts(Kind.OWN, ',', ',', '"', '\\', false);
  }

  /**
   * Of CSV rows.
   *
   * @param elementDelimiter between the elements of an array in a field
   * @param quote null if fields are never quoted
   * @param escape null for none
   * @param hasComments whether lines that begin with # are skipped
   */
  public static RecordParts ofCsv(
      char delimiter,
      char elementDelimiter,
      Character quote,
      Character escape,
      boolean hasComments) {
    return new RecordParts(
        Kind.CSV,
        delimiter,
        elementDelimiter,
        quote == null ? NONE : quote,
        escape == null ? NONE : escape,
        hasComments);
  }

  /**
   * Reads the parts of a record in their order.
   *
   * @param reader of a part, which is the record itself if it is the only one: an event or a dead
   *     letter; null: nothing
   * @param out takes them; dead letters say in which line their part begins
   */
  @SuppressWarnings("unchecked") // a dead letter is an event of any kind
  public <E> void forEach(SourceRecord record, Function<SourceRecord, E> reader, Consumer<E> out) {
    try {
      split(record.value());
    } catch (MalformedRecordException e) {
      out.accept((E) new DeadLetter(DeadLetter.Reason.MALFORMED, e.getMessage(), record));
      return;
    }
    for (int i = 0; i < Math.max(1, count); i++) {
      boolean isOnly = count <= 1;
      E event =
          reader.apply(
              isOnly
                  ? record
                  : record.withValue(
                      Arrays.copyOfRange(record.value(), bounds[3 * i], bounds[3 * i + 1])));
      if (event instanceof DeadLetter letter && !isOnly) {
        String message = "%s (line %d)".formatted(letter.message(), bounds[3 * i + 2]);
        out.accept((E) new DeadLetter(letter.reason(), message, letter.source()));
      } else if (event != null) {
        out.accept(event);
      }
    }
  }

  private void split(byte[] bytes) throws MalformedRecordException {
    count = 0;
    if (bytes == null || kind == Kind.WHOLE || kind == Kind.OWN && !AvroJson.isJson(bytes)) {
      return;
    }
    int line = 1;
    int counted = 0;
    boolean isBroken = false; // an end may be missing: no part is longer than it looks
    int end;
    for (int start = next(bytes, 0); start < bytes.length; start = next(bytes, end)) {
      for (; counted < start; counted++) {
        line += bytes[counted] == '\n' ? 1 : 0;
      }
      int limit = isBroken ? nextLine(bytes, start) : bytes.length;
      end = end(bytes, start, limit);
      if (end == NONE && !isBroken) {
        isBroken = true;
        limit = nextLine(bytes, start);
        end = end(bytes, start, limit);
      }
      end = end == NONE ? limit : end;
      add(start, end, line);
    }
  }

  private void add(int start, int end, int line) throws MalformedRecordException {
    if (count == MAX_PARTS) {
      throw new MalformedRecordException(
          "record: expected at most %,d lines, got more".formatted(MAX_PARTS));
    }
    if (bounds.length == 3 * count) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[3 * count] = start;
    bounds[3 * count + 1] = end;
    bounds[3 * count + 2] = line;
    count++;
  }

  /** The first byte from some place on that is not between parts. */
  private int next(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length) {
      byte b = bytes[at];
      if (b == '\n' || b == '\r' || !isCsv && (b == ' ' || b == '\t')) {
        at++;
      } else if (hasComments && b == '#') {
        at = nextLine(bytes, at);
      } else {
        break;
      }
    }
    return at;
  }

  /** Where the next line begins; of JSON, the next one with a value. */
  private int nextLine(byte[] bytes, int from) {
    for (int at = from + 1; at < bytes.length; at++) {
      if (bytes[at - 1] == '\n' && (isCsv || bytes[at] == '{' || bytes[at] == '[')) {
        return at;
      }
    }
    return bytes.length;
  }

  private int end(byte[] bytes, int start, int limit) throws MalformedRecordException {
    values = 0;
    return isCsv ? endOfRow(bytes, start, limit) : endOfValue(bytes, start, limit);
  }

  private int endOfValue(byte[] bytes, int start, int limit) throws MalformedRecordException {
    if (bytes[start] != '{' && bytes[start] != '[') {
      return NONE;
    }
    int depth = 0;
    for (int at = start; at < limit; at++) {
      switch (bytes[at]) {
        case '"' -> {
          at = endOfQuoted(bytes, at + 1, limit);
          if (at == NONE) {
            return NONE;
          }
        }
        case '{', '[' -> {
          depth++;
          countValue();
        }
        case '}', ']' -> {
          if (--depth == 0) {
            return at + 1;
          }
        }
        case ',' -> countValue();
        default -> {}
      }
    }
    return NONE;
  }

  private int endOfRow(byte[] bytes, int start, int limit) throws MalformedRecordException {
    boolean isFirst = true; // of its field
    for (int at = start; at < limit; at++) {
      byte b = bytes[at];
      if (isFirst && b == quote) {
        at = endOfQuoted(bytes, at + 1, limit); // a doubled quote begins a text again
        if (at == NONE) {
          return NONE;
        }
        isFirst = at + 1 < limit && bytes[at + 1] == quote;
      } else if (b == '\n' || b == '\r') {
        return at;
      } else if (b == delimiter || b == elementDelimiter) {
        isFirst = b == delimiter;
        countValue();
      } else {
        isFirst = false;
      }
    }
    return limit;
  }

  /** Where the quote at the end is; no text of JSON has a line break. */
  private int endOfQuoted(byte[] bytes, int start, int limit) throws MalformedRecordException {
    for (int at = start; at < limit; at++) {
      if (bytes[at] == escape) {
        at++;
      } else if (bytes[at] == quote) {
        return at;
      } else if (isCsv && bytes[at] == elementDelimiter) {
        countValue();
      } else if (!isCsv && bytes[at] == '\n') {
        return NONE;
      }
    }
    return NONE;
  }

  private void countValue() throws MalformedRecordException {
    if (++values > MAX_VALUES) {
      throw new MalformedRecordException(
          "record: expected at most %,d values, got more".formatted(MAX_VALUES));
    }
  }
}
