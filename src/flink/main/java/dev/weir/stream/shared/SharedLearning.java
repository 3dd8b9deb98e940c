package dev.weir.stream.shared;

import dev.weir.forecast.Output;
import dev.weir.forecast.shared.SharedSettings;
import dev.weir.forecast.shared.TrainingEvent;
import dev.weir.stream.SampleOutput;
import dev.weir.stream.WeirTypeInformation;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** Adds shared learning to a job. */
public final class SharedLearning {

  private static final TypeInformation<TrainingEvent> EVENT =
      WeirTypeInformation.of(TrainingEvent.class, TrainingEventSerializer.INSTANCE);

  private SharedLearning() {}

  /** What the operator that forecasts sends samples to. */
  public static List<SampleOutput.Target> targets(List<SharedSettings> settings) {
    return settings.stream()
        .map(each -> new SampleOutput.Target(each, new OutputTag<>(name(each), EVENT)))
        .toList();
  }

  private static String name(SharedSettings settings) {
    return "shared-" + settings.target().mode().label();
  }

  /**
   * The models that a trainer publishes. It is one task, since a network is trained step by step,
   * and a task of its own, so that no forecast waits for it.
   *
   * @param forecasts output of the operator that samples for this target
   */
  public static DataStream<Output> train(
      SingleOutputStreamOperator<?> forecasts, SampleOutput.Target target) {
    String name = name(target.settings());
    return forecasts
        .getSideOutput(target.tag())
        .global()
        .transform(name, WeirTypeInformation.OUTPUT, new TrainerOperator(target.settings()))
        .uid(name) // part of each savepoint
        .setParallelism(1)
        .setMaxParallelism(1);
  }
}
