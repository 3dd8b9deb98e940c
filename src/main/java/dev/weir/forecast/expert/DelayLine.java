package dev.weir.forecast.expert;

/**
 * Where a number waits that was made at t for step i until t + i: for each step i a ring of i
 * places, so h (h + 1) / 2 in all, half of a square. The place that frees itself at t is the one
 * that t fills.
 *
 * <p>Keeps the places of one t, since finding them takes a division each. Not thread-safe.
 */
public final class DelayLine {

  private final int[] places; // (horizon + 1), those of the t below
  private long kept = -1;
  private int rest; // of that t, divided by the horizon

  public DelayLine(int horizon) {
    this.places = new int[horizon + 1];
  }

  public static int floats(int horizon) {
    return horizon * (horizon + 1) / 2;
  }

  /** Keeps the places of what is made at t, and of what has its truth there. */
  public void keep(long t) {
    if (t == kept) {
      return;
    }
    kept = t;
    rest = (int) (t % (places.length - 1));
    for (int i = 1; i < places.length; i++) {
      places[i] = find(t, i);
    }
  }

  /** Place for step {@code i} of what is made at {@code t}, and of what was made at t - i. */
  public int at(long t, int i) {
    return t == kept || t + i == kept ? places[i] : find(t, i);
  }

  /** Place, among as many as the horizon has, of a number made at t for all steps. */
  public int ofAll(long t) {
    int horizon = places.length - 1;
    long since = kept - t;
    if (since < 0 || since > horizon) {
      return (int) (t % horizon);
    }
    int place = rest - (int) since;
    return place < 0 ? place + horizon : place;
  }

  private static int find(long t, int i) {
    return i * (i - 1) / 2 + (int) (t % i);
  }
}
