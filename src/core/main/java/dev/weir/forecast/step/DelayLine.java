package dev.weir.forecast.step;

/**
 * Where a number waits that was made at t for step i until t + i: for some steps i a ring of i
 * places, in which the place that frees itself at t is the one that t fills. Behind them each other
 * step has one place, for what is known of the newest t only.
 *
 * <p>Keeps the places of one t, since finding them takes a division each. Not thread-safe.
 */
public final class DelayLine {

  private final FollowedSteps steps;
  private final int horizon;
  private final int[] firsts; // (horizon + 1), where a step's ring begins
  private final int[] places; // (horizon + 1), those of the t below
  private long kept = -1;
  private int rest; // of that t, divided by the horizon

  /** With rings for some steps. */
  public DelayLine(FollowedSteps steps) {
    this.steps = steps;
    this.horizon = steps.horizon();
    this.firsts = new int[horizon + 1];
    this.places = new int[horizon + 1];
    int first = 0;
    for (int s = 0; s < steps.count(); s++) {
      firsts[steps.step(s)] = first;
      first += steps.step(s);
    }
    for (int i = 1; i <= horizon; i++) {
      if (!steps.has(i)) {
        firsts[i] = first++;
        places[i] = firsts[i];
      }
    }
  }

  /** Places of the rings for some steps. */
  public static int places(FollowedSteps steps) {
    int places = 0;
    for (int s = 0; s < steps.count(); s++) {
      places += steps.step(s);
    }
    return places;
  }

  /** The same, with those of all other steps. */
  public static int allPlaces(FollowedSteps steps) {
    return places(steps) + steps.horizon() - steps.count();
  }

  /** Keeps the places of what is made at t, and of what has its truth there. */
  public void keep(long t) {
    if (t == kept) {
      return;
    }
    kept = t;
    rest = (int) (t % horizon);
    for (int s = 0; s < steps.count(); s++) {
      places[steps.step(s)] = find(t, steps.step(s));
    }
  }

  /** Place for step {@code i} of what is made at {@code t}, and of what was made at t - i. */
  public int at(long t, int i) {
    return t == kept || t + i == kept ? places[i] : find(t, i);
  }

  /** Place, among as many as the horizon has, of a number made at t for all steps. */
  public int ofAll(long t) {
    long since = kept - t;
    if (since < 0 || since > horizon) {
      return (int) (t % horizon);
    }
    int place = rest - (int) since;
    return place < 0 ? place + horizon : place;
  }

  private int find(long t, int i) {
    return firsts[i] + (steps.has(i) ? (int) (t % i) : 0);
  }
}
