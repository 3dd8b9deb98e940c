package dev.weir.dashboard;

import dev.weir.dashboard.view.DashboardSettings;
import dev.weir.dashboard.view.DashboardState;
import dev.weir.dashboard.view.SeriesTable;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Explanation.Part;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Observation;
import dev.weir.forecast.Score;
import dev.weir.forecast.TestForecast;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.codec.ForecastCodec;
import dev.weir.kafka.codec.IncidentCodec;
import dev.weir.kafka.codec.ObservationCodec;
import dev.weir.kafka.codec.ScoreCodec;
import dev.weir.model.Mode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a job's topics hold, by hand. */
public final class Records {

  public static final Topics TOPICS =
      new Topics("observations", "forecasts", "scores", "observations.dlq", "models");

  /** The same of a job that raises alarms. */
  public static final Topics WITH_ALARMS = TOPICS.withAlarms("alarms");

  private Records() {}

  /** Of a page that has read nothing yet. */
  public static DashboardState state(Topics topics) {
    return new DashboardState(
        new DashboardSettings(KafkaClients.of("localhost:1"), topics),
        new SeriesTable(SeriesTable.MAX_BYTES));
  }

  public static Observation observation(String series, long time, double value) {
    return new Observation(series, time, value);
  }

  /** Of two steps, a minute apart, with an interval of 80 % that is one wide on each side. */
  public static Forecast forecast(
      String series, Mode mode, long origin, String model, long version) {
    return forecast(series, mode, origin, model, version, Forecast.Status.OK, 7, 9);
  }

  public static Forecast forecast(
      String series,
      Mode mode,
      long origin,
      String model,
      long version,
      Forecast.Status status,
      double first,
      double second) {
    return TestForecast.of(series, origin, first, second)
        .intervals(
            new Forecast.Interval(
                0.8, new double[] {first - 1, second - 1}, new double[] {first + 1, second + 1}))
        .windowStart(origin - 240_000)
        .mode(mode)
        .times(origin + 60_000, origin + 120_000)
        .model(model, version)
        .learningSteps(3)
        .status(status)
        .build();
  }

  /** The same with another interval of 95 %, twice as wide. */
  public static Forecast withWideInterval(Forecast forecast) {
    double[] values = forecast.values();
    return TestForecast.of(forecast.series(), forecast.origin(), values)
        .intervals(
            forecast.intervals().get(0),
            new Forecast.Interval(
                0.95,
                new double[] {values[0] - 2, values[1] - 2},
                new double[] {values[0] + 2, values[1] + 2}))
        .windowStart(forecast.windowStart())
        .seqLen(forecast.seqLen())
        .mode(forecast.mode())
        .times(forecast.times())
        .model(forecast.model(), forecast.modelVersion())
        .learningSteps(forecast.learningSteps())
        .status(forecast.status())
        .build();
  }

  /** Of one step, whose value is the sum of the parts. */
  public static Forecast explained(String series, long origin, List<Part> parts) {
    double value = parts.stream().mapToDouble(Part::amount).sum();
    return TestForecast.of(series, origin, value)
        .windowStart(origin - 240_000)
        .times(origin + 60_000)
        .learningSteps(3)
        .explanation(new Explanation(value, parts))
        .build();
  }

  public static Score score(
      String series, Mode mode, long time, double mae, double naive, double seasonalNaive) {
    return new Score(
        series,
        time,
        mode,
        5,
        400,
        new double[] {mae},
        mae,
        mae / seasonalNaive,
        0.8,
        0.75,
        List.of(
            new Score.Method("naive", naive, 0),
            new Score.Method("seasonal_naive", seasonalNaive, 0),
            new Score.Method("expert:rls-ar", 2, 0.5),
            new Score.Method("outside:lear", 3, 0.2),
            new Score.Method("weir@lear", 0.75, 0),
            new Score.Method("weir_without_outside@lear", 1, 0)),
        new Score.Distribution(
            39,
            List.of(1),
            0.75 * mae,
            List.of(0.75 * mae),
            List.of(
                new Score.Quantile(0.1, 0.25, List.of(0.25)),
                new Score.Quantile(0.5, mae / 2, List.of(mae / 2)),
                new Score.Quantile(0.9, 0.5, List.of(0.5))),
            List.of(new Score.Interval(0.8, 7.5, List.of(7.5)))));
  }

  /** An incident of one value, which was 12.5 in place of 10, at its start. */
  public static Incident incident(String series, long start, Event event, double surprise) {
    return new Incident(
        series,
        Incident.id(series, start),
        event,
        event == Event.CLOSED ? start + 600_000 : start,
        start,
        start,
        1,
        new Incident.Worst(start, 12.5, 10, 2.5, surprise),
        Reason.ERROR,
        Severity.of(surprise),
        List.of(new Incident.Value(start - 60_000, 10.25), new Incident.Value(start, 12.5)),
        "demand",
        4,
        null);
  }

  /** An incident of one value that a threshold opened. */
  public static Incident warning(String series, long start, Incident.Worst worst, Warning warning) {
    return new Incident(
        series,
        Incident.id(series, start, warning.limit(), warning.above(), warning.within()),
        Event.OPENED,
        start,
        start,
        start,
        1,
        worst,
        Reason.THRESHOLD,
        Severity.LOW,
        List.of(),
        "",
        -1,
        warning);
  }

  public static ConsumerRecord<byte[], byte[]> record(Incident incident) {
    return record(WITH_ALARMS.alarms(), incident.series(), new IncidentCodec().encode(incident));
  }

  public static ConsumerRecord<byte[], byte[]> record(Observation observation) {
    return record(
        TOPICS.observations().first(),
        observation.series(),
        new ObservationCodec().encode(observation));
  }

  public static ConsumerRecord<byte[], byte[]> record(Forecast forecast) {
    return record(TOPICS.forecasts(), forecast.series(), new ForecastCodec().encode(forecast));
  }

  public static ConsumerRecord<byte[], byte[]> record(Score score) {
    return record(TOPICS.scores(), score.series(), new ScoreCodec().encode(score));
  }

  public static ConsumerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
    return new ConsumerRecord<>(topic, 0, 0, key.getBytes(StandardCharsets.UTF_8), value);
  }
}
