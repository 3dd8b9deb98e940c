package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.window.WindowState;
import dev.weir.state.StateCorruption;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** State of a partition that has changed where it is stored, and that of an older layout. */
class DamagedPartitionTest {

  private static PartitionState entry() {
    WindowState window = new WindowState(3, 0, 0);
    window.append(1_000, 1.5, new double[0], 0);
    return new PartitionState("line-7", window, 5_000L);
  }

  @Test
  void aDamagedPartitionIsSeen() throws Exception {
    StateCorruption.assertIsSeen(PartitionStateSerializer.INSTANCE, entry());
  }

  @Test
  void savedPartitionIsRead() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    PartitionStateSerializer.INSTANCE.serialize(entry(), out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    PartitionState read = PartitionStateSerializer.INSTANCE.deserialize(in);
    assertThat(in.available()).isZero();
    assertThat(read.name).isEqualTo("line-7");
    assertThat(read.expiry).isEqualTo(5_000);
    assertThat(read.window.lastTime()).isEqualTo(1_000);
  }
}
