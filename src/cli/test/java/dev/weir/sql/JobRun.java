package dev.weir.sql;

import dev.weir.forecast.DeadLetter;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Observation;
import dev.weir.forecast.ObservationEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.SourceRecord;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.job.ForecastPipeline;
import dev.weir.stream.WeirTypeInformation;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** What the streaming job says of observations, without Kafka and without models. */
final class JobRun {

  private static final SourceRecord SOURCE = new SourceRecord("list", 0, 1, -1, null, null);

  private JobRun() {}

  static <T extends Output> List<T> outputs(
      StreamExecutionEnvironment env,
      List<Observation> observations,
      ForecastSettings settings,
      Class<T> type)
      throws Exception {
    List<InputEvent> arrivals = new ArrayList<>();
    observations.forEach(o -> arrivals.add(new ObservationEvent(o, SOURCE)));
    List<T> taken = new ArrayList<>();
    try (CloseableIterator<Output> outputs =
        ForecastPipeline.build(
                env.fromData(arrivals, WeirTypeInformation.INPUT_EVENT), noModels(env), settings)
            .executeAndCollect("the job")) {
      outputs.forEachRemaining(
          output -> {
            if (type.isInstance(output)) {
              taken.add(type.cast(output));
            }
          });
    }
    return taken;
  }

  /** A stream that ends without a model. */
  private static DataStream<ModelEvent> noModels(StreamExecutionEnvironment env) {
    DeadLetter none = new DeadLetter(DeadLetter.Reason.MODEL, "none", SOURCE);
    return env.fromData(List.<ModelEvent>of(none), WeirTypeInformation.MODEL_EVENT)
        .filter(arrival -> false)
        .setParallelism(1);
  }
}
