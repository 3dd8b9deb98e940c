package dev.weir.stream.group;

import dev.weir.forecast.Output;
import dev.weir.forecast.alarm.AlarmRules;
import dev.weir.forecast.alarm.MemberSurprise;
import dev.weir.state.RecordSerializer;
import dev.weir.stream.WeirTypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** Adds the incidents of groups to a job. */
public final class GroupAlarms {

  /** The side output of the operator that forecasts. */
  public static final OutputTag<MemberSurprise> SURPRISES =
      new OutputTag<>(
          "surprises",
          WeirTypeInformation.of(
              MemberSurprise.class, new RecordSerializer<>(MemberSurprise.class)));

  private GroupAlarms() {}

  /**
   * The incidents of groups.
   *
   * @param forecasts output of the operator that sends {@link #SURPRISES}
   */
  public static DataStream<Output> incidents(
      SingleOutputStreamOperator<?> forecasts, AlarmRules rules) {
    return forecasts
        .getSideOutput(SURPRISES)
        .keyBy(MemberSurprise::group, Types.STRING)
        .process(new GroupFunction(rules.common().quiet()), WeirTypeInformation.OUTPUT)
        .name("groups")
        .uid("groups"); // part of each savepoint
  }
}
