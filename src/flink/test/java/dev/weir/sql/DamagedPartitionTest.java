package dev.weir.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.forecast.window.WindowState;
import dev.weir.state.StateCorruption;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** State of a partition that has changed where it is stored, and that of an older layout. */
class DamagedPartitionTest {

  private static final String SAVED =
      "01076c696e652d370000000000001388030000000000000001000000000000000000000000000000010000000000000000e803000000000000000000000000f83ff807e058";

  private static PartitionState entry() {
    WindowState window = new WindowState(3, 0);
    window.append(1_000, 1.5, new double[0], 0);
    return new PartitionState("line-7", window, 5_000L);
  }

  @Test
  void aDamagedPartitionIsSeen() throws Exception {
    for (PartitionState state : List.of(entry(), waiting())) {
      StateCorruption.assertIsSeen(PartitionStateSerializer.INSTANCE, state);
    }
  }

  /** With three values observed, and two more numbers known ahead of each of two that wait. */
  private static PartitionState waiting() {
    WindowState window = new WindowState(4, 1, 0, 6, 0);
    for (int i = 0; i < 3; i++) {
      window.append(1_000 + i, 1.5 + i, new double[] {-i}, 0);
    }
    window.addPending(2_000, 7, new double[] {8}, new double[] {0.5, Double.NaN});
    window.addPending(3_000, 9, new double[] {10}, new double[0]);
    return new PartitionState("line-7", window, null);
  }

  private static byte[] written(PartitionState state) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    PartitionStateSerializer.INSTANCE.serialize(state, out);
    return out.getCopyOfBuffer();
  }

  private static PartitionState read(byte[] bytes) throws Exception {
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    PartitionState read = PartitionStateSerializer.INSTANCE.deserialize(in);
    assertThat(in.available()).isZero();
    return read;
  }

  @Test
  void whatIsKnownAheadIsSavedWithWhatWaits() throws Exception {
    byte[] bytes = written(waiting());
    PartitionState read = read(bytes);
    assertThat(written(read)).isEqualTo(bytes);
    assertThat(written(PartitionStateSerializer.INSTANCE.copy(read))).isEqualTo(bytes);
    assertThat(read.window.ahead()).isEqualTo(6);
    assertThat(read.window.pendingSize()).isEqualTo(2);
    assertThat(read.window.pendingFeature(1, 0)).isEqualTo(10);
    assertThat(read.expiry).isNull();
  }

  @Test
  void longestWindowWithMostCovariatesIsRead() throws Exception {
    WindowState window = new WindowState(4096, 0, 0, 20 * 1000, 0);
    for (int i = 0; i < 4096; i++) {
      window.append(i, i, new double[0], 0);
    }
    window.addPending(5_000, 1, new double[0], new double[20 * 1000]);
    PartitionState read = read(written(new PartitionState("a", window, null)));
    assertThat(read.window.size()).isEqualTo(4096);
    assertThat(read.window.pendingSize()).isEqualTo(1);
  }

  /** As it was saved before covariates could be known ahead. */
  @Test
  void partitionSavedWithoutCovariatesIsRead() throws Exception {
    PartitionState read = read(HexFormat.of().parseHex(SAVED));
    assertThat(read.name).isEqualTo("line-7");
    assertThat(read.expiry).isEqualTo(5_000);
    assertThat(read.window.lastTime()).isEqualTo(1_000);
    assertThat(read.window.ahead()).isZero();
    assertThat(written(read)).isEqualTo(HexFormat.of().parseHex(SAVED)).isEqualTo(written(entry()));
  }
}
