package dev.weir.dashboard.view;

import dev.weir.dashboard.view.JobSummary.Version;
import dev.weir.kafka.codec.ModelCodec;
import dev.weir.kafka.wire.MalformedRecordException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Models on the model topic, and those that forecasts name without being there. */
public final class ModelList {

  private static final int MOST = 50;

  private final ModelCodec codec = new ModelCodec();
  private final Map<Version, Published> published = new LinkedHashMap<>(); // oldest first
  private final Map<String, Long> newest = new HashMap<>(); // of those

  private record Published(long created, long published) {}

  /**
   * @param created as the model says; null if it is not on the topic
   * @param published its record's timestamp; null likewise
   * @param series whose newest forecast it issued
   * @param newest whether it is the last one published of its name
   */
  public record Entry(
      String name, long version, Long created, Long published, int series, boolean newest) {}

  synchronized void add(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    if (record.value() == null) {
      return;
    }
    dev.weir.kafka.avro.Model model = codec.record(record.value());
    String name = DashboardState.model(model.getName());
    Version version = new Version(name, model.getVersion());
    if (ModelCodec.isCopy(record.key())) { // kept to go back to: there, and not what jobs run
      published.putIfAbsent(
          version, new Published(model.getCreated().toEpochMilli(), record.timestamp()));
      trim();
      return;
    }
    published.remove(version); // published again: is now the last
    published.put(version, new Published(model.getCreated().toEpochMilli(), record.timestamp()));
    newest.put(name, model.getVersion());
    trim();
  }

  /**
   * The oldest has to go, of those that are the last of their name only when there are no others.
   */
  private void trim() {
    if (published.size() <= MOST) {
      return;
    }
    Version out =
        published.keySet().stream()
            .filter(version -> !isNewest(version))
            .findFirst()
            .orElseGet(() -> published.keySet().iterator().next());
    published.remove(out);
    newest.remove(out.model(), out.version());
  }

  private boolean isNewest(Version version) {
    return Objects.equals(newest.get(version.model()), version.version());
  }

  /** Newest publication first, then those that only forecasts name. */
  public synchronized List<Entry> entries(Map<Version, Integer> issuers) {
    List<Entry> entries = new ArrayList<>();
    published.forEach(
        (version, told) ->
            entries.add(
                0,
                new Entry(
                    version.model(),
                    version.version(),
                    told.created(),
                    told.published(),
                    issuers.getOrDefault(version, 0),
                    isNewest(version))));
    issuers.entrySet().stream()
        .filter(e -> !published.containsKey(e.getKey()))
        .sorted(Comparator.comparing(e -> -e.getValue()))
        .limit(MOST)
        .forEach(
            e ->
                entries.add(
                    new Entry(
                        e.getKey().model(),
                        e.getKey().version(),
                        null,
                        null,
                        e.getValue(),
                        !newest.containsKey(e.getKey().model()))));
    return entries;
  }
}
