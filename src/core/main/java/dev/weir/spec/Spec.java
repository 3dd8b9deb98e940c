package dev.weir.spec;

import dev.weir.forecast.window.StateLimits;
import dev.weir.option.ForecastOptions;
import dev.weir.option.Option;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The given options; all others have the default that they declare. */
public abstract class Spec {

  final Front front;
  private final Map<Option<?>, Object> given = new LinkedHashMap<>();
  private long cache = StateLimits.A_SHARE_OF_THE_HEAP;
  private int caches = 1;

  Spec(Front front) {
    this.front = front;
  }

  /** A copy. */
  Spec(Spec other) {
    front = other.front;
    given.putAll(other.given);
    cache = other.cache;
    caches = other.caches;
  }

  /** The source of the options. */
  public final Front front() {
    return front;
  }

  /** Sets an option; null for its default. */
  public final <T> void set(Option<T> option, T value) {
    if (value == null) {
      given.remove(option);
    } else {
      given.put(option, value);
    }
  }

  /**
   * Sets an option to the value of a text.
   *
   * @throws IllegalArgumentException with one line, {@code expected ..., got ...}
   */
  public final void parse(Option<?> option, String text) {
    given.put(option, option.parse(text));
  }

  /** Sets options; a value that is wrong and was reported is null. */
  public final void take(Collection<Option<?>> options, Function<Option<?>, ?> value) {
    options.forEach(option -> given.put(option, value.apply(option)));
  }

  /** Bytes of a task's caches of series. */
  public final void cache(long bytes) {
    cache = bytes;
  }

  /** Number of caches of series in a task. */
  public final void caches(int count) {
    caches = count;
  }

  final StateLimits limits() {
    return new StateLimits(
        get(ForecastOptions.TTL), get(ForecastOptions.MAX_SERIES), cache, caches);
  }

  public final boolean has(Option<?> option) {
    return given.get(option) != null;
  }

  @SuppressWarnings("unchecked")
  public final <T> T get(Option<T> option) {
    return has(option) ? (T) given.get(option) : option.defaultValue();
  }

  /** The first given option of a section; null for none. */
  final Option<?> firstOf(String section) {
    return given.keySet().stream()
        .filter(option -> option.key().startsWith(section))
        .findFirst()
        .orElse(null);
  }

  /** Reports options without effect. */
  final void checkNeeds() {
    for (Option<?> option : given.keySet()) {
      Option.Need need = option.need();
      if (need == null || !front.knows(need.option())) {
        continue;
      }
      Object got = get(need.option());
      boolean isWrong = given.containsKey(need.option()) && !has(need.option());
      if (!isWrong && (need.value() == null ? !has(need.option()) : !need.value().equals(got))) {
        front.problem(
            option,
            "expected %s as well, got %s"
                .formatted(
                    need.text(front.name(need.option())),
                    need.value() == null ? "none" : Option.text(got)));
      }
    }
  }

  /** Rejects a time to live that would restart a series at each observation. */
  final void checkTtl(Option<Duration> shorter) {
    Duration ttl = get(ForecastOptions.TTL);
    if (!ttl.isZero() && ttl.compareTo(get(shorter)) <= 0) {
      front.problem(
          ForecastOptions.TTL,
          "expected more than %s (%s), got %s".formatted(front.name(shorter), get(shorter), ttl));
    }
  }

  /** Rejects series that would take too long to save and restore. */
  final void checkBytes(Option<?> option, int bytes, int max, String hint) {
    if (bytes > max) {
      front.problem(
          option,
          "expected at most %,d bytes for each series, got %,d%s".formatted(max, bytes, hint));
    }
  }
}
