package dev.weir.kafka;

import dev.weir.kafka.mapping.ObservationMapping;
import java.io.Serializable;
import java.time.Duration;

/**
 * The topic that covariates known ahead arrive on.
 *
 * @param name of the topic
 * @param features covariates of each record
 * @param maxFuture how far ahead of the clock the time may be that covariates are of
 * @param mapping what its records are that are not our own; null: they are
 */
public record CovariateTopic(
    String name, int features, Duration maxFuture, ObservationMapping mapping)
    implements Serializable {}
