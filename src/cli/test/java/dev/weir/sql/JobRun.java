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

  private JobRun() {}

  static <T extends Output> List<T> outputs(
      StreamExecutionEnvironment env,
      List<Observation> observations,
      ForecastSettings settings,
      Class<T> type)
      throws Exception {
    SourceRecord source = new SourceRecord("list", 0, 1, -1, null, null);
    List<InputEvent> arrivals = new ArrayList<>();
    observations.forEach(o -> arrivals.add(new ObservationEvent(o, source)));
    DataStream<ModelEvent> noModels =
        env.fromData(
                List.<ModelEvent>of(new DeadLetter(DeadLetter.Reason.MODEL, "none", source)),
                WeirTypeInformation.MODEL_EVENT)
            .filter(arrival -> false)
            .setParallelism(1);
    List<T> taken = new ArrayList<>();
    try (CloseableIterator<Output> outputs =
        ForecastPipeline.build(
                env.fromData(arrivals, WeirTypeInformation.INPUT_EVENT), noModels, settings)
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
}
