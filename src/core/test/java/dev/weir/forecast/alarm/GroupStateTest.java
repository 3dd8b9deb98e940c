package dev.weir.forecast.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.alarm.GroupState.GroupIncident;
import dev.weir.forecast.alarm.GroupState.Part;
import dev.weir.forecast.alarm.GroupState.Waiting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupStateTest {

  private static GroupState state() {
    GroupState state = new GroupState();
    state.waiting.put(60_000L, new Waiting());
    state.waiting.get(60_000L).members.put("a", new Part("a", 1.5, 2.25));
    state.surprises = 1;
    state.incident = new GroupIncident(60_000);
    state.incident.sum = 6.5;
    state.incident.worst.add(new Part("b", 3, 5));
    return state;
  }

  private static byte[] bytes(GroupState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.fields(StateFields.writer(new DataOutputStream(bytes)));
    return bytes.toByteArray();
  }

  private static GroupState read(byte[] bytes) throws IOException {
    return new GroupState()
        .fields(StateFields.reader(new DataInputStream(new ByteArrayInputStream(bytes))));
  }

  private static List<String> printed(GroupState state) throws IOException {
    List<String> lines = new ArrayList<>();
    state.fields(StateFields.printer((name, text) -> lines.add(name + ": " + text)));
    return lines;
  }

  @Test
  void stateIsReadAsItWasWritten() throws IOException {
    GroupState again = read(bytes(state()));
    assertThat(again.surprises).isEqualTo(1);
    assertThat(printed(again))
        .isEqualTo(printed(state()))
        .contains(
            "intervals that wait, begin: 60000",
            "intervals that wait, members, surprise: 2.25",
            "incident, largest sum: 6.5",
            "incident, its members, series: b");
  }

  @ParameterizedTest
  @CsvSource({
    "16, -1, 'intervals that wait: expected 0 to'",
    "52, 2147483647, 'members: expected 0 to'",
    "56, 65537, 'series: expected -1 to 65536, got 65537'",
    "56, -1, 'group: expected a surprise'",
    "61, 2146959360, 'group: expected a surprise'", // NaN
    "77, 33554432, 'incident: expected 0 to 1, got 2'",
    "78, 2147483647, 'group: expected an incident'", // begins after its end
  })
  void damagedStatesAreRefused(int at, int number, String message) throws IOException {
    byte[] bytes = bytes(state());
    ByteBuffer.wrap(bytes).putInt(at, number);
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @Test
  void missingEndsAreRefused() throws IOException {
    byte[] bytes = bytes(state());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
    }
  }
}
