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

/**
 * Adds the joins of observations with covariates and with outside forecasts, each from a topic of
 * their own, to a job.
 */
public final class CovariateJoin {

  public static final TypeInformation<CovariateEvent> EVENTS =
      WeirTypeInformation.of(CovariateEvent.class, CovariateEventSerializer.INSTANCE);

  private CovariateJoin() {}

  /**
   * The observations with what is known ahead of them. Observations of a series keep their order,
   * since a group is one task's.
   *
   * @param series the series of an observation, and what spreads other events over the tasks
   */
  public static DataStream<InputEvent> join(
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
        .process(new CovariateFunction(settings), WeirTypeInformation.INPUT_EVENT)
        .name("join-covariates")
        .uid("join-covariates"); // part of each savepoint
  }

  /**
   * The observations with what outside models have said of the steps after them. Each waits until
   * the watermark of both streams has passed it; {@link OutsideSettings#slack} is taken into
   * account there.
   *
   * @param series the series of an observation, and what spreads other events over the tasks
   */
  public static DataStream<InputEvent> joinOutside(
      DataStream<InputEvent> observations,
      DataStream<CovariateEvent> forecasts,
      OutsideSettings settings,
      KeySelector<InputEvent, String> series) {
    return observations
        .keyBy(series, Types.STRING)
        .connect(forecasts.keyBy(event -> key(event, series), Types.STRING))
        .transform("join-outside", WeirTypeInformation.INPUT_EVENT, new OutsideOperator(settings))
        .uid("join-outside"); // part of each savepoint
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
