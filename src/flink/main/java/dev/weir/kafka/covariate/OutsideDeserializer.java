package dev.weir.kafka.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.codec.RecordDeserializer;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import java.time.Instant;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns the records of the topic of outside forecasts into {@link OutsideUpdate}s: Avro of {@code
 * outside.avsc}, or JSON objects such as {@code
 * {"series":"load","model":"lear","made":"2026-01-31T11:00:00Z","origin":"2026-01-31T12:00:00Z",
 * "values":[41.5,null]}}.
 */
public final class OutsideDeserializer extends RecordDeserializer<CovariateEvent> {

  private static final long serialVersionUID = 1L;

  /** Times of one record, at most: those of the longest horizon. */
  public static final int MAX_STEPS = 4096;

  private final OutsideTopic topic;
  private final RegistrySettings registry;
  private transient AvroRecordReader<OutsideForecast> reader;

  /**
   * @param type Flink's type of an event; null outside of a job
   * @param registry where the records' schemas are; null: plain Avro
   */
  public OutsideDeserializer(
      TypeInformation<CovariateEvent> type, OutsideTopic topic, RegistrySettings registry) {
    super("an outside forecast", type, null, registry);
    this.topic = topic;
    this.registry = registry;
  }

  @Override
  protected void open() {
    reader = new AvroRecordReader<>("outside forecast", OutsideForecast.class, registry);
  }

  @Override
  protected CovariateEvent read(SourceRecord source) throws MalformedRecordException {
    OutsideForecast record = reader.read(source.value());
    int steps = record.getValues().size();
    if (steps < 1 || steps > MAX_STEPS) {
      return counts("values: expected 1 to %d, got %d", MAX_STEPS, steps, source);
    }
    boolean hasOrigin = record.getOrigin() != null;
    int times = record.getTimes().size();
    if (times != (hasOrigin ? 0 : steps)) {
      String expected =
          hasOrigin
              ? "times: expected none (%d) with an origin, got %d"
              : "times: expected %d as of values, or none and an origin, got %d";
      return counts(expected, hasOrigin ? 0 : steps, times, source);
    }
    double[] values = record.getValues().stream().mapToDouble(Double::doubleValue).toArray();
    DeadLetter problem = infinite("values", values, source);
    if (problem != null) {
      return problem;
    }
    long[] at = new long[steps];
    for (int i = 0; i < steps; i++) {
      at[i] =
          hasOrigin
              ? record.getOrigin().toEpochMilli() + (i + 1) * topic.interval()
              : record.getTimes().get(i).toEpochMilli();
      if (i > 0 && at[i] <= at[i - 1]) {
        String message =
            "times[%d]: expected after %s, got %s"
                .formatted(i, Instant.ofEpochMilli(at[i - 1]), Instant.ofEpochMilli(at[i]));
        return new DeadLetter(Reason.TIME, message, source);
      }
    }
    long made = record.getMade() == null ? source.timestamp() : record.getMade().toEpochMilli();
    return checked(
        new OutsideUpdate(record.getSeries(), record.getModel(), made, at, values), source);
  }

  private static DeadLetter counts(String message, int expected, int got, SourceRecord source) {
    return new DeadLetter(Reason.FEATURES, message.formatted(expected, got), source);
  }

  private CovariateEvent checked(OutsideUpdate update, SourceRecord source) {
    DeadLetter problem = badName("series", update.series(), source);
    if (problem == null && !topic.models().contains(update.model())) {
      String message =
          "model: expected one of %s, got '%s'"
              .formatted(topic.models(), AvroBounds.quoted(update.model()));
      return new DeadLetter(Reason.MODEL, message, source);
    }
    long[] times = update.times();
    problem = problem != null ? problem : badTime("made", update.issued(), topic.maxMade(), source);
    problem = problem != null ? problem : badTime("times", times[0], topic.maxFuture(), source);
    problem =
        problem != null
            ? problem
            : badTime("times", times[times.length - 1], topic.maxFuture(), source);
    return problem != null ? problem : update;
  }
}
