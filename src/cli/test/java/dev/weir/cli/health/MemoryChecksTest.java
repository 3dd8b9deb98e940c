package dev.weir.cli.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.job.JobSettings;
import dev.weir.job.StateSizeEstimate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class MemoryChecksTest {

  private static final long SERIES = 1_000_000;
  private static final long GB = 1L << 30;

  private final Findings list = new Findings();

  private static JobSettings job(String... options) throws Exception {
    Map<String, String> overrides = new HashMap<>(Map.of("learning.size", "small", "season", "24"));
    for (int i = 0; i < options.length; i += 2) {
      overrides.put(options[i], options[i + 1]);
    }
    return JobSettings.builtin("demo", overrides);
  }

  /** Two, of two slots each. */
  private static List<JsonNode> taskManagers(long heap) throws Exception {
    String one =
        """
        {"slotsNumber": 2, "memoryConfiguration": {"taskHeap": %d}, "hardware": {"freeMemory": %d}}"""
            .formatted(heap, heap);
    JsonNode taskManager = new ObjectMapper().readTree(one);
    return List.of(taskManager, taskManager);
  }

  private List<String> lines() {
    return list.list(Ansi.OFF);
  }

  @Test
  void bothBackendsAreComputedWithoutACluster() throws Exception {
    JobSettings job = job();
    StateSizeEstimate each = StateSizeEstimate.of(job);
    new MemoryChecks(list, job, SERIES).withoutCluster(4);
    assertThat(lines())
        .anyMatch(
            line ->
                line.startsWith("ok    memory       1,000,000 series take")
                    && line.contains("(%,d bytes each)".formatted(each.heap())))
        .anyMatch(
            line ->
                line.startsWith("ok    disk         1,000,000 series take")
                    && line.contains("(%,d bytes each)".formatted(each.disk())))
        .anyMatch(
            line ->
                line.startsWith("ok    cache ")
                    && line.contains(
                        "state.cache: %d mb for each of 4 tasks"
                            .formatted((250_000 * each.cached() >> 20) + 1)));
  }

  @Test
  void seriesThatLearnClassesAreCounted() throws Exception {
    JobSettings job = job("classify.learning", "true", "classify.classes", "a,b,c");
    new MemoryChecks(list, job, null).withoutCluster(1);
    assertThat(lines())
        .contains(
            "ok    classes      %,d of these bytes for 3 classes if labels come in time; %,d if 100 windows wait for theirs"
                .formatted(
                    StateSizeEstimate.classes(job.classify(), 1),
                    StateSizeEstimate.classes(job.classify(), 100)));
    assertThat(StateSizeEstimate.classes(job.classify(), 1)).isBetween(10_000L, 30_000L);
    assertThat(StateSizeEstimate.of(job).disk())
        .isGreaterThan(StateSizeEstimate.of(job()).disk() + 10_000);
  }

  @Test
  void forecastsAndClassesTakeHalfOfTheCacheEach() throws Exception {
    JobSettings both = job("classify.learning", "true", "classify.classes", "a,b,c");
    long classes = StateSizeEstimate.classes(both.classify(), 1);
    assertThat(StateSizeEstimate.of(job()).cached()).isLessThan(classes);
    assertThat(StateSizeEstimate.of(both).cached()).isBetween(2 * classes, 2 * (classes + 1_000));
    JobSettings network =
        job("classify.learning", "true", "classify.classes", "a,b,c", "learning", "false");
    assertThat(StateSizeEstimate.of(network).cached()).isBetween(classes, classes + 1_000);
  }

  @Test
  void seriesBeyondTheCacheOfRocksDbAreCounted() throws Exception {
    JobSettings job = job();
    long cached = StateSizeEstimate.of(job).cached();
    new MemoryChecks(list, job, SERIES).check(taskManagers(4 * GB), "rocksdb", 4);
    long fit = GB / cached * 4; // half of 2 GB for each slot
    assertThat(lines())
        .anyMatch(
            line ->
                line.startsWith("warn  cache        %,d of 1,000,000 series fit".formatted(fit))
                    && line.contains("4 tasks, 1.0 GB each by default"))
        .noneMatch(line -> line.contains("on the heap"));
  }

  @Test
  void cacheOfAllSeriesPassesAndOneBeyondTheHeapFails() throws Exception {
    new MemoryChecks(list, job(), SERIES).check(taskManagers(64 * GB), "rocksdb", 4);
    assertThat(lines()).anyMatch(line -> line.startsWith("ok    cache        1,000,000 of"));
    new MemoryChecks(list, job("state.cache", "3 gb"), SERIES)
        .check(taskManagers(4 * GB), "rocksdb", 4);
    assertThat(lines())
        .anyMatch(
            line -> line.startsWith("fail  cache        state.cache is 3.0 GB for each task"));
  }

  @Test
  void heapThatIsTooSmallFails() throws Exception {
    new MemoryChecks(list, job(), SERIES).check(taskManagers(GB), "hashmap", 4);
    assertThat(lines())
        .anyMatch(line -> line.startsWith("fail  memory       1,000,000 series take"))
        .noneMatch(line -> line.contains(" cache "));
  }

  @Test
  void seasonThatIsToBeFoundIsNoted() throws Exception {
    new MemoryChecks(list, job("season", "auto"), SERIES).withoutCluster(1);
    assertThat(lines()).anyMatch(line -> line.startsWith("warn  season "));
  }
}
