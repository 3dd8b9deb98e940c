package dev.weir.dashboard.view;

import dev.weir.dashboard.view.JobSummary.Version;
import dev.weir.kafka.codec.ModelCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Models on the model topic, and those that forecasts name without being there. */
public final class ModelList {

  private static final int MOST = 50;

  private final ModelCodec codec = new ModelCodec();
  private final Map<Version, Published> published = new LinkedHashMap<>(); // oldest first

  private record Published(long created, long published) {}

  /**
   * @param created as the model says; null if it is not on the topic
   * @param published its record's timestamp; null likewise
   * @param series whose newest forecast it issued
   */
  public record Entry(String name, long version, Long created, Long published, int series) {}

  synchronized void add(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    if (record.value() == null) {
      return;
    }
    dev.weir.kafka.avro.Model model = codec.record(record.value());
    Version version = new Version(DashboardState.model(model.getName()), model.getVersion());
    published.remove(version); // published again: is now the last
    published.put(version, new Published(model.getCreated().toEpochMilli(), record.timestamp()));
    if (published.size() > MOST) {
      published.remove(published.keySet().iterator().next());
    }
  }

  /** Newest publication first, then those that only forecasts name. */
  public synchronized List<Entry> entries(Map<Version, Integer> issuers) {
    List<Entry> entries = new ArrayList<>();
    published.forEach(
        (version, told) ->
            entries.add(
                0, entry(version, told.created, told.published, issuers.getOrDefault(version, 0))));
    issuers.entrySet().stream()
        .filter(issuer -> !published.containsKey(issuer.getKey()))
        .sorted(Comparator.comparing(issuer -> -issuer.getValue()))
        .limit(MOST)
        .forEach(issuer -> entries.add(entry(issuer.getKey(), null, null, issuer.getValue())));
    return entries;
  }

  private static Entry entry(Version version, Long created, Long published, int series) {
    return new Entry(version.model(), version.version(), created, published, series);
  }
}
