package dev.weir.dashboard.view;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Score;
import dev.weir.kafka.KafkaSettings.ClassTopics;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.codec.ClassificationCodec;
import dev.weir.kafka.codec.FeedbackRecord;
import dev.weir.kafka.codec.FeedbackRecord.Dismissal;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.LabelCodec;
import dev.weir.kafka.codec.ObservationDeserializer;
import dev.weir.kafka.codec.OutputRecords;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.kafka.wire.Decoder;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.ClassifierModel;
import dev.weir.option.Numbers;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the topics told so far. Each topic is read by one thread; a record that cannot be read is
 * counted and left.
 */
public final class DashboardState {

  /** Observations further ahead are not shown; most jobs refuse them by their window.max-future. */
  private static final Duration MAX_FUTURE = Duration.ofDays(1);

  static final int MAX_MODEL_LENGTH = 249;
  private static final long SILENCE_MILLIS = 60_000;

  /** An observation that is read this soon after a forecast may be the one that it is of. */
  private static final long TOGETHER_MILLIS = 2_000;

  public final LongAdder observations = new LongAdder();
  public final LongAdder forecasts = new LongAdder();
  public final LongAdder liveObservations = new LongAdder(); // those that came since the start
  public final LongAdder liveForecasts = new LongAdder();
  public final LongAdder scores = new LongAdder();
  public final LongAdder deadLetters = new LongAdder();
  public final LongAdder unreadable = new LongAdder();
  public final LongAdder damaged =
      new LongAdder(); // offsets whose bytes cannot be had of the brokers
  public final Latencies latencies = new Latencies();
  public final DeadLetterSummary tally = new DeadLetterSummary();
  public final ModelList models = new ModelList();
  public final SeriesTable series;
  public final HistoryCache histories = new HistoryCache(HistoryCache.MAX_BYTES);

  /** Null for a job that raises no alarms. */
  public final IncidentList incidents;

  private final long started = System.currentTimeMillis();
  private volatile boolean forecastRead;
  private final Object answers = new Object(); // guards the next three: two readers change them
  private long lastObservation; // when one was read that came since the start, 0 for never
  private long lastForecast; // the same
  private long unanswered; // the first observation since the last forecast, 0 for none
  private final Topics topics;
  private final boolean registered;
  private final ObservationDeserializer observationReader;
  private final ForecastCodec forecastCodec;
  private final ScoreCodec scoreCodec;
  private final IncidentCodec incidentCodec;
  private final ClassificationCodec classificationCodec = new ClassificationCodec();
  private final LabelCodec labelCodec = new LabelCodec();

  public DashboardState(DashboardSettings settings, SeriesTable series) {
    this.series = series;
    this.topics = settings.topics();
    this.registered = settings.registry() != null;
    this.incidents = topics.alarms() == null ? null : new IncidentList();
    this.observationReader =
        new ObservationDeserializer(null, MAX_FUTURE, settings.registry(), settings.mapping());
    this.forecastCodec = new ForecastCodec(settings.registry());
    this.scoreCodec = new ScoreCodec(settings.registry());
    this.incidentCodec = new IncidentCodec(settings.registry());
    observationReader.openAlone();
  }

  /**
   * What is missing, as a sentence; null when forecasts arrive.
   *
   * @param readingBack whether what was on the topics at the start is still being read
   */
  public String why(long now, boolean readingBack) {
    if (!forecastRead) {
      if (readingBack) {
        return "Reading what is on the topics.";
      }
      long lost = unreadable.sum();
      if (lost > 0 && (series.size() == 0 || forecasts.sum() > 0)) {
        return "%s of the topics can't be read; %s."
            .formatted(
                Numbers.counted(lost, "record"),
                !registered
                    ? "a topic in avro-confluent needs --registry"
                    : "with --registry they have to be in avro-confluent, of that registry");
      }
      return observations.sum() == 0
          ? "No observations on %s yet%s."
              .formatted(
                  topics.observations().described(),
                  topics.observations().pattern() != null
                      ? ""
                      : "; send some: weir produce --input FILE --topic "
                          + topics.observations().first())
          : "Observations arrive, and no forecast of them yet: forecasts become visible with the"
              + " job's next checkpoint."
              + (now - started > SILENCE_MILLIS ? " Is the job running?" : "");
    }
    synchronized (answers) {
      boolean silent =
          unanswered > 0
              && now - unanswered > SILENCE_MILLIS
              && now - lastObservation < SILENCE_MILLIS;
      return silent
          ? "Observations arrive, and no forecast has come for %d s; is the job running?"
              .formatted((now - unanswered) / 1_000)
          : null;
    }
  }

  /** Of the observations' reader. */
  public void takeObservation(ConsumerRecord<byte[], byte[]> record, boolean live) {
    takeObservation(record, live, System.currentTimeMillis());
  }

  public void takeObservation(ConsumerRecord<byte[], byte[]> record, boolean live, long now) {
    observations.increment();
    if (live) {
      liveObservations.increment();
    }
    observationReader.read(
        record,
        event -> {
          if (event instanceof ObservationEvent observed) {
            take(observed.observation(), live, now);
          } else {
            unreadable.increment();
          }
        });
  }

  private void take(Observation observation, boolean live, long now) {
    if (live) {
      synchronized (answers) {
        lastObservation = now;
        if (unanswered == 0 && now - lastForecast > TOGETHER_MILLIS) {
          unanswered = now;
        }
      }
      if (forecastRead) { // else it waits for a job that starts, which is no delay of the job's
        latencies.observed(observation.series(), observation.time(), now);
      }
    }
    update(observation.series(), row -> row.observe(observation, now));
  }

  private void answered(boolean live, long now) {
    forecastRead = true;
    if (live) {
      synchronized (answers) {
        lastForecast = now;
        unanswered = 0;
      }
    }
  }

  /** Changes the row of a series, if there is room for it. */
  private void update(String name, ToLongFunction<SeriesRow> change) {
    SeriesRow row = series.row(name, histories::offer);
    if (row != null) {
      histories.grown(change.applyAsLong(row));
    }
  }

  static boolean isSeries(String name) {
    return !name.isEmpty() && name.length() <= Observation.MAX_SERIES_LENGTH;
  }

  /** A model's name, cut to a bounded length and kept once for all series. */
  static String model(String name) {
    return name.substring(0, Math.min(name.length(), MAX_MODEL_LENGTH)).intern();
  }

  /** Of the reader of forecasts, scores, incidents, classes and labels. */
  public void takeOutput(ConsumerRecord<byte[], byte[]> record, boolean live) {
    takeOutput(record, live, System.currentTimeMillis());
  }

  public void takeOutput(ConsumerRecord<byte[], byte[]> record, boolean live, long now) {
    if (OutputRecords.foreign(record, topics.job()) != null) {
      return;
    }
    ClassTopics ofClasses = topics.ofClasses();
    if (ofClasses != null && record.topic().equals(ofClasses.classes())) {
      takeClass(record, live, now);
    } else if (ofClasses != null && record.topic().equals(ofClasses.labels())) {
      takeLabel(record, now);
    } else if (record.topic().equals(topics.forecasts())) {
      takeForecast(record, live, now);
    } else if (record.topic().equals(topics.alarms())) {
      takeIncident(record);
    } else if (record.topic().equals(topics.feedback())) {
      Dismissal said = FeedbackRecord.read(record);
      if (said != null) {
        incidents.dismiss(said);
      }
    } else {
      takeScore(record, now);
    }
  }

  private void takeForecast(ConsumerRecord<byte[], byte[]> record, boolean live, long now) {
    forecasts.increment();
    if (live) {
      liveForecasts.increment();
    }
    Forecast forecast = decoded(forecastCodec::decode, record);
    if (forecast == null || forecast.mode() == null || !isSeries(forecast.series())) {
      unreadable.increment();
      return;
    }
    answered(live, now);
    if (live) {
      latencies.issued(forecast.series(), forecast.origin(), now);
    }
    update(forecast.series(), row -> row.issue(forecast, now, live));
  }

  private void takeClass(ConsumerRecord<byte[], byte[]> record, boolean live, long now) {
    Classification said = decoded(classificationCodec::decode, record);
    if (said == null || !isSeries(said.series())) {
      unreadable.increment();
      return;
    }
    answered(live, now);
    update(said.series(), row -> row.classify(said, now));
  }

  private void takeLabel(ConsumerRecord<byte[], byte[]> record, long now) {
    LabelCodec.Label label = decoded(labelCodec::decode, record);
    if (label == null
        || !isSeries(label.series())
        || label.label().length() > ClassifierModel.MAX_CLASS_LENGTH) {
      return; // the job reports it
    }
    update(label.series(), row -> row.label(label.time(), label.label(), now));
  }

  private void takeIncident(ConsumerRecord<byte[], byte[]> record) {
    Incident told = decoded(incidentCodec::decode, record);
    if (told == null || !incidents.add(told)) {
      unreadable.increment();
    }
  }

  private void takeScore(ConsumerRecord<byte[], byte[]> record, long now) {
    scores.increment();
    Score score = decoded(scoreCodec::decode, record);
    if (score == null || score.mode() == null || !isSeries(score.series())) {
      unreadable.increment();
      return;
    }
    update(score.series(), row -> row.score(score, now));
  }

  /** The record's content; null if it is absent or malformed, which the job reports. */
  private static <T> T decoded(Decoder<T> decoder, ConsumerRecord<byte[], byte[]> record) {
    try {
      return record.value() == null ? null : decoder.decode(record.value());
    } catch (MalformedRecordException e) {
      return null;
    }
  }

  /** Of the reader of dead letters and models. */
  public void takeRare(ConsumerRecord<byte[], byte[]> record, boolean live) {
    if (OutputRecords.foreign(record, topics.job()) != null) {
      return;
    }
    if (record.topic().equals(topics.deadLetters())) {
      deadLetters.increment();
      tally.add(record);
      return;
    }
    try {
      models.add(record);
    } catch (MalformedRecordException e) {
      unreadable.increment();
    }
  }
}
