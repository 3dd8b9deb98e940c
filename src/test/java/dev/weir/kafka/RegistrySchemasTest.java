package dev.weir.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.RegistryException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a registry is asked, on a clock that only waiting moves. */
class RegistrySchemasTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<Integer, String> registered = new HashMap<>();
  private final List<Integer> asked = new ArrayList<>();
  private long now = -5; // a clock's zero means nothing
  private long awayUntil = Long.MIN_VALUE;
  private boolean isSilent; // lets everybody wait
  private Duration patience = PATIENCE;

  private RegistrySchemas<Schema> schemas(Map<Integer, String> writers) {
    return schemas(schema -> schema, writers);
  }

  private RegistrySchemas<Schema> schemas(
      RegistrySchemas.Compiler<Schema> compiler, Map<Integer, String> writers) {
    return new RegistrySchemas<>(
        this::ask,
        new RegistrySettings("http://r", Map.of(), patience, -1, -1, writers),
        compiler,
        () -> now,
        nanos -> now += nanos);
  }

  private RegistrySchemas<Schema> schemas() {
    return schemas(Map.of());
  }

  private String ask(int id, Duration within) throws RegistryException {
    asked.add(id);
    if (isSilent) {
      now += within.toNanos();
      throw new RegistryException(Kind.AWAY, "nothing within " + within);
    }
    if (now < awayUntil) {
      throw new RegistryException(Kind.AWAY, "nobody there");
    }
    String text = registered.get(id);
    if (text == null) {
      throw new RegistryException(Kind.UNKNOWN, "id " + id + " is unknown");
    }
    return text;
  }

  private static void assertFails(RegistrySchemas<Schema> schemas, int id, String message) {
    assertThatThrownBy(() -> schemas.reader(id))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessage(message);
  }

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void anIdIsAskedForOnce() throws Exception {
    registered.put(1, WriterSchemas.OBSERVATION.toString());
    registered.put(300, WriterSchemas.OBSERVATION_REQUIRED.toString());
    RegistrySchemas<Schema> schemas = schemas();
    for (int i = 0; i < 5; i++) {
      assertThat(schemas.reader(1)).isEqualTo(WriterSchemas.OBSERVATION);
      assertThat(schemas.reader(300)).isEqualTo(WriterSchemas.OBSERVATION_REQUIRED);
    }
    assertThat(asked).containsExactly(1, 300);
  }

  @Test
  void whatWasKnownAtTheStartNeedsNoRegistry() throws Exception {
    awayUntil = Long.MAX_VALUE;
    RegistrySchemas<Schema> schemas =
        schemas(Map.of(4, WriterSchemas.OBSERVATION.toString(), 5, "no schema"));
    assertThat(schemas.reader(4)).isEqualTo(WriterSchemas.OBSERVATION);
    assertThat(asked).isEmpty();
  }

  @Test
  void anUnknownIdIsAskedForAgainAfterAMinute() throws Exception {
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 9, "id 9 is unknown");
    registered.put(9, WriterSchemas.OBSERVATION.toString());
    now += 59 * SECOND;
    assertFails(schemas, 9, "id 9 is unknown");
    assertThat(asked).containsExactly(9);
    now += 2 * SECOND;
    assertThat(schemas.reader(9)).isEqualTo(WriterSchemas.OBSERVATION);
    assertThat(asked).containsExactly(9, 9);
  }

  @Test
  void aSchemaThatCanNotBeReadIsRemembered() {
    registered.put(3, "\"string\"");
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 3, "schema id 3: schema: expected a record, got string");
    assertFails(schemas, 3, "schema id 3: schema: expected a record, got string");
    assertThat(asked).containsExactly(3);
  }

  @Test
  void aRecordWaitsForARegistryThatIsAwayForLessThanItsPatience() throws Exception {
    registered.put(1, WriterSchemas.OBSERVATION.toString());
    awayUntil = now + 50 * SECOND;
    assertThat(schemas().reader(1)).isEqualTo(WriterSchemas.OBSERVATION);
    assertThat(now).isBetween(awayUntil, awayUntil + 5 * SECOND);
    assertThat(asked).hasSizeLessThan(20);
  }

  @Test
  void onceThePatienceIsOverRecordsFailAtOnceAndOneInTenSecondsAsksAgain() throws Exception {
    registered.put(1, WriterSchemas.OBSERVATION.toString());
    long start = now;
    awayUntil = now + 100 * SECOND;
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 1, "nobody there");
    assertThat(now - start).isBetween(54 * SECOND, PATIENCE.toNanos());
    int soFar = asked.size();
    for (int i = 0; i < 100; i++) { // a record each tenth of a second
      assertFails(schemas, 1, "nobody there");
      now += SECOND / 10;
    }
    assertThat(asked).hasSize(soFar);
    assertFails(schemas, 2, "nobody there"); // the ten seconds are over, and nobody waits again
    assertThat(asked).hasSize(soFar + 1);
    now = awayUntil;
    assertThat(schemas.reader(1)).isEqualTo(WriterSchemas.OBSERVATION);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "3, 4", "12, 13", "60, 61"})
  void aRegistryThatIsSilentIsWaitedForASecondBeyondThePatienceAtMost(int patient, int most) {
    isSilent = true;
    patience = Duration.ofSeconds(patient);
    long start = now;
    RegistrySchemas<Schema> schemas = schemas();
    assertThatThrownBy(() -> schemas.reader(1)).isInstanceOf(UnknownSchemaException.class);
    assertThat(now - start).isBetween(patient * SECOND - 5 * SECOND, most * SECOND);
    assertThat(asked).isNotEmpty();
  }

  @Test
  void aStormOfIdsIsNoStormOfRequests() throws Exception {
    registered.put(77, WriterSchemas.OBSERVATION.toString());
    RegistrySchemas<Schema> schemas = schemas();
    for (int id = 1000; id < 101_000; id++) {
      int unknown = id;
      assertThatThrownBy(() -> schemas.reader(unknown)).isInstanceOf(UnknownSchemaException.class);
      now += SECOND / 10_000; // ten seconds in all
    }
    assertThat(asked).hasSizeBetween(RegistrySchemas.BURST, RegistrySchemas.BURST + 10);
    assertThatThrownBy(() -> schemas.reader(7)).isInstanceOf(UnknownSchemaException.class);
    assertFails(
        schemas, 8, "schema id 8: expected at most one new id a second, got more; not asked for");
    now += SECOND;
    assertThat(schemas.reader(77)).isEqualTo(WriterSchemas.OBSERVATION);
  }

  @Test
  void anIdThatNoRegistryGivesIsNotAskedFor() {
    awayUntil = Long.MAX_VALUE;
    long start = now;
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(
        schemas, -1, "schema id 4294967295: expected an id of at most 2147483647; not asked for");
    assertFails(
        schemas,
        Integer.MIN_VALUE,
        "schema id 2147483648: expected an id of at most 2147483647; not asked for");
    assertThat(asked).isEmpty();
    assertThat(now).isEqualTo(start);
  }

  @Test
  void aSchemaThatNobodyForesawIsADeadLetterAndNoEndOfTheTask() {
    registered.put(5, WriterSchemas.OBSERVATION.toString());
    RegistrySchemas<Schema> schemas =
        schemas(
            schema -> {
              throw new UnsupportedOperationException("too\nmuch");
            },
            Map.of());
    assertFails(
        schemas,
        5,
        "schema id 5: schema dev.weir.kafka.avro.Observation: expected one that can be read, got"
            + " UnsupportedOperationException: too.much");
  }

  @Test
  void aStormDoesNotPushOutTheIdsThatAreUsed() throws Exception {
    registered.put(1, WriterSchemas.OBSERVATION.toString());
    registered.put(2, WriterSchemas.OBSERVATION_REQUIRED.toString());
    RegistrySchemas<Schema> schemas = schemas();
    schemas.reader(1);
    schemas.reader(2);
    for (int id = 1000; id < 4000; id++) {
      int unknown = id;
      assertThatThrownBy(() -> schemas.reader(unknown)).isInstanceOf(UnknownSchemaException.class);
      schemas.reader(1);
      schemas.reader(2);
      now += SECOND;
    }
    assertThat(asked.stream().filter(id -> id < 1000)).containsExactly(1, 2);
  }

  @Test
  void idsThatNobodyKnowsPushOutNoSchemaThatIsKnown() throws Exception {
    registered.put(1, WriterSchemas.OBSERVATION.toString());
    registered.put(2, WriterSchemas.OBSERVATION_REQUIRED.toString());
    RegistrySchemas<Schema> schemas = schemas();
    schemas.reader(1);
    schemas.reader(2);
    for (int id = 10_000; id < 12_500; id++) {
      int unknown = id;
      assertThatThrownBy(() -> schemas.reader(unknown)).isInstanceOf(UnknownSchemaException.class);
      now += SECOND;
    }
    awayUntil = Long.MAX_VALUE;
    assertThat(schemas.reader(1)).isEqualTo(WriterSchemas.OBSERVATION);
    assertThat(schemas.reader(2)).isEqualTo(WriterSchemas.OBSERVATION_REQUIRED);
  }

  @Test
  void aWaitEndsWhenTheTaskIsCancelled() {
    awayUntil = Long.MAX_VALUE;
    RegistrySchemas<Schema> schemas =
        new RegistrySchemas<>(
            this::ask,
            new RegistrySettings("http://r", Map.of(), PATIENCE, -1, -1, Map.of()),
            schema -> schema,
            () -> now,
            nanos -> {
              throw new InterruptedException();
            });
    assertThatThrownBy(() -> schemas.reader(1)).isInstanceOf(IllegalStateException.class);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }
}
