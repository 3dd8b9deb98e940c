package dev.weir.dashboard.view;

import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.Threshold;
import dev.weir.kafka.KafkaSettings.Topics;
import dev.weir.kafka.RegistrySettings;
import dev.weir.kafka.mapping.ObservationMapping;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a page shows, how far back it reads and how much it keeps.
 *
 * @param bootstrapServers brokers to start from, {@code host:port[,host:port...]}
 * @param properties further properties of the Kafka clients
 * @param topics the job's topics
 * @param registry where the schemas of the values are; null: plain Avro
 * @param mapping what observations are that are not our own records; null: they are
 * @param flink Flink's own page, or null
 * @param back how many of its newest records are read of each partition at the start
 * @param maxSeries how many series are kept, about a kilobyte each; further ones are not shown
 * @param historyBytes how much memory the series' histories may take together
 * @param note a sentence on where the values come from, or null
 * @param alarms whose thresholds the charts show; null if unknown
 */
public record DashboardSettings(
    String bootstrapServers,
    Map<String, String> properties,
    Topics topics,
    RegistrySettings registry,
    ObservationMapping mapping,
    URI flink,
    int back,
    int maxSeries,
    long historyBytes,
    String note,
    AlarmRules alarms) {

  public static final int BACK = 200_000;
  public static final int MAX_SERIES = 200_000;
  public static final long HISTORY_BYTES = 64L << 20;

  public DashboardSettings {
    properties = Map.copyOf(properties);
    if (back < 1) {
      throw new IllegalArgumentException("back: expected at least 1 record, got " + back);
    }
    if (maxSeries < 1) {
      throw new IllegalArgumentException("max-series: expected at least 1, got " + maxSeries);
    }
  }

  /** The usual distances and limits. */
  public DashboardSettings(
      String bootstrapServers, Map<String, String> properties, Topics topics, URI flink) {
    this(
        bootstrapServers,
        properties,
        topics,
        null,
        null,
        flink,
        BACK,
        MAX_SERIES,
        HISTORY_BYTES,
        null,
        null);
  }

  /** The same with a sentence on where the values come from. */
  public DashboardSettings withNote(String note) {
    return new DashboardSettings(
        bootstrapServers,
        properties,
        topics,
        registry,
        mapping,
        flink,
        back,
        maxSeries,
        historyBytes,
        note,
        alarms);
  }

  /** The thresholds of a series. */
  public List<Threshold> thresholds(String series) {
    return alarms == null
        ? List.of()
        : Arrays.stream(alarms.of(series).thresholds())
            .mapToObj(number -> alarms.thresholds().get(number).threshold())
            .toList();
  }

  @Override
  public String toString() { // the properties may hold secrets
    return "DashboardSettings[%s, %s]".formatted(bootstrapServers, topics);
  }
}
