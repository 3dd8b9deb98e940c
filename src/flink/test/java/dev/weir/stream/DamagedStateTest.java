package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Observation;
import dev.weir.forecast.engine.ForecastSettings.Learning;
import dev.weir.forecast.engine.TestSettings;
import dev.weir.forecast.learn.Learner;
import dev.weir.forecast.learn.LearnerSettings;
import dev.weir.forecast.learn.LearnerState;
import dev.weir.forecast.window.ObservationLog;
import dev.weir.forecast.window.WindowState;
import dev.weir.forecast.window.Windows;
import dev.weir.model.ForecastModel;
import dev.weir.model.ModelFiles;
import dev.weir.state.LearnerStateSerializer;
import dev.weir.state.ObservationLogSerializer;
import dev.weir.state.StateCorruption;
import dev.weir.state.WindowStateSerializer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.Test;

/** State that has changed where it is stored. */
class DamagedStateTest {

  @Test
  void aDamagedWindowIsSeen() throws Exception {
    WindowState state = new WindowState(3, 1, 60_000);
    for (int i = 0; i < 4; i++) {
      state.append(60_000L * i, i, new double[] {-i}, 0);
    }
    state.addPending(600_000, 1, new double[] {2});
    StateCorruption.assertIsSeen(WindowStateSerializer.INSTANCE, state);
  }

  @Test
  void aDamagedLogIsSeen() throws Exception {
    Windows windows = new Windows(3, 1, 1);
    WindowState state = windows.newState();
    ObservationLog log = null;
    for (int i = 0; i < 5; i++) {
      windows.offer(state, new Observation("s", 1000L * i, i, new double[] {-i}), Windows.IN_ORDER);
      if (i == 2) {
        log = new ObservationLog(windows.window("s", state), 1, 2);
      } else if (i > 2) {
        log.append(windows.window("s", state));
      }
    }
    StateCorruption.assertIsSeen(ObservationLogSerializer.INSTANCE, log);
  }

  @Test
  void aDamagedMemoryIsSeen() throws Exception {
    Learner learner = new Learner(LearnerSettings.small(2));
    LearnerState memory = learner.newSeries("s", 12);
    for (int t = 0; t < 100; t++) {
      learner.observe(memory, 60_000L * t, Math.sin(t));
    }
    StateCorruption.assertIsSeen(LearnerStateSerializer.INSTANCE, memory);
  }

  @Test
  void aDamagedModelIsSeen() throws Exception {
    Path file = Path.of("src/core/test/resources/model/format-1.safetensors");
    ForecastModel model = ModelFiles.read(file, ModelFiles.Defaults.NONE);
    StateCorruption.assertIsSeen(ForecastModelSerializer.INSTANCE, model);
  }

  private static SeriesHarness harness(OperatorSubtaskState state) throws Exception {
    Learning learning = new Learning(LearnerSettings.small(2), 1, 0);
    return SeriesHarness.of(TestSettings.of(5, TestSettings.learned(2, learning)).build(), state);
  }

  @Test
  void aCheckpointWithOneWrongNumberIsNotRestored() throws Exception {
    double value = 1234.56789;
    OperatorSubtaskState saved;
    try (SeriesHarness harness = harness(null)) {
      harness.send("s", 1, value);
      saved = harness.checkpoint();
    }
    KeyGroupsStateHandle handle =
        (KeyGroupsStateHandle) saved.getManagedKeyedState().iterator().next();
    byte[] bytes;
    try (FSDataInputStream in = handle.openInputStream()) {
      bytes = in.readAllBytes();
    }
    byte[] number = // as the window has it
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array();
    int at = indexOf(bytes, number);
    assertThat(at).as("the value in the checkpoint").isPositive();
    bytes[at + 6] ^= 1; // a plausible number
    KeyedStateHandle damaged =
        new KeyGroupsStateHandle(
            handle.getGroupRangeOffsets(), new ByteStreamStateHandle("damaged", bytes));
    OperatorSubtaskState wrong =
        saved.toBuilder().setManagedKeyedState(StateObjectCollection.singleton(damaged)).build();
    assertThatThrownBy(() -> harness(wrong))
        .hasStackTraceContaining("Serializer: expected checksum ")
        .hasStackTraceContaining(
            ": this state is damaged; start from the retained checkpoint or savepoint before it");
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }
}
