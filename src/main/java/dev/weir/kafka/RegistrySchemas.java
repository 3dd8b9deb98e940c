package dev.weir.kafka;

import dev.weir.kafka.RegistryException.Kind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader for each schema id that records name. The registry is asked when an id is seen for the
 * first time, and never again for one that it knows.
 *
 * <ul>
 *   <li>An id that the registry does not know, and a schema that can't be read, are remembered for
 *       {@link #REFUSED_FOR}.
 *   <li>While the registry is away a record waits, up to the patience of the settings. After that
 *       the registry counts as away: records of ids that are not known fail at once, and every
 *       {@link #AWAY_FOR} one of them asks again.
 *   <li>Records may name any four bytes as an id: {@link #BURST} new ids are asked for at once, and
 *       one a second beyond that; records of others fail until there is room again.
 * </ul>
 *
 * <p>Whatever fails here fails as {@link UnknownSchemaException}, and its record can be replayed.
 * Not thread-safe.
 *
 * @param <R> what reads records of one writer's schema
 */
final class RegistrySchemas<R> {

  static final int BURST = 20;
  static final Duration REFUSED_FOR = Duration.ofMinutes(1);
  static final Duration AWAY_FOR = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RegistrySchemas.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final long SECOND = 1_000_000_000L;

  /**
   * Ids that are remembered, with a reader and without one; the one that was not used for the
   * longest goes first.
   */
  private static final int MAX_IDS = 1_000;

  /** Makes a reader for a writer's schema. */
  interface Compiler<R> {
    R compile(Schema writer) throws UnknownSchemaException;
  }

  /** Asks the registry for the text of a schema, and waits for no longer than it is told. */
  interface Texts {
    String schema(int id, Duration within) throws RegistryException;
  }

  /** The clock that is waited by, in nanoseconds. */
  interface Waiting {
    void sleep(long nanos) throws InterruptedException;
  }

  /**
   * @param reader null when there is none
   * @param refusal why not
   * @param until when the refusal is forgotten, on the clock
   */
  private record Known<R>(R reader, String refusal, long until) {}

  private final Texts registry;
  private final Compiler<R> compiler;
  private final long patience;
  private final LongSupplier clock;
  private final Waiting waiting;
  private final Map<Integer, Known<R>> known = leastUsedFirst();
  private final Map<Integer, Known<R>> refusals = leastUsedFirst(); // push out none that is known

  private R usual; // of the last record: producers rarely change their schema
  private int usualId = -1;
  private long room; // how many ids may be asked for, in nanoseconds of waiting for one
  private long filled; // when it was last reckoned
  private boolean isAway;
  private long awayUntil;
  private String whyAway;

  RegistrySchemas(RegistrySettings settings, Compiler<R> compiler) {
    this(
        new SchemaRegistry(settings)::schema,
        settings,
        compiler,
        System::nanoTime,
        nanos -> Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000)));
  }

  RegistrySchemas(
      Texts registry,
      RegistrySettings settings,
      Compiler<R> compiler,
      LongSupplier clock,
      Waiting waiting) {
    this.registry = registry;
    this.compiler = compiler;
    this.patience = settings.patience().toNanos();
    this.clock = clock;
    this.waiting = waiting;
    this.room = BURST * SECOND;
    this.filled = clock.getAsLong();
    settings
        .writers()
        .forEach(
            (id, text) -> {
              try {
                known.put(id, new Known<>(compile(text), null, 0));
              } catch (UnknownSchemaException e) {
                LOG.debug("schema id {} is read by nobody here: {}", id, e.getMessage());
              }
            });
  }

  private static <V> Map<Integer, V> leastUsedFirst() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
        return size() > MAX_IDS;
      }
    };
  }

  private R compile(String text) throws UnknownSchemaException {
    return compile(text, compiler);
  }

  /**
   * A reader for a schema that somebody else wrote, whatever is wrong with it.
   *
   * @throws UnknownSchemaException when there is none
   */
  static <R> R compile(String text, Compiler<R> compiler) throws UnknownSchemaException {
    Schema writer = ForeignSchema.parse(text);
    try {
      return compiler.compile(writer);
    } catch (RuntimeException | StackOverflowError e) { // what Avro throws is nowhere listed
      throw new UnknownSchemaException(
          "schema %s: expected one that can be read, got %s"
              .formatted(
                  AvroBounds.quoted(writer.getFullName()),
                  AvroBounds.quoted(e.getClass().getSimpleName() + ": " + e.getMessage())));
    }
  }

  /**
   * The reader of a schema; waits for a registry that is away.
   *
   * @throws UnknownSchemaException when there is none
   * @throws IllegalStateException when the wait is interrupted, as when a job is cancelled
   */
  R reader(int id) throws UnknownSchemaException {
    if (id == usualId && usual != null) {
      return usual;
    }
    if (id < 0) { // to registries no id at all, and to some of them no request
      throw new UnknownSchemaException(
          "schema id %s: expected an id of at most %d; not asked for"
              .formatted(Integer.toUnsignedString(id), Integer.MAX_VALUE));
    }
    Known<R> found = known.get(id);
    if (found == null) {
      found = refusals.get(id);
    }
    if (found == null || found.reader == null && clock.getAsLong() - found.until >= 0) {
      found = ask(id);
    }
    if (found.reader == null) {
      throw new UnknownSchemaException(found.refusal);
    }
    usual = found.reader;
    usualId = id;
    return usual;
  }

  private Known<R> ask(int id) throws UnknownSchemaException {
    long start = clock.getAsLong();
    if (isAway && start - awayUntil < 0) {
      throw new UnknownSchemaException(whyAway);
    }
    if (!takeRoom(start)) {
      throw new UnknownSchemaException(
          "schema id %s: expected at most one new id a second, got more; not asked for"
              .formatted(Integer.toUnsignedString(id)));
    }
    long pause = FIRST_PAUSE.toNanos();
    while (true) {
      try {
        Known<R> answer = answer(id, within(patience - (clock.getAsLong() - start)));
        if (isAway) {
          LOG.info("the schema registry answers again");
        }
        isAway = false;
        if (answer.reader == null) {
          refusals.put(id, answer);
        } else {
          refusals.remove(id);
          known.put(id, answer);
        }
        return answer;
      } catch (RegistryException e) {
        if (isAway || clock.getAsLong() + pause - start > patience) {
          giveUp(e);
        }
        if (pause == FIRST_PAUSE.toNanos()) {
          LOG.warn("waits for up to {} s: {}", patience / SECOND, e.getMessage());
        }
      }
      sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
    }
  }

  /** What a request may take: what is left of the patience, but as long as an answer needs. */
  private static Duration within(long left) {
    long most = SchemaRegistry.TIMEOUT.toNanos();
    return Duration.ofNanos(Math.max(SECOND, Math.min(left, most)));
  }

  /** What the registry says of an id; fails only when it says nothing. */
  private Known<R> answer(int id, Duration within) throws RegistryException {
    try {
      return new Known<>(compile(registry.schema(id, within)), null, 0);
    } catch (UnknownSchemaException e) {
      return refused("schema id %s: %s".formatted(Integer.toUnsignedString(id), e.getMessage()));
    } catch (RegistryException e) {
      if (e.kind() == Kind.AWAY) {
        throw e;
      }
      return refused(e.getMessage());
    }
  }

  private Known<R> refused(String why) {
    return new Known<>(null, why, clock.getAsLong() + REFUSED_FOR.toNanos());
  }

  private void giveUp(RegistryException e) throws UnknownSchemaException {
    if (!isAway) {
      LOG.warn("waits no longer, records of unknown schemas die: {}", e.getMessage());
    }
    isAway = true;
    awayUntil = clock.getAsLong() + AWAY_FOR.toNanos();
    whyAway = e.getMessage();
    throw new UnknownSchemaException(whyAway);
  }

  private boolean takeRoom(long now) {
    room = Math.min(BURST * SECOND, room + (now - filled));
    filled = now;
    if (room < SECOND) {
      return false;
    }
    room -= SECOND;
    return true;
  }

  private void sleep(long nanos) {
    try {
      waiting.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the schema registry", e);
    }
  }
}
