package dev.weir.forecast.engine;

/**
 * Base class of contexts whose series come in order and never expire: nothing waits, so no timer is
 * needed, and nothing depends on the clock.
 */
public abstract class OrderedContext implements SeriesContext {

  /** Later than any observation, so that none counts as one of the future. */
  @Override
  public long now() {
    return Long.MAX_VALUE / 2; // a sum with it does not overflow
  }

  @Override
  public Long expiry() {
    return null; // no series expires
  }

  @Override
  public void expiry(Long time) {
    // as above
  }

  @Override
  public long watermark() {
    return Long.MIN_VALUE; // nobody waits for one
  }

  @Override
  public void wakeAt(long time) {
    // what a saved state left waiting is taken in before the next observation
  }

  @Override
  public void doNotWakeAt(long time) {
    // as above
  }

  @Override
  public void count(Counted what, long by) {
    // no metrics
  }
}
