package dev.weir.kafka.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.learn.OutsideModels;
import dev.weir.kafka.OutsideTopic;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.avro.OutsideForecast;
import dev.weir.kafka.codec.RecordDeserializer;
import dev.weir.kafka.registry.AvroOrJsonReader;
import dev.weir.kafka.wire.AvroBounds;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.kafka.wire.TimeText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns the records of the topic of outside forecasts into {@link OutsideUpdate}s: Avro of {@code
 * outside.avsc}, or JSON objects such as {@code
 * {"series":"load","model":"lear","made":"2026-01-31T11:00:00Z","origin":"2026-01-31T12:00:00Z",
 * "values":[41.5,null]}}. Quantiles become the ends of the job's intervals here ({@link
 * QuantileEnds}).
 */
public final class OutsideDeserializer extends RecordDeserializer<CovariateEvent> {

  private static final long serialVersionUID = 1L;

  /** Times of one record, at most: those of the longest horizon. */
  public static final int MAX_STEPS = 4096;

  private static final int MAX_LEVELS = 1000;

  private final OutsideTopic topic;
  private final RegistrySettings registry;
  private transient AvroOrJsonReader<OutsideForecast> reader;

  /**
   * @param type Flink's type of an event; null outside of a job
   * @param registry where the records' schemas are; null: plain Avro
   * @throws IllegalArgumentException if the mapping is wrong
   */
  public OutsideDeserializer(
      TypeInformation<CovariateEvent> type, OutsideTopic topic, RegistrySettings registry) {
    super("an outside forecast", type, topic.mapping(), registry);
    this.topic = topic;
    this.registry = registry;
  }

  @Override
  protected void open() {
    reader = new AvroOrJsonReader<>("outside forecast", OutsideForecast.class, registry);
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
    int levels = record.getLevels().size();
    if (levels > MAX_LEVELS) {
      return counts("levels: expected at most %d, got %d", MAX_LEVELS, levels, source);
    }
    if (record.getQuantiles().size() != steps * levels) {
      String expected = "quantiles: expected %d, values times levels, got %d";
      return counts(expected, steps * levels, record.getQuantiles().size(), source);
    }
    double[] values = numbers(record.getValues());
    double[] quantiles = numbers(record.getQuantiles());
    double[] known = numbers(record.getLevels());
    DeadLetter problem = QuantileEnds.problemWith(known, source);
    problem = problem != null ? problem : infinite("values", values, source);
    problem = problem != null ? problem : infinite("quantiles", quantiles, source);
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
    double[] rows = QuantileEnds.rows(values, known, quantiles, topic.levels());
    long made = record.getMade() == null ? source.timestamp() : record.getMade().toEpochMilli();
    return checked(
        new OutsideUpdate(record.getSeries(), record.getModel(), made, at, rows), source);
  }

  private static DeadLetter counts(String message, int expected, int got, SourceRecord source) {
    return new DeadLetter(Reason.FEATURES, message.formatted(expected, got), source);
  }

  private static double[] numbers(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * A name is that of the model, a slash, and that of the series; the label is when it was made.
   */
  @Override
  protected CovariateEvent check(ObservationEvent mapped) {
    Observation o = mapped.observation();
    SourceRecord source = mapped.source();
    int slash = o.series().indexOf('/');
    String model = slash < 0 ? o.series() : o.series().substring(0, slash);
    model = model.replace("%2F", "/").replace("%25", "%"); // MappedRows keeps parts apart by these
    String series = slash < 0 ? "" : o.series().substring(slash + 1);
    long made = source.timestamp();
    if (o.label() != null) {
      try {
        made = TimeText.millis(o.label().strip(), topic.mapping().time().unit());
      } catch (DateTimeException | ArithmeticException e) {
        String message =
            "made: expected %s, got '%s'"
                .formatted(TimeText.EXPECTED, AvroBounds.quoted(o.label()));
        return new DeadLetter(Reason.TIME, message, source);
      }
    }
    DeadLetter problem = infinite("values", o.features(), source);
    return problem != null
        ? problem
        : checked(
            new OutsideUpdate(series, model, made, new long[] {o.time()}, o.features()), source);
  }

  private CovariateEvent checked(OutsideUpdate update, SourceRecord source) {
    DeadLetter problem = badName("series", update.series(), source);
    boolean isOpen = topic.models().isEmpty();
    if (problem == null
        && !(isOpen
            ? OutsideModels.isName(update.model())
            : topic.models().contains(update.model()))) {
      String expected =
          isOpen
              ? "a name of 1 to %d printable characters".formatted(OutsideModels.MAX_NAME)
              : "one of " + topic.models();
      String message =
          "model: expected %s, got '%s'".formatted(expected, AvroBounds.quoted(update.model()));
      return new DeadLetter(Reason.MODEL, message, source);
    }
    long[] times = update.times();
    problem = problem != null ? problem : badTime("made", update.made(), topic.maxMade(), source);
    problem = problem != null ? problem : badTime("times", times[0], topic.maxFuture(), source);
    problem =
        problem != null
            ? problem
            : badTime("times", times[times.length - 1], topic.maxFuture(), source);
    return problem != null ? problem : update;
  }
}
