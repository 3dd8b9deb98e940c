package dev.weir.forecast.stage;

import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.slot.Bfloat16Slice;
import dev.weir.forecast.slot.FloatSlice;
import dev.weir.forecast.slot.Slots;
import dev.weir.forecast.step.DelayLine;
import dev.weir.forecast.step.FollowedSteps;
import java.util.List;

/**
 * What was forecast and has not met its value yet, of the {@link FollowedSteps}: by the experts,
 * their weighted mean, and what the stages made of it. What was forecast at t for step i is found
 * by that pair until the value at t + i has been learned.
 *
 * <p>The mean is kept as a float, the others as their distance from it in 16 bits, so that they are
 * rounded by a share of what they are apart. All are relative to the value at t.
 */
public final class OpenForecasts {

  private final FollowedSteps followed;
  private final DelayLine places;
  private final Slots slots;
  private final int waiting;
  private final FloatSlice mean;
  private final FloatSlice[] flat; // (experts) that forecast the same for all steps, else null
  private final Bfloat16Slice[] experts; // (experts), the others

  public OpenForecasts(Slots slots, FollowedSteps followed, List<Expert> experts) {
    this.slots = slots.ofExperts();
    this.followed = followed;
    this.places = new DelayLine(followed);
    this.waiting = DelayLine.places(followed);
    this.flat = new FloatSlice[experts.size()];
    this.experts = new Bfloat16Slice[experts.size()];
    for (int e = 0; e < this.flat.length; e++) {
      String name = "open." + experts.get(e).name();
      if (experts.get(e).flat()) {
        flat[e] = this.slots.floats(name, followed.horizon());
      } else {
        this.experts[e] = this.slots.bfloats(name, waiting);
      }
    }
    this.mean = this.slots.floats("open.mean", waiting);
  }

  /** Declares a forecast of a stage: of each followed step, until its value comes. */
  public Bfloat16Slice column(String name) {
    return slots.bfloats("open." + name, waiting);
  }

  /** Says that forecasts made at t, and those of the value at t, are asked for next. */
  public void moveTo(long t) {
    places.keep(t);
  }

  /** Keeps what the experts and their mean, the draft's value, forecast at the newest value. */
  public void keep(Row row, Draft draft) {
    long t = row.t();
    for (int s = 0; s < followed.count(); s++) {
      int i = followed.step(s);
      int place = places.at(t, i);
      float of = (float) draft.value[i - 1];
      mean.set(place, of);
      for (int e = 0; e < experts.length; e++) {
        double forecast = draft.experts[e][i - 1];
        if (experts[e] != null) {
          experts[e].set(place, (float) (forecast - of));
        } else {
          flat[e].set(places.ofAll(t), (float) forecast);
        }
      }
    }
  }

  /** Fills in what each expert forecast. */
  public void read(long origin, int step, double[] target) {
    int place = places.at(origin, step);
    float of = mean.get(place);
    for (int e = 0; e < experts.length; e++) {
      target[e] =
          experts[e] == null ? flat[e].get(places.ofAll(origin)) : of + experts[e].get(place);
    }
  }

  /** The experts' weighted mean. */
  public double mean(Outcome outcome) {
    return mean.get(places.at(outcome.origin(), outcome.step()));
  }

  /** What a stage forecast. */
  public double get(Bfloat16Slice column, Outcome outcome) {
    int place = places.at(outcome.origin(), outcome.step());
    return mean.get(place) + column.get(place);
  }

  /** Keeps what a stage forecasts at the newest value for a followed step. */
  public void set(Bfloat16Slice column, Row row, int step, double forecast) {
    int place = places.at(row.t(), step);
    column.set(place, (float) (forecast - mean.get(place)));
  }
}
