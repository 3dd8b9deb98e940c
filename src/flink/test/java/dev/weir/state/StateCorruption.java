package dev.weir.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Saved values with changed bytes. */
public final class StateCorruption {

  private static final int SPARED = 64; // bytes in the midst of long values, between two tries

  private StateCorruption() {}

  /** Asserts that no bit can flip, no byte turn over and no end be missing without an error. */
  public static <T> void assertIsSeen(WeirSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    byte[] saved = out.getCopyOfBuffer();
    serializer.deserialize(new DataInputDeserializer(saved));
    String name = serializer.getClass().getSimpleName();
    int step = saved.length > 4_096 ? SPARED : 1;
    for (int at = 0; at < saved.length; at += at < 256 ? 1 : step) {
      for (int bits : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
        byte[] damaged = saved.clone();
        damaged[at] ^= (byte) bits;
        Throwable seen =
            catchThrowable(() -> serializer.deserialize(new DataInputDeserializer(damaged)));
        assertThat(seen).as("%s: byte %d ^ %d", name, at, bits).isInstanceOf(IOException.class);
        assertThat(seen).hasMessageStartingWith(name + ": ").hasMessageContaining("damaged");
      }
    }
    assertThatThrownBy(
            () -> serializer.deserialize(new DataInputDeserializer(saved, 0, saved.length / 2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }
}
