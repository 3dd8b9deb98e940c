package dev.weir.dashboard.read;

import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesHistory;
import dev.weir.dashboard.view.SeriesRow;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.admin.TopicConsumer;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.ObservationDeserializer;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the history of one series that was not kept, from the newest records of the partitions that
 * it was last seen on: a bounded number of records in a bounded time, the newest part first, one
 * series after the other.
 */
public final class HistoryLoader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HistoryLoader.class);
  private static final int MAX_WAITING = 16;
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final int TOPICS = 3;
  private static final long FIRST_PART = 5_000; // records; each further part is twice as long

  /** As many forecasts as are kept of each mode, and one that tells that there are more. */
  private static final int MAX_FOUND = SeriesHistory.KEPT * Mode.values().length + 1;

  private final KafkaClients clients;
  private final Topics topics;
  private final DashboardState state;
  private final int back;
  private final Duration longest;
  private final ObservationDeserializer observations; // these three are of the one thread
  private final ForecastCodec forecasts;
  private final ScoreCodec scores;
  private final ThreadPoolExecutor one =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          work -> {
            Thread thread = new Thread(work, "dashboard-look-back");
            thread.setDaemon(true);
            return thread;
          });

  public HistoryLoader(KafkaClients clients, Topics topics, DashboardState state, int back) {
    this(clients, topics, state, back, LONGEST);
  }

  /**
   * @param longest limit for the search for one series
   */
  public HistoryLoader(
      KafkaClients clients, Topics topics, DashboardState state, int back, Duration longest) {
    this.clients = TopicReader.seeking(clients);
    this.topics = topics;
    this.state = state;
    this.back = back;
    this.longest = longest;
    this.observations = state.observationReader();
    this.forecasts = state.forecastCodec();
    this.scores = state.scoreCodec();
  }

  /**
   * Fills the row's history. Returns when it is complete or after the time limit; loading continues
   * in the latter case. Records that could not be read are read again at the next request.
   */
  public void fill(SeriesRow row) {
    try {
      Future<?> done = one.submit(() -> read(row));
      done.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: too many are looked for at once", row.name());
      state.histories.missed(row);
    } catch (TimeoutException e) {
      LOG.debug("{}: what is further back comes later", row.name());
    } catch (ExecutionException e) {
      LOG.warn("could not look back: {}", e.getCause().toString());
      state.histories.missed(row);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void read(SeriesRow row) {
    SeriesRow.Places places = row.places();
    SeriesHistory found = new SeriesHistory(row.name());
    long start = System.nanoTime();
    byte[] key = row.name().getBytes(StandardCharsets.UTF_8);
    try (TopicConsumer consumer = new TopicConsumer(clients)) {
      scan(
              consumer,
              places.topic(),
              places.observations(),
              deadline(start, 1),
              record -> { // others than ours may give another key, or none
                List<Observation> own =
                    DashboardState.observations(observations, record).stream()
                        .filter(observation -> observation.series().equals(row.name()))
                        .toList();
                return own.isEmpty() ? null : own;
              })
          .forEach(
              all ->
                  all.forEach(
                      observation -> found.observe(observation.time(), observation.value())));
      scan(
              consumer,
              topics.forecasts(),
              places.forecasts(),
              deadline(start, 2),
              record -> {
                Forecast forecast =
                    Arrays.equals(key, record.key())
                        ? DashboardState.forecast(forecasts, record)
                        : null;
                return forecast != null && forecast.series().equals(row.name()) ? forecast : null;
              })
          .forEach(
              forecast ->
                  found.issue(
                      forecast, DashboardState.model(forecast.model()), SeriesHistory.UNKNOWN));
      scan(
              consumer,
              topics.scores(),
              places.scores(),
              deadline(start, TOPICS),
              record -> {
                Score score =
                    Arrays.equals(key, record.key()) ? DashboardState.score(scores, record) : null;
                return score != null && score.series().equals(row.name()) ? score : null;
              })
          .forEach(found::score);
    } catch (RuntimeException e) { // not only Kafka's; the caller may no longer wait
      LOG.warn("could not look back: {}", e.toString());
      state.histories.missed(row); // and what was found is shown
    }
    state.histories.grown(row.complete(found));
  }

  /** What one topic does not need of its share of the time is left to the next. */
  private long deadline(long start, int topic) {
    return start + longest.toNanos() * topic / TOPICS;
  }

  /** What the newest records of a partition hold, oldest first. */
  private <T> List<T> scan(
      TopicConsumer consumer,
      String topic,
      int partition,
      long deadline,
      Function<ConsumerRecord<byte[], byte[]>, T> content) {
    if (partition < 0) {
      return List.of();
    }
    TopicPartition place = new TopicPartition(topic, partition);
    List<TopicPartition> only = List.of(place);
    long end = consumer.ends(only).get(place);
    long begin = Math.max(consumer.begins(only).get(place), end - back);
    BooleanSupplier over = () -> System.nanoTime() - deadline >= 0;
    return newestFirst(begin, end, (from, to) -> part(consumer, place, from, to, over, content));
  }

  /**
   * What a part of a partition holds, oldest first.
   *
   * @param isWhole whether all of the part was read; what is before it is not to be read otherwise
   */
  public record Part<T>(List<T> found, boolean isWhole) {}

  /** Reads a part of a partition, from an offset to before another. */
  public interface Parts<T> {
    Part<T> read(long from, long to);
  }

  /**
   * Reads part by part, each before the one that was read last, until there are enough or one is
   * not whole, so that nothing is missing in between.
   */
  public static <T> List<T> newestFirst(long begin, long end, Parts<T> parts) {
    Deque<List<T>> all = new ArrayDeque<>(); // oldest first
    int found = 0;
    long length = FIRST_PART;
    boolean goesOn = true;
    for (long to = end; goesOn && to > begin && found < MAX_FOUND; length *= 2) {
      long from = Math.max(begin, to - length);
      Part<T> part = parts.read(from, to);
      all.addFirst(part.found());
      found += part.found().size();
      goesOn = part.isWhole();
      to = from;
    }
    return all.stream().flatMap(List::stream).toList();
  }

  /**
   * Empty if it was not read to its end in time. If records were deleted meanwhile or are
   * unreadable, it contains the records after them.
   */
  public static <T> Part<T> part(
      TopicConsumer consumer,
      TopicPartition partition,
      long from,
      long to,
      BooleanSupplier isOver,
      Function<ConsumerRecord<byte[], byte[]>, T> content) {
    List<T> found = new ArrayList<>();
    boolean whole = true;
    for (long place = from; ; whole = false) {
      found.clear();
      try {
        boolean isRead =
            consumer.read(
                Map.of(partition, place),
                Map.of(partition, to),
                isOver,
                record -> {
                  T one = content.apply(record);
                  if (one != null) {
                    found.add(one);
                  }
                });
        return isRead ? new Part<>(found, whole) : new Part<>(List.of(), false);
      } catch (InvalidOffsetException e) { // deleted by age
        place = consumer.begins(List.of(partition)).get(partition);
      } catch (KafkaException e) {
        if (!TopicConsumer.isUnreadable(e)) {
          throw e;
        }
        place = consumer.behindUnreadable(partition, consumer.position(partition), to);
      }
    }
  }

  @Override
  public void close() {
    one.shutdownNow();
  }
}
