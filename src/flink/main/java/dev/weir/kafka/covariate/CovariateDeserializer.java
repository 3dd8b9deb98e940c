package dev.weir.kafka.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.CovariateTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.Covariates;
import dev.weir.kafka.codec.RecordDeserializer;
import dev.weir.kafka.registry.AvroRecordReader;
import dev.weir.kafka.wire.MalformedRecordException;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns the records of the covariates topic into {@link CovariateUpdate}s: Avro of {@code
 * covariates.avsc}, or JSON objects such as {@code
 * {"group":"berlin","time":"2026-01-31T12:00:00Z","features":[-3.5,null]}}.
 */
public final class CovariateDeserializer extends RecordDeserializer<CovariateEvent> {

  private static final long serialVersionUID = 1L;

  private final CovariateTopic topic;
  private final RegistrySettings registry;
  private transient AvroRecordReader<Covariates> reader;

  /**
   * @param type Flink's type of an event; null outside of a job
   * @param registry where the records' schemas are; null: plain Avro
   * @throws IllegalArgumentException if the mapping is wrong
   */
  public CovariateDeserializer(
      TypeInformation<CovariateEvent> type, CovariateTopic topic, RegistrySettings registry) {
    super("covariates", type, topic.mapping(), registry);
    this.topic = topic;
    this.registry = registry;
  }

  @Override
  protected void open() {
    reader = new AvroRecordReader<>("covariates", Covariates.class, registry);
  }

  @Override
  protected CovariateEvent read(SourceRecord source) throws MalformedRecordException {
    Covariates record = reader.read(source.value());
    double[] features = record.getFeatures().stream().mapToDouble(Double::doubleValue).toArray();
    long time = record.getTime().toEpochMilli();
    return checked(new CovariateUpdate(record.getGroup(), time, features), source);
  }

  @Override
  protected CovariateEvent check(ObservationEvent mapped) {
    Observation o = mapped.observation();
    return checked(new CovariateUpdate(o.series(), o.time(), o.features()), mapped.source());
  }

  private CovariateEvent checked(CovariateUpdate update, SourceRecord source) {
    DeadLetter problem = badName("group", update.group(), source);
    int count = update.features().length;
    if (problem == null && count != topic.features()) {
      String message = "features: expected %d, got %d".formatted(topic.features(), count);
      return new DeadLetter(Reason.FEATURES, message, source);
    }
    problem = problem != null ? problem : infinite("features", update.features(), source);
    problem = problem != null ? problem : badTime("time", update.time(), topic.maxFuture(), source);
    return problem != null ? problem : update;
  }
}
