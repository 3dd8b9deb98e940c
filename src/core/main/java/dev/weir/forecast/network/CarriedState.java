package dev.weir.forecast.network;

import dev.weir.forecast.StateFields;
import dev.weir.forecast.window.SequenceWindow;
import dev.weir.rnn.Cell;
import dev.weir.rnn.RnnConfig;
import dev.weir.rnn.RnnOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The final hidden state of a one-directional network for a series' last window, from which the
 * next window starts. Mutable, not thread-safe.
 */
public final class CarriedState {

  private static final int MAX_NUMBERS = RnnConfig.MAX_LAYERS * RnnConfig.MAX_SIZE;
  private static final int OVERHEAD = 72; // bytes of the object and its arrays' headers
  private static final float[] NONE = {};

  private int model; // fingerprint
  private long seen; // observations of the series when the window was read
  private long time; // of the newest value that was read
  private float[] h = NONE; // h_n, (num_layers, 1, hidden_size); empty: nothing is carried
  private float[] c = NONE; // as h; empty unless LSTM

  /** Bytes in memory, about. */
  public int bytes() {
    return OVERHEAD + Float.BYTES * (h.length + c.length);
  }

  /** Starts the next window with zeros. */
  public void clear() {
    h = NONE;
    c = NONE;
  }

  /**
   * Number of a full window's newest values that were not read yet; 0 if the state is of another
   * model or does not precede them directly, such as after a gap.
   */
  int unread(SequenceWindow window, int ofModel, RnnConfig config) {
    long unread = window.seen() - seen;
    int states = config.numLayers() * config.hiddenSize();
    boolean fits =
        model == ofModel
            && h.length == states
            && c.length == (config.cell() == Cell.LSTM ? states : 0);
    if (!fits || unread < 1 || unread > window.size()) {
      return 0;
    }
    long step = window.time(window.size() - (int) unread) - time;
    boolean follows = window.interval() == 0 ? step > 0 : step == window.interval();
    return follows ? (int) unread : 0;
  }

  float[] h() {
    return h;
  }

  /** Null unless LSTM. */
  float[] c() {
    return c.length == 0 ? null : c;
  }

  /** Keeps the network's state after a window; clears a state that is not finite. */
  void keep(SequenceWindow window, int ofModel, RnnOutput result) {
    h = copy(result.hN(), h);
    c = result.cN() == null ? NONE : copy(result.cN(), c);
    if (!isFinite(h) || !isFinite(c)) {
      clear();
    }
    model = ofModel;
    seen = window.seen();
    time = window.origin();
  }

  private static float[] copy(float[] from, float[] to) {
    if (to.length != from.length) {
      return from.clone();
    }
    System.arraycopy(from, 0, to, 0, from.length);
    return to;
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** Declares the fields. */
  public CarriedState fields(StateFields fields) throws IOException {
    model = fields.number("model", model);
    seen = fields.number("observations", seen);
    time = fields.number("time", time);
    h = fields.array("h_n", h, MAX_NUMBERS);
    c = fields.array("c_n", c, MAX_NUMBERS);
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CarriedState that
        && model == that.model
        && seen == that.seen
        && time == that.time
        && Arrays.equals(h, that.h)
        && Arrays.equals(c, that.c);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * model + Long.hashCode(seen)) + Arrays.hashCode(h);
  }
}
