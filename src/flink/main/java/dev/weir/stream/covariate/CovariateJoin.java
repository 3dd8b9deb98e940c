package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.CovariateUpdate;
import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.OutsideUpdate;
import dev.weir.stream.WeirTypeInformation;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Adds a join of observations with what is known ahead of them, from a topic, to a job. */
public final class CovariateJoin {

  /** Begins the name of a join's operator, which ends with what it joins. */
  public static final String PREFIX = "join-";

  public static final TypeInformation<CovariateEvent> EVENTS =
      WeirTypeInformation.of(CovariateEvent.class, CovariateEventSerializer.INSTANCE);

  private CovariateJoin() {}

  /**
   * The observations with what is known ahead of them. Observations of a series keep their order,
   * since a group is one task's.
   *
   * @param what is joined, such as covariates
   * @param series the series of an observation, and what spreads other events over the tasks
   */
  public static DataStream<InputEvent> join(
      String what,
      DataStream<InputEvent> observations,
      DataStream<CovariateEvent> covariates,
      CovariateSettings settings,
      KeySelector<InputEvent, String> series) {
    return observations
        .keyBy(
            event ->
                event instanceof ObservationEvent
                    ? settings.groupOf(series.getKey(event))
                    : series.getKey(event),
            Types.STRING)
        .connect(covariates.keyBy(event -> key(event, series), Types.STRING))
        .transform(PREFIX + what, WeirTypeInformation.INPUT_EVENT, new CovariateOperator(settings))
        .uid(PREFIX + what); // part of each savepoint
  }

  private static String key(CovariateEvent event, KeySelector<InputEvent, String> series)
      throws Exception {
    if (event instanceof CovariateUpdate update) {
      return update.group();
    }
    return event instanceof OutsideUpdate update
        ? update.series()
        : series.getKey((DeadLetter) event);
  }
}
