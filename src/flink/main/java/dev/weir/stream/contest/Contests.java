package dev.weir.stream.contest;

import dev.weir.forecast.Output;
import dev.weir.forecast.contest.ContestSettings;
import dev.weir.forecast.engine.ForecastSettings;
import dev.weir.forecast.engine.ForecastSettings.ModeSettings;
import dev.weir.model.Mode;
import dev.weir.stream.ForecastOperator;
import dev.weir.stream.WeirTypeInformation;
import java.util.EnumMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Adds the comparison of networks that compete to a job. */
public final class Contests {

  private Contests() {}

  /**
   * Standings and promotions, for the model topic.
   *
   * @param forecasts output of the operator that sends {@link ForecastOperator#SHADOW_SCORES}
   * @return null if no networks compete
   */
  public static DataStream<Output> reports(
      SingleOutputStreamOperator<?> forecasts, ForecastSettings settings) {
    EnumMap<Mode, ContestSettings> contests = new EnumMap<>(Mode.class);
    for (ModeSettings target : settings.modes()) {
      if (target.contest() != null) {
        contests.put(target.mode(), target.contest());
      }
    }
    return contests.isEmpty()
        ? null
        : forecasts
            .getSideOutput(ForecastOperator.SHADOW_SCORES)
            .keyBy(score -> score.mode().label(), Types.STRING)
            .process(new ContestFunction(contests), WeirTypeInformation.OUTPUT)
            .name("contest")
            .uid("contest") // part of each savepoint
            .setParallelism(1);
  }
}
