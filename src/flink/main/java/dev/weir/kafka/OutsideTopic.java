package dev.weir.kafka;

import dev.weir.kafka.mapping.ObservationMapping;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The topic that the forecasts of outside models arrive on.
 *
 * @param name of the topic
 * @param models names of the models that are learned from; empty for any
 * @param levels (2 x intervals) quantile levels of the intervals' ends, lower and upper of each;
 *     empty: quantiles are not used
 * @param interval between the steps after an origin, milliseconds
 * @param outOfOrderness how far a forecast may be behind the newest of its partition
 * @param idleTimeout a partition without a forecast for so long, and without unread records, no
 *     longer holds back event time
 * @param maxFuture how far ahead of the clock a forecast's times may be
 * @param maxMade how far ahead of the clock a forecast may have been made
 * @param mapping what its records are that are not our own: one value each, whose name begins with
 *     the model's, whose label is when it was made, and whose features are value and quantiles;
 *     null: they are our own
 */
public record OutsideTopic(
    String name,
    List<String> models,
    List<Double> levels,
    long interval,
    Duration outOfOrderness,
    Duration idleTimeout,
    Duration maxFuture,
    Duration maxMade,
    ObservationMapping mapping)
    implements Serializable {

  public OutsideTopic {
    models = List.copyOf(models);
    levels = List.copyOf(levels);
  }

  /** Numbers of each model for each time: the value, then the intervals' ends. */
  public int columns() {
    return 1 + levels.size();
  }
}
