package dev.weir.dashboard.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dashboard.Records;
import dev.weir.dashboard.view.IncidentList.Counts;
import dev.weir.dashboard.view.IncidentList.Query;
import dev.weir.forecast.Incident.Event;
import dev.weir.kafka.avro.Model;
import dev.weir.kafka.codec.DeadLetterCodec;
import dev.weir.kafka.wire.AvroBytes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What the page keeps of incidents, dead letters and models. */
class JobListsTest {

  private final DashboardState state = Records.state(Records.WITH_ALARMS);
  private final IncidentList list = state.incidents;

  private void take(long start, Event event) {
    state.takeOutput(Records.record(Records.incident("pump", start, event, 2.7)), true);
  }

  private List<IncidentList.Item> newest(int count) {
    return list.page(new Query("", "", null, null, count)).items();
  }

  @Test
  void oldestClosedIncidentsAreDroppedFirst() {
    for (int i = 0; i < IncidentList.MAX_CLOSED + 7; i++) {
      take(i, Event.OPENED);
      take(i, Event.CLOSED);
    }
    take(-5, Event.OPENED); // open ones are kept, however old
    Counts counts = list.counts();
    assertThat(counts)
        .isEqualTo(
            new Counts(
                1,
                Map.of("low", 1),
                IncidentList.MAX_CLOSED,
                0,
                2 * (IncidentList.MAX_CLOSED + 7) + 1));
    List<IncidentList.Item> all = newest(2_000);
    assertThat(all).hasSize(IncidentList.MAX_CLOSED + 1);
    assertThat(all.get(0).start()).isEqualTo(IncidentList.MAX_CLOSED + 6);
    assertThat(all.get(IncidentList.MAX_CLOSED - 1).start()).isEqualTo(7);
  }

  @Test
  void tooManyOpenIncidentsAreDroppedAndCounted() {
    for (int i = 0; i < IncidentList.MAX_OPEN + 3; i++) {
      take(i, Event.OPENED);
    }
    assertThat(list.counts().open()).isEqualTo(IncidentList.MAX_OPEN);
    assertThat(list.counts().dropped()).isEqualTo(3);
    take(1, Event.CLOSED); // one of those that were dropped
    take(4, Event.CLOSED);
    assertThat(list.counts().open()).isEqualTo(IncidentList.MAX_OPEN - 1);
    assertThat(list.counts().bySeverity()).isEqualTo(Map.of("low", IncidentList.MAX_OPEN - 1));
    assertThat(list.counts().closed()).isEqualTo(2);
  }

  @Test
  void anIncidentThatIsOpenedAgainByAReplayIsOpen() {
    take(5, Event.OPENED);
    take(5, Event.CLOSED);
    take(5, Event.OPENED);
    assertThat(newest(9)).hasSize(1);
    assertThat(list.counts().open()).isEqualTo(1);
    assertThat(list.counts().closed()).isZero();
  }

  private final DeadLetterSummary tally = new DeadLetterSummary();

  private static ConsumerRecord<byte[], byte[]> letter(
      String reason, String message, long timestamp, byte[] key, byte[] value) {
    RecordHeaders headers = new RecordHeaders();
    if (reason != null) {
      headers.add(DeadLetterCodec.REASON, reason.getBytes(UTF_8));
    }
    headers.add(DeadLetterCodec.MESSAGE, message.getBytes(UTF_8));
    headers.add(DeadLetterCodec.TOPIC, "observations".getBytes(UTF_8));
    headers.add(DeadLetterCodec.PARTITION, "3".getBytes(UTF_8));
    headers.add(DeadLetterCodec.OFFSET, "41".getBytes(UTF_8));
    headers.add(DeadLetterCodec.TIMESTAMP, "5".getBytes(UTF_8));
    return new ConsumerRecord<>(
        "observations.dlq",
        0,
        7,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        headers,
        Optional.empty());
  }

  @Test
  void lettersAreCountedByReasonWithTheNewestAsAnExample() {
    tally.add(letter("LATE", "first", 10, "pump".getBytes(UTF_8), "a".getBytes(UTF_8)));
    tally.add(letter("MALFORMED", "other", 20, null, new byte[] {0, 1, (byte) 0xff}));
    tally.add(letter("LATE", "second", 30, "fan".getBytes(UTF_8), "b".getBytes(UTF_8)));
    assertThat(tally.reasons())
        .containsExactly(
            new DeadLetterSummary.Reason(
                "LATE",
                2,
                30,
                new DeadLetterSummary.Example("second", "observations", 3, 41, "fan", "b")),
            new DeadLetterSummary.Reason(
                "MALFORMED",
                1,
                20,
                new DeadLetterSummary.Example("other", "observations", 3, 41, null, "0x0001ff")));
  }

  @Test
  void bytesAreTextOnlyWhereTheyCanBeShown() {
    assertThat(DeadLetterSummary.text("größe".getBytes(UTF_8))).isEqualTo("größe");
    assertThat(DeadLetterSummary.text("\u001b[2J".getBytes(UTF_8))).isEqualTo("0x1b5b324a");
    assertThat(DeadLetterSummary.text(new byte[] {(byte) 0xc3})).isEqualTo("0xc3");
    assertThat(DeadLetterSummary.text(new byte[0])).isEmpty();
    assertThat(DeadLetterSummary.text("x".repeat(5_000).getBytes(UTF_8)))
        .isEqualTo("x".repeat(200) + "...");
  }

  @Test
  void anExampleIsShort() {
    ConsumerRecord<byte[], byte[]> letter = letter("LATE", "m".repeat(5_000), 1, null, null);
    letter
        .headers()
        .remove(DeadLetterCodec.TOPIC)
        .add(DeadLetterCodec.TOPIC, "t".repeat(5_000).getBytes(UTF_8));
    tally.add(letter);
    DeadLetterSummary.Example example = tally.reasons().get(0).example();
    assertThat(example.message()).isEqualTo("m".repeat(500) + "...");
    assertThat(example.topic()).isEqualTo("t".repeat(249) + "...");
  }

  @Test
  void reasonsOfSomebodysOwnAreFewAndShort() {
    for (int i = 0; i < 1_000; i++) {
      tally.add(letter("R" + "x".repeat(i) + i, "m", i, null, null));
    }
    tally.add(letter(null, "m", 1, null, null));
    tally.add(letter("R0", "m", 1, null, null)); // known before there were too many
    assertThat(tally.reasons())
        .anyMatch(reason -> reason.reason().equals("R0") && reason.count() == 2);
    assertThat(tally.reasons()).hasSizeLessThanOrEqualTo(21);
    assertThat(tally.reasons()).allMatch(reason -> reason.reason().length() <= 43);
    assertThat(tally.reasons().stream().mapToLong(DeadLetterSummary.Reason::count).sum())
        .isEqualTo(1_002);
  }

  private final ModelList models = new ModelList();

  private void add(String key, String name, long version) throws Exception {
    Model model =
        new Model(name, version, Instant.EPOCH, ByteBuffer.wrap(new byte[] {1, 2}), Map.of());
    models.add(Records.record("models", key, AvroBytes.of(model)));
  }

  @Test
  void ofMoreVersionsThanFitTheLastPublishedAreShown() throws Exception {
    for (int version = 1; version <= 53; version++) {
      add("demand", "demand", version);
    }
    add("demand", "demand", 9); // published again
    assertThat(models.entries(Map.of(new JobSummary.Version("old", 1), 7)))
        .hasSize(51)
        .startsWith(new ModelList.Entry("demand", 9, 0L, -1L, 0))
        .endsWith(new ModelList.Entry("old", 1, null, null, 7))
        .extracting(ModelList.Entry::version)
        .doesNotContain(3L);
  }
}
