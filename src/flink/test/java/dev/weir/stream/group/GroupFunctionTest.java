package dev.weir.stream.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Member;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Output;
import dev.weir.forecast.alarm.GroupState;
import dev.weir.forecast.alarm.GroupTracker;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.stream.RecordedMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

public class GroupFunctionTest {

  private static final int QUIET = 3;
  private static final int MAX_PARALLELISM = 12;
  private static final long STEP = 10;

  /** Those that the operator registers. */
  public static RecordedMetrics metrics() {
    RecordedMetrics metrics = new RecordedMetrics();
    new GroupFunction(QUIET).register(metrics);
    return metrics;
  }

  private static final class Harness
      extends KeyedOneInputStreamOperatorTestHarness<String, MemberSurprise, Output> {

    Harness(boolean rocks, OperatorSubtaskState state, int tasks, int task) throws Exception {
      super(
          new KeyedProcessOperator<>(new GroupFunction(QUIET)),
          MemberSurprise::group,
          Types.STRING,
          MAX_PARALLELISM,
          tasks,
          task);
      setStateBackend(rocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
      if (state != null) {
        initializeState(state);
      }
      open();
    }

    List<Incident> take() {
      List<Incident> all = new ArrayList<>();
      extractOutputValues().forEach(output -> all.add((Incident) output));
      getOutput().clear();
      return all;
    }

    void send(MemberSurprise surprise) throws Exception {
      processElement(surprise, surprise.time());
    }
  }

  private static MemberSurprise surprise(String group, String series, long time, double surprise) {
    return new MemberSurprise(group, series, time, time / 2.0, surprise, 4, 0, STEP);
  }

  @Test
  void sumOfTheMembersOpensAnIncidentThatQuietValuesClose() throws Exception {
    try (Harness harness = new Harness(false, null, 1, 0)) {
      harness.send(surprise("g", "b", 100, 3.5)); // 2.5 + 1 + 0.75 = 4.25
      harness.send(surprise("g", "c", 100, 2));
      harness.send(surprise("g", "a", 100, 1.75));
      harness.send(surprise("g", "a", 110, 4.9));
      assertThat(harness.take()).isEmpty();
      harness.processWatermark(109);
      Incident opened = harness.take().get(0);
      assertThat(opened.event()).isEqualTo(Event.OPENED);
      assertThat(opened.series()).isEqualTo("g");
      assertThat(opened.id()).isEqualTo(Incident.groupId("g", 100));
      assertThat(opened.worst().surprise()).isCloseTo(4.25, within(1e-12));
      assertThat(opened.worst().value()).isEqualTo(50);
      assertThat(opened.severity()).isEqualTo(Severity.LOW);
      assertThat(opened.members())
          .containsExactly(new Member("b", 3.5), new Member("c", 2), new Member("a", 1.75));
      harness.send(surprise("g", "a", 120, 5)); // 3 and 4: the incident goes on
      harness.send(surprise("g", "b", 120, 5));
      harness.processWatermark(149);
      List<Incident> updated = harness.take();
      assertThat(updated).extracting(Incident::event).containsExactly(Event.UPDATED);
      assertThat(updated.get(0).severity()).isEqualTo(Severity.MEDIUM);
      assertThat(updated.get(0).values()).isEqualTo(2);
      harness.processWatermark(150);
      List<Incident> closed = harness.take();
      assertThat(closed).extracting(Incident::event).containsExactly(Event.CLOSED);
      assertThat(closed.get(0).id()).isEqualTo(opened.id());
      assertThat(closed.get(0).time()).isEqualTo(120 + QUIET * STEP);
      assertThat(closed.get(0).end()).isEqualTo(120);
      // silent until 50 values after the first
      harness.send(surprise("g", "a", 590, 5));
      harness.send(surprise("g", "b", 590, 5));
      harness.send(surprise("g", "a", 600, 5));
      harness.send(surprise("g", "b", 600, 5));
      harness.processWatermark(600);
      assertThat(harness.take()).extracting(Incident::start).containsExactly(600L);
      harness.processWatermark(10_000);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void valuesOfOneIntervalAreJoined() throws Exception {
    try (Harness harness = new Harness(false, null, 1, 0)) {
      harness.send(new MemberSurprise("g", "a", 61, 1, 4, 6, 20, 20));
      harness.send(new MemberSurprise("g", "b", 79, 2, 5, 6, 20, 20));
      harness.send(new MemberSurprise("g", "c", 80, 3, 5, 6, 20, 20)); // the next one
      harness.processWatermark(78);
      assertThat(harness.take()).isEmpty();
      harness.processWatermark(79);
      assertThat(harness.take()).extracting(Incident::start).containsExactly(60L);
      harness.send(new MemberSurprise("g", "d", 79, 2, 5, 6, 20, 20)); // late
      harness.processWatermark(99);
      assertThat(harness.take()).isEmpty();
    }
  }

  /** Members of two patterns: the larger sum counts, whichever member comes last. */
  @Test
  void orderOfMembersWithDifferentLimitsDoesNotCount() throws Exception {
    for (boolean largerFirst : new boolean[] {true, false}) {
      try (Harness harness = new Harness(false, null, 1, 0)) {
        harness.send(new MemberSurprise("g", "a", 100, 1, 4, largerFirst ? 6 : 4, 0, STEP));
        harness.send(new MemberSurprise("g", "b", 100, 2, 3, largerFirst ? 4 : 6, 0, STEP));
        harness.processWatermark(100); // 3 and 2: 5
        assertThat(harness.take()).isEmpty();
      }
    }
  }

  /** Surprises of three groups, by time. */
  private static List<MemberSurprise> surprises() {
    SplittableRandom random = new SplittableRandom(3);
    List<MemberSurprise> all = new ArrayList<>();
    for (int t = 0; t < 4_000; t++) {
      boolean isUnusual = t % 400 > 380;
      for (int m = 0; m < 9; m++) {
        if (isUnusual || random.nextInt(10) == 0) {
          double more = Math.min(4, -Math.log10(random.nextDouble()) + (isUnusual ? 0.4 : 0));
          all.add(surprise("line" + m % 3, "line" + m % 3 + "." + m, t * STEP, 1 + more));
        }
      }
    }
    return all;
  }

  private static List<Incident> run(List<MemberSurprise> all, boolean rocks, Random order)
      throws Exception {
    Harness harness = new Harness(rocks, null, 1, 0);
    List<Incident> incidents = new ArrayList<>();
    for (int from = 0; from < all.size(); from += 50) {
      List<MemberSurprise> some =
          new ArrayList<>(all.subList(from, Math.min(all.size(), from + 50)));
      long last = some.get(some.size() - 1).time();
      if (order != null) {
        Collections.shuffle(some, order);
      }
      for (MemberSurprise each : some) {
        harness.send(each);
      }
      harness.processWatermark(last - 1);
      if (order != null && order.nextInt(9) == 0) {
        incidents.addAll(harness.take());
        OperatorSubtaskState state = harness.snapshot(from, from);
        harness.close();
        harness = new Harness(rocks, state, 1, 0);
      }
    }
    harness.processWatermark(Long.MAX_VALUE);
    incidents.addAll(harness.take());
    harness.close();
    return incidents;
  }

  @Test
  void incidentsDoNotDependOnTheOrderOfArrivalOrOnKills() throws Exception {
    List<MemberSurprise> all = surprises();
    List<Incident> expected = run(all, false, null);
    assertThat(expected.stream().filter(i -> i.event() == Event.OPENED).count()).isGreaterThan(15);
    assertThat(expected.stream().filter(i -> i.event() == Event.CLOSED).count())
        .isEqualTo(expected.stream().filter(i -> i.event() == Event.OPENED).count());
    for (int seed = 1; seed <= 3; seed++) {
      assertThat(run(all, seed == 2, new Random(seed)))
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void incidentsAreTheSameAfterRescaling() throws Exception {
    List<MemberSurprise> all = surprises();
    List<Incident> expected = run(all, false, null);
    int half = all.size() * 3 / 5;
    List<Incident> incidents = new ArrayList<>();
    OperatorSubtaskState state;
    try (Harness one = new Harness(true, null, 1, 0)) {
      for (MemberSurprise each : all.subList(0, half)) {
        one.send(each);
      }
      one.processWatermark(all.get(half / 2).time());
      state = one.snapshot(1, 1);
      incidents.addAll(one.take());
    }
    int tasks = 3;
    for (int task = 0; task < tasks; task++) {
      OperatorSubtaskState part =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              state, MAX_PARALLELISM, 1, tasks, task);
      try (Harness each = new Harness(true, part, tasks, task)) {
        for (MemberSurprise surprise : all.subList(half, all.size())) {
          int group =
              KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  surprise.group(), MAX_PARALLELISM, tasks);
          if (group == task) {
            each.send(surprise);
          }
        }
        each.processWatermark(Long.MAX_VALUE);
        incidents.addAll(each.take());
      }
    }
    assertThat(incidents).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void membersThatWaitAreLimited() throws Exception {
    try (Harness harness = new Harness(false, null, 1, 0)) {
      for (int i = 0; i < 10_050; i++) {
        harness.send(surprise("g", "s", i * STEP, 5.5));
      }
      List<Incident> early = harness.take(); // before any watermark
      assertThat(early).extracting(Incident::event).containsExactly(Event.OPENED);
      assertThat(early.get(0).start()).isZero();
    }
  }

  private static byte[] bytes(GroupState state) throws IOException {
    DataOutputSerializer bytes = new DataOutputSerializer(64);
    GroupStateSerializer.INSTANCE.serialize(state, bytes);
    return bytes.getCopyOfBuffer();
  }

  private static GroupState read(byte[] bytes) throws IOException {
    return GroupStateSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes));
  }

  @Test
  void stateContinuesFromItsBytesAndDamageIsRefused() throws IOException {
    GroupTracker tracker = new GroupTracker(QUIET);
    GroupState state = new GroupState();
    for (int m = 0; m < 15; m++) {
      tracker.add(state, surprise("g", "s" + m, 100, 2 + m % 3));
      tracker.add(state, surprise("g", "s" + m, 110 + m, 2));
    }
    assertThat(tracker.next(state)).isEqualTo(GroupTracker.Change.OPENED);
    assertThat(state.incident().worst()).hasSize(GroupTracker.PARTS);
    byte[] bytes = bytes(state);
    assertThat(bytes(read(bytes))).isEqualTo(bytes);
    assertThat(bytes(GroupStateSerializer.INSTANCE.copy(state))).isEqualTo(bytes);
    GroupState again = read(bytes);
    while (state.next() != null) {
      assertThat(tracker.next(again)).isEqualTo(tracker.next(state));
      assertThat(bytes(again)).isEqualTo(bytes(state));
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
    }
    byte[] other = bytes.clone();
    other[bytes.length / 2] ^= 4;
    assertThatThrownBy(() -> read(other)).hasMessageContaining("this state is damaged");
  }

  @Test
  void savedGroupIsReadAndWrittenAsItWas() throws IOException {
    String hex =
        Files.readAllLines(Path.of("src/flink/test/resources/state/group-1.hex")).stream()
            .map(line -> line.split("#")[0].strip())
            .collect(Collectors.joining());
    byte[] saved = HexFormat.of().parseHex(hex);
    GroupState state = read(saved);
    assertThat(bytes(state))
        .as("a layout that changes needs a version of its own")
        .isEqualTo(saved);
    assertThat(state.silentUntil()).isEqualTo(3_060_000);
    assertThat(state.incident().closes()).isEqualTo(660_000);
    assertThat(state.incident().sum()).isEqualTo(6.5);
    assertThat(state.incident().worst()).containsExactly(new GroupState.Part("b", 3, 5));
    assertThat(state.next()).isEqualTo(179_999);
    GroupTracker tracker = new GroupTracker(QUIET); // 1.25 + 3 is less than 4.5
    assertThat(tracker.next(state)).isNull();
    assertThat(state.next()).isEqualTo(660_000);
    assertThat(tracker.next(state)).isEqualTo(GroupTracker.Change.CLOSED);
  }
}
