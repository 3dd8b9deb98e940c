package dev.weir.kafka.registry;

import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.SchemaUnavailableException;
import dev.weir.kafka.wire.UnknownSchemaException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.flink.util.function.BiFunctionWithException;
import org.apache.flink.util.function.FunctionWithException;
import org.apache.flink.util.function.ThrowingConsumer;
import org.apache.kafka.common.cache.LRUCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader for each schema id. Asks the registry once for an id that it has not seen; a known id
 * costs no I/O.
 *
 * <ul>
 *   <li>An unknown id and an unreadable schema are remembered for {@link #REFUSED_FOR}.
 *   <li>While the registry is away a record waits, up to the patience of the settings. After that,
 *       records of new ids fail at once, and one of them asks again every {@link #AWAY_FOR}.
 *   <li>Anybody can write any id into a record: {@link #BURST} new ids are asked for at once, and
 *       one a second beyond that; records of others fail.
 * </ul>
 *
 * <p>Each failure is an {@link UnknownSchemaException}: its record can be replayed. Not
 * thread-safe.
 *
 * @param <R> reads records of one writer's schema
 */
public final class RegistrySchemas<R> {

  static final int BURST = 20;
  private static final Duration REFUSED_FOR = Duration.ofMinutes(1);
  private static final Duration AWAY_FOR = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RegistrySchemas.class);

  private static final long SECOND = 1_000_000_000L;
  private static final long MIN_PAUSE = SECOND / 4;
  private static final long MAX_PAUSE = 5 * SECOND;

  /** Remembered ids, with a reader and without. */
  private static final int MAX_IDS = 1_000;

  private record Refusal(String why, long until) {}

  private final BiFunctionWithException<Integer, Duration, String, IOException> registry;
  private final FunctionWithException<Schema, R, UnknownSchemaException> compiler;
  private final long patience;
  private final LongSupplier clock;
  private final ThrowingConsumer<Long, InterruptedException> sleep;
  private final LRUCache<Integer, R> readers = new LRUCache<>(MAX_IDS);
  private final LRUCache<Integer, Refusal> refusals = new LRUCache<>(MAX_IDS); // evict no reader

  private R usual; // of the last record: producers rarely change their schema
  private int usualId = -1;
  private long spent; // each new id moves it on by a second, up to now
  private String whyAway; // null: the registry answered last
  private long awayUntil;

  public RegistrySchemas(
      RegistrySettings settings,
      FunctionWithException<Schema, R, UnknownSchemaException> compiler) {
    this(
        new SchemaRegistry(settings)::schema,
        settings,
        compiler,
        System::nanoTime,
        TimeUnit.NANOSECONDS::sleep);
  }

  /**
   * @param registry returns the text of a schema
   * @param clock nanoseconds, as are those of {@code sleep}
   */
  public RegistrySchemas(
      BiFunctionWithException<Integer, Duration, String, IOException> registry,
      RegistrySettings settings,
      FunctionWithException<Schema, R, UnknownSchemaException> compiler,
      LongSupplier clock,
      ThrowingConsumer<Long, InterruptedException> sleep) {
    this.registry = registry;
    this.compiler = compiler;
    this.patience = settings.patience().toNanos();
    this.clock = clock;
    this.sleep = sleep;
    this.spent = clock.getAsLong() - BURST * SECOND;
    settings
        .writers()
        .forEach(
            (id, text) -> {
              try {
                readers.put(id, compile(id, text, compiler));
              } catch (UnknownSchemaException e) { // observations are no forecasts
                LOG.debug("not readable here: {}", e.getMessage());
              }
            });
  }

  /**
   * Makes a reader for a foreign schema.
   *
   * @throws UnknownSchemaException if the text is not a usable schema
   */
  public static <R> R compile(
      int id, String text, FunctionWithException<Schema, R, UnknownSchemaException> compiler)
      throws UnknownSchemaException {
    String got;
    try {
      return compiler.apply(UntrustedSchema.parse(text));
    } catch (UnknownSchemaException e) {
      got = e.getMessage();
    } catch (RuntimeException | StackOverflowError e) { // Avro documents neither
      String what = e.getClass().getSimpleName() + ": " + e.getMessage();
      got = "expected a schema that Avro can read, got " + AvroBounds.quoted(what);
    }
    throw new UnknownSchemaException("schema id %d: %s".formatted(id, got));
  }

  /**
   * Returns the reader of a schema; waits while the registry is away.
   *
   * @throws UnknownSchemaException if the registry has no usable schema with this id; a {@link
   *     SchemaUnavailableException} if it does not answer, or is asked too often
   * @throws IllegalStateException if the wait is interrupted, as when a job is canceled
   */
  public R reader(int id) throws UnknownSchemaException {
    if (id == usualId && usual != null) {
      return usual;
    }
    R known = readers.get(id);
    usual = known == null ? ask(id) : known;
    usualId = id;
    return usual;
  }

  private R ask(int id) throws UnknownSchemaException {
    String what = "schema id " + Integer.toUnsignedString(id);
    if (id < 0) { // no registry gives such an id, and some have no path for it
      throw new UnknownSchemaException(
          what + ": expected an id of at most %d; not asked for".formatted(Integer.MAX_VALUE));
    }
    long now = clock.getAsLong();
    Refusal refusal = refusals.get(id);
    if (refusal != null && now - refusal.until < 0) {
      throw new UnknownSchemaException(refusal.why);
    }
    if (whyAway != null && now - awayUntil < 0) {
      throw new SchemaUnavailableException(whyAway);
    }
    spent = Math.max(spent, now - BURST * SECOND);
    if (now - spent < SECOND) {
      throw new SchemaUnavailableException(
          what + ": expected at most one new id a second, got more; not asked for");
    }
    spent += SECOND;
    try {
      R reader = compile(id, text(id, now), compiler);
      readers.put(id, reader);
      return reader;
    } catch (UnknownSchemaException e) {
      long until = clock.getAsLong() + REFUSED_FOR.toNanos();
      refusals.put(id, new Refusal(e.getMessage(), until));
      throw e;
    } catch (IOException e) {
      throw new SchemaUnavailableException(e.getMessage());
    }
  }

  /** Asks for a schema's text, again and again while the registry is away and patience lasts. */
  private String text(int id, long start) throws IOException {
    for (long pause = MIN_PAUSE; ; pause = Math.min(2 * pause, MAX_PAUSE)) {
      long left = patience - (clock.getAsLong() - start);
      try {
        String text = registry.apply(id, Duration.ofNanos(Math.max(SECOND, left)));
        if (whyAway != null) {
          LOG.info("the schema registry answers again");
        }
        whyAway = null;
        return text;
      } catch (UnknownSchemaException e) {
        whyAway = null;
        throw e;
      } catch (IOException e) {
        long now = clock.getAsLong();
        boolean isFirst = whyAway == null;
        if (!isFirst || now + pause - start > patience) {
          whyAway = e.getMessage();
          awayUntil = now + AWAY_FOR.toNanos();
          if (isFirst) {
            LOG.warn("waits no longer, records of new schemas are dead letters: {}", whyAway);
          }
          throw e;
        }
        if (pause == MIN_PAUSE) {
          LOG.warn("waits for up to {} s: {}", patience / SECOND, e.getMessage());
        }
      }
      try {
        sleep.accept(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for the schema registry", e);
      }
    }
  }
}
