package dev.weir.cli.health;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Whether forecasts follow observations: all that topics tell of a job when Flink does not, from
 * how their ends move while one looks. Times on the topics are those of values and say nothing.
 */
final class TopicGrowth {

  private static final Duration EACH = Duration.ofMillis(500);

  /** For 15 s, since a job commits every 10 s by default. */
  private static final int LOOKS = 30;

  /** Fewer forecasts than this that should have come may be a window that is not full. */
  private static final double FEW = 10;

  private final Supplier<Ends> ends;
  private final Duration each;
  private final Findings findings;

  /** Offsets of all partitions of the two topics. */
  record Ends(long observations, long forecasts) {}

  /**
   * @param ends where the topics end at the moment
   */
  TopicGrowth(Supplier<Ends> ends, Findings findings) {
    this(ends, EACH, findings);
  }

  /**
   * @param each from one look to the next
   */
  TopicGrowth(Supplier<Ends> ends, Duration each, Findings findings) {
    this.ends = ends;
    this.each = each;
    this.findings = findings;
  }

  /**
   * Looks until a forecast comes, so many times at most for observations, and as many times again
   * for forecasts of them.
   *
   * @param perObservation how many forecasts there are for an observation, by the present topic
   *     sizes
   */
  void look(String observations, String forecasts, double perObservation) {
    Ends first = ends.get();
    Ends now = first;
    long start = System.nanoTime();
    long since = start; // when there were enough observations
    boolean enough = false;
    for (int left = LOOKS; left > 0 && now.forecasts == first.forecasts; left--) {
      LockSupport.parkNanos(each.toNanos());
      now = ends.get();
      if (!enough && (now.observations - first.observations) * perObservation >= FEW) {
        enough = true;
        since = System.nanoTime();
        left = LOOKS + 1;
      }
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    long observed = now.observations - first.observations;
    long forecast = now.forecasts - first.forecasts;
    ObjectNode json = findings.section("growth");
    json.put("looked_ms", millis);
    json.put("observations", observed);
    json.put("forecasts", forecast);
    findings.ok(
        "growth",
        "in %s %,d observations and %,d forecasts%s",
        Findings.duration(millis),
        observed,
        forecast,
        forecast > 0 || enough ? "" : ": too little to tell whether a job runs");
    if (enough && forecast == 0) {
      findings.problem(
          "is the job running? --jobmanager HOST:PORT asks Flink, which knows; a job whose"
              + " checkpoints are further apart is well all the same",
          "%,d observations came to %s, and for %s no forecast to %s",
          observed,
          observations,
          Findings.duration((System.nanoTime() - since) / 1_000_000),
          forecasts);
    }
  }
}
