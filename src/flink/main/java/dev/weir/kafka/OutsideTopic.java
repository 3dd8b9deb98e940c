package dev.weir.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The topic that the forecasts of outside models arrive on.
 *
 * @param name of the topic
 * @param models names of the models that are learned from
 * @param interval between the steps after an origin, milliseconds
 * @param maxFuture how far ahead of the clock a forecast's times may be
 * @param maxMade how far ahead of the clock a forecast may have been made
 */
public record OutsideTopic(
    String name, List<String> models, long interval, Duration maxFuture, Duration maxMade)
    implements Serializable {

  public OutsideTopic {
    models = List.copyOf(models);
  }
}
