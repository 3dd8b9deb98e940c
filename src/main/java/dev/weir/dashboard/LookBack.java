package dev.weir.dashboard;

import dev.weir.forecast.Forecast;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.kafka.ForecastCodec;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.ObservationCodec;
import dev.weir.kafka.ScoreCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the history of one series that was not kept, from the newest records of the partitions that
 * it was last seen on: a bounded number of records in a bounded time, one series after the other.
 */
final class LookBack implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LookBack.class);
  private static final int MOST_WAITING = 16;
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> config;
  private final Topics topics;
  private final JobState state;
  private final int back;
  private final ThreadPoolExecutor one =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          work -> {
            Thread thread = new Thread(work, "dashboard-look-back");
            thread.setDaemon(true);
            return thread;
          });

  LookBack(Map<String, Object> clients, Topics topics, JobState state, int back) {
    this.config = TopicReader.consumerConfig(clients);
    this.topics = topics;
    this.state = state;
    this.back = back;
  }

  /** Fills the row's history; returns when that is done, or when it takes too long. */
  void fill(SeriesRow row) {
    try {
      Future<?> done = one.submit(() -> read(row));
      done.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException | TimeoutException e) {
      LOG.debug("{}: what is further back comes later or not at all", row.name());
    } catch (ExecutionException e) {
      LOG.warn("could not look back: {}", e.getCause().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(SeriesRow row) {
    SeriesRow.Places places = row.places();
    SeriesHistory found = new SeriesHistory(row.name());
    long deadline = System.nanoTime() + LONGEST.toNanos();
    byte[] key = row.name().getBytes(StandardCharsets.UTF_8);
    long now = System.currentTimeMillis();
    ObservationCodec observations = state.observationCodec();
    ForecastCodec forecasts = state.forecastCodec();
    ScoreCodec scores = state.scoreCodec();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      scan(
          consumer,
          topics.observations(),
          places.observations(),
          deadline,
          record -> { // others than ours may give another key, or none
            Observation observation = JobState.observation(observations, record, now);
            if (observation != null && observation.series().equals(row.name())) {
              found.observe(observation.time(), observation.value());
            }
          });
      scan(
          consumer,
          topics.forecasts(),
          places.forecasts(),
          deadline,
          record -> {
            Forecast forecast =
                Arrays.equals(key, record.key()) ? JobState.forecast(forecasts, record) : null;
            if (forecast != null && forecast.series().equals(row.name())) {
              found.issue(forecast, state.names.sharedModel(forecast.model()), now);
            }
          });
      scan(
          consumer,
          topics.scores(),
          places.scores(),
          deadline,
          record -> {
            Score score = Arrays.equals(key, record.key()) ? JobState.score(scores, record) : null;
            if (score != null && score.series().equals(row.name())) {
              found.score(score);
            }
          });
    } catch (KafkaException e) {
      LOG.warn("could not look back: {}", e.toString()); // what was found is shown
    }
    state.histories.grown(row.complete(found));
  }

  private void scan(
      KafkaConsumer<byte[], byte[]> consumer,
      String topic,
      int partition,
      long deadline,
      Consumer<ConsumerRecord<byte[], byte[]>> action) {
    if (partition < 0) {
      return;
    }
    TopicPartition place = new TopicPartition(topic, partition);
    List<TopicPartition> only = List.of(place);
    consumer.assign(only);
    long begin = consumer.beginningOffsets(only).get(place);
    long end = consumer.endOffsets(only).get(place);
    consumer.seek(place, Math.max(begin, end - back));
    while (consumer.position(place) < end && System.nanoTime() < deadline) {
      consumer.poll(POLL).forEach(action);
    }
  }

  @Override
  public void close() {
    one.shutdownNow();
  }
}
