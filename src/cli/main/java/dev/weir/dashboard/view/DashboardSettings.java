package dev.weir.dashboard.view;

import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.kafka.KafkaClients;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.ObservationMapping;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/**
 * What a page shows, how far back it reads and how much it keeps.
 *
 * @param clients of the job's brokers
 * @param topics the job's topics
 * @param registry where the schemas of the values are; null: plain Avro
 * @param mapping what observations are that are not our own records; null: they are
 * @param flink Flink's own page, or null
 * @param note a sentence on where the values come from, or null
 * @param alarms whose thresholds the charts show; null if unknown
 */
public record DashboardSettings(
    KafkaClients clients,
    Topics topics,
    RegistrySettings registry,
    ObservationMapping mapping,
    URI flink,
    Limits limits,
    String note,
    AlarmRules alarms) {

  /**
   * How much is read and kept.
   *
   * @param back how many of its newest records are read of each partition at the start
   * @param maxSeries how many series are kept, about a kilobyte each; further ones are not shown
   * @param historyBytes how much memory the series' histories may take together
   */
  public record Limits(int back, int maxSeries, long historyBytes) {

    public static final Limits USUAL = new Limits(200_000, 200_000, 64L << 20);

    public Limits {
      if (back < 1) {
        throw new IllegalArgumentException("back: expected at least 1 record, got " + back);
      }
      if (maxSeries < 1) {
        throw new IllegalArgumentException("max-series: expected at least 1, got " + maxSeries);
      }
    }
  }

  /** Of our own records in plain Avro, with the usual limits. */
  public DashboardSettings(KafkaClients clients, Topics topics) {
    this(clients, topics, null, null, null, Limits.USUAL, null, null);
  }

  /** The same with a sentence on where the values come from. */
  public DashboardSettings withNote(String note) {
    return new DashboardSettings(clients, topics, registry, mapping, flink, limits, note, alarms);
  }

  /** The thresholds of a series. */
  public List<Threshold> thresholds(String series) {
    return alarms == null
        ? List.of()
        : Arrays.stream(alarms.of(series).thresholds())
            .mapToObj(number -> alarms.thresholds().get(number).threshold())
            .toList();
  }
}
