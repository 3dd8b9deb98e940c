package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.window.WindowState;
import dev.weir.state.Damage;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** State of a partition that has changed where it is stored, and that of an older layout. */
class DamagedPartitionTest {

  private static SeriesEntry entry() {
    WindowState window = new WindowState(3, 0, 0);
    window.append(1_000, 1.5, new double[0], 0);
    return new SeriesEntry("line-7", window, 5_000L);
  }

  @Test
  void aDamagedPartitionIsSeen() throws Exception {
    Damage.assertIsSeen(SeriesEntrySerializer.INSTANCE, entry());
  }

  @Test
  void savedPartitionIsRead() throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    SeriesEntrySerializer.INSTANCE.serialize(entry(), out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    SeriesEntry read = SeriesEntrySerializer.INSTANCE.deserialize(in);
    assertThat(in.available()).isZero();
    assertThat(read.name).isEqualTo("line-7");
    assertThat(read.expiry).isEqualTo(5_000);
    assertThat(read.window.lastTime()).isEqualTo(1_000);
  }
}
