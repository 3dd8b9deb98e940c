package dev.weir.forecast;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** The bytes that a state's fields are written to, and the state that is read from them. */
public final class StateBytes {

  /** Visits all fields of a state. */
  @FunctionalInterface
  public interface Fields<S> {
    S of(StateFields fields) throws IOException;
  }

  private StateBytes() {}

  public static byte[] written(Fields<?> state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.of(StateFields.writer(new DataOutputStream(bytes)));
    return bytes.toByteArray();
  }

  public static <S> S read(byte[] bytes, Fields<S> state) throws IOException {
    return state.of(StateFields.reader(new DataInputStream(new ByteArrayInputStream(bytes))));
  }
}
