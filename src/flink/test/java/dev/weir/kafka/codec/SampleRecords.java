package dev.weir.kafka.codec;

import dev.weir.forecast.Classification;
import dev.weir.forecast.Explanation;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Event;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Severity;
import dev.weir.forecast.Score;
import dev.weir.forecast.TestForecast;
import dev.weir.kafka.KafkaSettings;
import dev.weir.kafka.RegistrySettings;
import dev.weir.model.Mode;
import java.util.List;
import java.util.Map;

/** A record of each kind in full, and those in which much is missing. */
public final class SampleRecords {

  public static final Forecast FORECAST =
      TestForecast.of("pump-7", 5_000)
          .steps(
              new Forecast.Steps(
                  new double[] {1.5, 2.5},
                  new double[] {1.75, 2.25},
                  List.of(
                      new Forecast.Interval(0.8, new double[] {1, 2}, new double[] {2, 3}),
                      new Forecast.Interval(0.95, new double[] {0, 1}, new double[] {3, 4}))))
          .windowStart(1_000)
          .times(6_000, 7_000)
          .model("pumps", 7)
          .learningSteps(99)
          .covariatesMissing(3)
          .explanation(
              new Explanation(
                  1.5,
                  List.of(
                      new Explanation.Part(Explanation.LEVEL, 1.25),
                      new Explanation.Part(Explanation.SHIFT, -0.25),
                      new Explanation.Part("größe", 0.5))))
          .build();

  public static final Forecast BARE_FORECAST =
      TestForecast.of("s", 5_000, 1, 2, 3)
          .seqLen(1)
          .mode(Mode.MANY_TO_MANY)
          .status(Forecast.Status.WARMUP)
          .build();

  public static final Score SCORE =
      new Score(
          "pump-7",
          5_000,
          Mode.MANY_TO_MANY,
          1.5,
          12,
          new double[] {1, 2, 4},
          7.0 / 3,
          0.6,
          0.8,
          0.79,
          List.of(
              new Score.Method("naive", 3, 0),
              new Score.Method("expert:analogs", 2, 0.25),
              new Score.Method("outside:lear", 2.5, 0.125)),
          new Score.Distribution(
              11,
              List.of(1, 2, 3),
              2.5,
              List.of(1.5, 2.0, 4.0),
              List.of(
                  new Score.Quantile(0.1, 0.5, List.of(0.25, 0.5, 0.75)),
                  new Score.Quantile(0.5, 1.0, List.of(0.5, 1.0, 1.5)),
                  new Score.Quantile(0.9, 0.75, List.of(0.5, 0.75, 1.0))),
              List.of(new Score.Interval(0.8, 12.5, List.of(7.5, 12.5, 17.5)))));

  /** Of one step that had no interval, without a distribution. */
  public static final Score BARE_SCORE =
      new Score(
          "s",
          7,
          Mode.MANY_TO_ONE,
          1.5,
          1,
          new double[] {1},
          2,
          Double.NaN,
          0.8,
          0.7,
          List.of(),
          null);

  /** One that is open, of a series. */
  public static final Incident INCIDENT =
      new Incident(
          "pumpe-ß",
          Incident.id("pumpe-ß", 60_000),
          Event.UPDATED,
          240_000,
          60_000,
          180_000,
          3,
          new Incident.Worst(120_000, 9.25, 3.5, 5.75, 4.5),
          Reason.DRIFT,
          Severity.HIGH,
          List.of(new Incident.Value(180_000, 7), new Incident.Value(240_000, -0.5)),
          "demand",
          17,
          null);

  /** Of a value without a forecast, in a series that was dropped. */
  public static final Incident BARE_INCIDENT =
      new Incident(
          "",
          Incident.id("", -1),
          Event.CLOSED,
          5,
          -1,
          5,
          2,
          new Incident.Worst(-1, 1e300, Double.NaN, Double.NaN, 2.6),
          Reason.BREAK,
          Severity.LOW,
          List.of(),
          "",
          -1,
          null);

  /** A warning that has come true. */
  public static final Incident WARNING =
      new Incident(
          "pump-7",
          Incident.id("pump-7", 60_000, 90, true, 4),
          Event.CLOSED,
          240_000,
          60_000,
          180_000,
          3,
          new Incident.Worst(120_000, 86.5, 91.25, Double.NaN, 0),
          Reason.THRESHOLD,
          Severity.HIGH,
          List.of(new Incident.Value(240_000, 92)),
          "",
          -1,
          new Incident.Warning(90, true, 4, 0.875, 300_000L, Incident.Outcome.CROSSED));

  /** One that is open, of a series whose spacing is not known. */
  public static final Incident OPEN_WARNING =
      new Incident(
          "pump-7",
          Incident.id("pump-7", 60_000, -1.5, false, 12),
          Event.OPENED,
          60_000,
          60_000,
          60_000,
          1,
          new Incident.Worst(60_000, 0.5, -2, Double.NaN, 0),
          Reason.THRESHOLD,
          Severity.MEDIUM,
          List.of(),
          "",
          -1,
          new Incident.Warning(-1.5, false, 12, 0.8, null, null));

  public static final Classification CLASSIFICATION =
      new Classification(
          "größe-7",
          1_700_000_000_000L,
          1_700_000_060_000L,
          5,
          "läuft",
          List.of("steht", "läuft", "defekt"),
          new double[] {0.25, 0.625, 0.125},
          "states",
          7,
          40,
          0.875,
          0.5,
          Classification.Status.OK);

  /** Of a window that nothing was learned of. */
  public static final Classification UNKNOWN =
      new Classification(
          "s",
          1,
          2,
          1,
          "",
          List.of(),
          new double[0],
          "",
          -1,
          0,
          Double.NaN,
          Double.NaN,
          Classification.Status.UNKNOWN);

  private SampleRecords() {}

  /** Of a job with these topics, each of which takes a megabyte. */
  static KafkaSettings kafka(KafkaSettings.Topics topics, RegistrySettings registry) {
    return new KafkaSettings(
        "nowhere:9092", Map.of(), "g", topics, null, null, 1 << 20, Map.of(), registry);
  }
}
