package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.StateBytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class AlarmStateTest {

  private final AlarmDetector detector = new AlarmDetector(AlarmSettings.defaults());

  private static byte[] bytes(AlarmState state) throws IOException {
    return StateBytes.written(state::fields);
  }

  private static AlarmState state(byte[] bytes) throws IOException {
    return StateBytes.read(bytes, new AlarmState()::fields);
  }

  /** Value number i of a series with spikes, shifts and repetitions. */
  private void observe(AlarmState state, SplittableRandom random, int i) {
    double shock = i % 211 == 0 ? 30 : 0;
    double y = i % 500 < 12 ? 5 : shock + random.nextGaussian() + i / 900;
    detector.observe(state, y, i % 41 == 0 ? Double.NaN : i / 901, 1.5, 0);
  }

  @Test
  void stateHasAFixedSizeBelow800Bytes() throws IOException {
    assertThat(AlarmState.BYTES).isEqualTo(13 * 8 + 5 * 8 + 4 * 41 * 2).isEqualTo(472);
    AlarmState state = new AlarmState();
    assertThat(bytes(state)).hasSize(472);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 12_000; i++) {
      observe(state, random, i);
    }
    assertThat(bytes(state)).hasSize(472);
  }

  @Test
  void stateThatWasCopiedOutAndInContinuesWithTheSameBits() throws IOException {
    AlarmState kept = new AlarmState();
    AlarmState moved = new AlarmState();
    SplittableRandom one = new SplittableRandom(9);
    SplittableRandom other = new SplittableRandom(9);
    int alarms = 0;
    for (int i = 0; i < 7_000; i++) {
      observe(kept, one, i);
      double surprise = detector.surprise();
      Reason reason = detector.reason();
      if (i % 13 == 0) {
        moved = state(bytes(moved));
      }
      observe(moved, other, i);
      assertThat(Double.doubleToLongBits(detector.surprise()))
          .isEqualTo(Double.doubleToLongBits(surprise));
      assertThat(detector.reason()).isEqualTo(reason);
      alarms += kept.longs[AlarmState.QUIET_UNTIL] == i + 31 ? 1 : 0;
    }
    assertThat(moved).isEqualTo(kept);
    assertThat(bytes(moved)).isEqualTo(bytes(kept));
    assertThat(alarms).isPositive();
  }

  @Test
  void copySharesNothing() throws IOException {
    AlarmState state = new AlarmState();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 400; i++) {
      observe(state, random, i);
    }
    AlarmState copy = new AlarmState(state);
    assertThat(copy).isEqualTo(state).hasSameHashCodeAs(state);
    byte[] before = bytes(state);
    observe(state, random, 400);
    assertThat(copy).isNotEqualTo(state);
    assertThat(bytes(copy)).isEqualTo(before);
    assertThat(copy.values()).isEqualTo(400);
  }

  @Test
  void bytesOfVersionOneStayAsTheyAre() throws IOException {
    AlarmState state = new AlarmState();
    for (int i = 0; i < 1_000; i++) {
      detector.observe(state, i * i % 64, i * 7 % 64, 4, 0); // exact in binary
    }
    CRC32 crc = new CRC32();
    crc.update(bytes(state));
    assertThat(crc.getValue()).isEqualTo(3_957_002_496L);
    assertThat(state(bytes(state))).isEqualTo(state);
  }

  @Test
  void damagedBytesAreRefused() throws IOException {
    AlarmState state = new AlarmState();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 400; i++) {
      observe(state, random, i);
    }
    byte[] bytes = bytes(state);
    byte[] count = bytes.clone();
    count[148]++;
    assertThatThrownBy(() -> state(count)).hasMessageContaining("alarms: expected counts");
    byte[] number = bytes.clone();
    ByteBuffer.wrap(number).putDouble(Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> state(number)).hasMessageContaining("got Infinity");
    byte[] values = bytes.clone();
    values[104] = (byte) 0x80;
    assertThatThrownBy(() -> state(values)).hasMessageContaining("a count of at least 0");
    byte[] half = java.util.Arrays.copyOf(bytes, 300);
    assertThatThrownBy(() -> state(half)).isInstanceOf(EOFException.class);
  }
}
