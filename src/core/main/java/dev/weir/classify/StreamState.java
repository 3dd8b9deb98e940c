package dev.weir.classify;

import dev.weir.forecast.StateFields;
import java.io.IOException;

/**
 * Learned state of one series, created, read and changed by a {@link StreamClassifier}. Mutable,
 * not thread-safe.
 */
public final class StreamState {

  int classes; // that there is room for
  float[] learned = {};
  byte[] labels = {}; // ring
  int nextLabel;
  WaitingRows rows = new WaitingRows();

  StreamState() {}

  StreamState(StreamState other) {
    classes = other.classes;
    learned = other.learned.clone();
    labels = other.labels.clone();
    nextLabel = other.nextLabel;
    rows = new WaitingRows(other.rows);
  }

  static StreamState fields(StreamState state, StateFields fields) throws IOException {
    state.classes = fields.size("classes", state.classes, StreamClassifier.MAX_CLASSES);
    state.learned = fields.array("numbers", state.learned);
    state.labels = fields.bytes("labels", state.labels, Short.MAX_VALUE);
    state.nextLabel = fields.size("place of the next label", state.nextLabel);
    WaitingRows.fields(state.rows, fields);
    return state;
  }

  /** Size of the numbers, without the JVM's few bytes for each array. */
  public int bytes() {
    return Float.BYTES * learned.length + labels.length + rows.bytes();
  }
}
