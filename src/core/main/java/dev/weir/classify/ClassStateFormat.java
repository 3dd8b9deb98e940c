package dev.weir.classify;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.window.WindowStateFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a {@link ClassState}, independent of the engine that stores them: its sizes, what
 * {@link WindowStateFormat} writes, and its other fields.
 */
public final class ClassStateFormat {

  /** The layout that {@link #write} writes. */
  public static final byte VERSION = 1;

  private ClassStateFormat() {}

  public static void write(ClassState state, DataOutput target) throws IOException {
    StateFields fields = StateFields.writer(target);
    fields.size("classes", state.maxClasses);
    fields.size("windows", state.waiting);
    WindowStateFormat.write(state, target);
    state.fields(fields);
  }

  public static ClassState read(DataInput source) throws IOException {
    StateFields fields = StateFields.reader(source);
    int maxClasses = fields.size("classes", 0, StreamClassifier.MAX_CLASSES);
    int waiting = fields.size("windows", 0, StreamClassifier.MAX_WAITING);
    ClassState state =
        WindowStateFormat.read(
            source,
            (seqLen, features, interval, ahead, columns) ->
                new ClassState(seqLen, 1 + features, maxClasses, waiting));
    state.fields(fields);
    return state;
  }
}
