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
 * What a page shows, and how far back it reads.
 *
 * @param clients of the job's brokers
 * @param topics the job's topics
 * @param registry where the schemas of the values are; null: plain Avro
 * @param mapping what observations are that are not our own records; null: they are
 * @param flink Flink's own page, or null
 * @param back how many of its newest records are read of each partition at the start
 * @param note a sentence on where the values come from, or null
 * @param alarms whose thresholds the charts show; null if unknown
 */
public record DashboardSettings(
    KafkaClients clients,
    Topics topics,
    RegistrySettings registry,
    ObservationMapping mapping,
    URI flink,
    int back,
    String note,
    AlarmRules alarms) {

  public static final int BACK = 200_000;

  /** Of our own records in plain Avro. */
  public DashboardSettings(KafkaClients clients, Topics topics) {
    this(clients, topics, null, null, null, BACK, null, null);
  }

  /** The same with a sentence on where the values come from. */
  public DashboardSettings withNote(String note) {
    return new DashboardSettings(clients, topics, registry, mapping, flink, back, note, alarms);
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
