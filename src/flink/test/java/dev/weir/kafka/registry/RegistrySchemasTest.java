package dev.weir.kafka.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.SchemaUnavailableException;
import dev.weir.kafka.wire.UnknownSchemaException;
import dev.weir.kafka.wire.WriterSchemas;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.flink.util.function.FunctionWithException;
import org.apache.flink.util.function.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a registry is asked, on a clock that only waiting moves. */
class RegistrySchemasTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Schema FIRST = WriterSchemas.OBSERVATION;
  private static final Schema SECOND_ONE = WriterSchemas.OBSERVATION_REQUIRED;

  private final Map<Integer, String> registered =
      new HashMap<>(Map.of(1, FIRST.toString(), 2, SECOND_ONE.toString()));
  private final List<Integer> asked = new ArrayList<>();
  private long now = -5; // a clock's zero means nothing
  private long awayUntil = Long.MIN_VALUE;
  private boolean isSilent; // answers no request
  private Duration patience = Duration.ofSeconds(60);
  private Map<Integer, String> writers = Map.of();
  private FunctionWithException<Schema, Schema, UnknownSchemaException> compiler = schema -> schema;
  private ThrowingConsumer<Long, InterruptedException> sleep = nanos -> now += nanos;

  private RegistrySchemas<Schema> schemas() {
    return new RegistrySchemas<>(
        this::ask,
        new RegistrySettings("http://r", Map.of(), patience, -1, -1, -1, writers),
        compiler,
        () -> now,
        sleep);
  }

  private String ask(int id, Duration within) throws IOException {
    asked.add(id);
    if (isSilent) {
      now += within.toNanos();
      throw new IOException("nothing within " + within);
    }
    if (now < awayUntil) {
      throw new IOException("nobody there");
    }
    if (!registered.containsKey(id)) {
      throw new UnknownSchemaException("id " + id + " is unknown");
    }
    return registered.get(id);
  }

  private static void assertFails(RegistrySchemas<Schema> schemas, int id, String message) {
    assertThatThrownBy(() -> schemas.reader(id))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void idIsAskedForOnce() throws Exception {
    RegistrySchemas<Schema> schemas = schemas();
    for (int i = 0; i < 5; i++) {
      assertThat(schemas.reader(1)).isEqualTo(FIRST);
      assertThat(schemas.reader(2)).isEqualTo(SECOND_ONE);
    }
    assertThat(asked).containsExactly(1, 2);
  }

  @Test
  void schemaKnownAtTheStartNeedsNoRegistry() throws Exception {
    awayUntil = Long.MAX_VALUE;
    writers = Map.of(4, FIRST.toString(), 5, "no schema");
    assertThat(schemas().reader(4)).isEqualTo(FIRST);
    assertThat(asked).isEmpty();
  }

  @Test
  void unknownIdIsAskedForAgainAfterAMinute() throws Exception {
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 9, "id 9 is unknown");
    registered.put(9, FIRST.toString());
    now += 59 * SECOND;
    assertFails(schemas, 9, "id 9 is unknown");
    assertThat(asked).containsExactly(9);
    now += 2 * SECOND;
    assertThat(schemas.reader(9)).isEqualTo(FIRST);
    assertThat(asked).containsExactly(9, 9);
  }

  @Test
  void absentSchemaDiffersFromAnAbsentRegistry() {
    RegistrySchemas<Schema> schemas = schemas();
    assertThatThrownBy(() -> schemas.reader(9))
        .isExactlyInstanceOf(UnknownSchemaException.class)
        .hasMessage("id 9 is unknown");
    awayUntil = now + 100 * SECOND;
    for (int i = 0; i < 2; i++) { // when it was asked, and in the seconds when it is not
      assertThatThrownBy(() -> schemas.reader(1)).isInstanceOf(SchemaUnavailableException.class);
      assertThatThrownBy(() -> schemas.reader(9)).isInstanceOf(UnknownSchemaException.class);
    }
    now = awayUntil + SECOND;
    for (int id = 100; id < 200; id++) {
      int unknown = id;
      assertThatThrownBy(() -> schemas.reader(unknown)).isInstanceOf(UnknownSchemaException.class);
    }
    assertThatThrownBy(() -> schemas.reader(2)).isInstanceOf(SchemaUnavailableException.class);
  }

  @Test
  void unreadableSchemaIsRemembered() {
    registered.put(3, "\"string\"");
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 3, "schema id 3: schema: expected a record, got string");
    assertFails(schemas, 3, "schema id 3: schema: expected a record, got string");
    assertThat(asked).containsExactly(3);
  }

  @Test
  void unforeseenExceptionIsADeadLetter() {
    compiler =
        schema -> {
          throw new UnsupportedOperationException("too\nmuch");
        };
    assertFails(
        schemas(),
        1,
        "schema id 1: expected a schema that Avro can read, got UnsupportedOperationException:"
            + " too.much");
  }

  @Test
  void recordWaitsWhileTheRegistryIsAway() throws Exception {
    awayUntil = now + 50 * SECOND;
    assertThat(schemas().reader(1)).isEqualTo(FIRST);
    assertThat(now).isBetween(awayUntil, awayUntil + 5 * SECOND);
    assertThat(asked).hasSizeLessThan(20);
  }

  @Test
  void afterThePatienceOneRecordInTenSecondsAsks() throws Exception {
    long start = now;
    awayUntil = now + 100 * SECOND;
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 1, "nobody there");
    assertThat(now - start).isBetween(54 * SECOND, 60 * SECOND);
    int soFar = asked.size();
    for (int i = 0; i < 100; i++) { // a record each tenth of a second
      assertFails(schemas, 1, "nobody there");
      now += SECOND / 10;
    }
    assertThat(asked).hasSize(soFar);
    assertFails(schemas, 2, "nobody there"); // ten seconds are over; it does not wait
    assertThat(asked).hasSize(soFar + 1);
    now = awayUntil;
    assertThat(schemas.reader(1)).isEqualTo(FIRST);
  }

  @Test
  void registryThatRefusesIsBackAndThenWaitedForAgain() throws Exception {
    awayUntil = now + 100 * SECOND;
    RegistrySchemas<Schema> schemas = schemas();
    assertFails(schemas, 1, "nobody there");
    now = awayUntil;
    assertFails(schemas, 9, "id 9 is unknown");
    awayUntil = now + 50 * SECOND;
    assertThat(schemas.reader(1)).isEqualTo(FIRST);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "3, 4", "12, 13", "60, 61"})
  void silentRegistryTakesAtMostASecondMore(int patient, int most) {
    isSilent = true;
    patience = Duration.ofSeconds(patient);
    long start = now;
    assertFails(schemas(), 1, "nothing within");
    assertThat(now - start).isBetween(patient * SECOND - 5 * SECOND, most * SECOND);
    assertThat(asked).isNotEmpty();
  }

  @Test
  void idsWithoutEndAreAskedForOnceASecond() throws Exception {
    RegistrySchemas<Schema> schemas = schemas();
    for (int id = 1000; id < 11_000; id++) {
      int unknown = id;
      assertThatThrownBy(() -> schemas.reader(unknown)).isInstanceOf(UnknownSchemaException.class);
      now += SECOND / 1_000; // ten seconds in all
    }
    assertThat(asked).hasSizeBetween(RegistrySchemas.BURST, RegistrySchemas.BURST + 10);
    assertThatThrownBy(() -> schemas.reader(7)).isInstanceOf(UnknownSchemaException.class);
    assertFails(
        schemas, 8, "schema id 8: expected at most one new id a second, got more; not asked for");
    now += SECOND;
    assertThat(schemas.reader(1)).isEqualTo(FIRST);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void negativeIdIsNotAskedFor(int id) {
    assertFails(
        schemas(),
        id,
        "schema id %s: expected an id of at most 2147483647; not asked for"
            .formatted(Integer.toUnsignedString(id)));
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unknownIdsPushOutNoKnownSchema(boolean areUsed) throws Exception {
    RegistrySchemas<Schema> schemas = schemas();
    schemas.reader(1);
    schemas.reader(2);
    for (int id = 1000; id < 4000; id++) {
      int unknown = id;
      assertThatThrownBy(() -> schemas.reader(unknown)).isInstanceOf(UnknownSchemaException.class);
      if (areUsed) {
        schemas.reader(1);
        schemas.reader(2);
      }
      now += SECOND;
    }
    awayUntil = Long.MAX_VALUE;
    assertThat(schemas.reader(1)).isEqualTo(FIRST);
    assertThat(schemas.reader(2)).isEqualTo(SECOND_ONE);
  }

  @Test
  void canceledTaskDoesNotWait() {
    awayUntil = Long.MAX_VALUE;
    sleep =
        nanos -> {
          throw new InterruptedException();
        };
    assertThatThrownBy(() -> schemas().reader(1)).isInstanceOf(IllegalStateException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
