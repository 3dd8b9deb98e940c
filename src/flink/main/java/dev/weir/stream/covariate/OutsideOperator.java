package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.InputEvent;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.types.Either;

/**
 * Runs an {@link OutsideFunction}. Its watermark is never ahead of that of the observations, also
 * when these are idle: outside forecasts hold back event time, but never carry it, since an
 * observation that comes then would be late.
 *
 * <p>The watermarks of both inputs are part of its state: after a restart no observation needs to
 * come before those that wait are used.
 */
final class OutsideOperator
    extends KeyedCoProcessOperator<String, InputEvent, CovariateEvent, InputEvent> {

  private static final long serialVersionUID = 1L;
  private static final int OBSERVATIONS = 0;
  private static final int FORECASTS = 1;

  /** The state's name is part of each savepoint. */
  private static final ListStateDescriptor<long[]> WATERMARKS =
      new ListStateDescriptor<>(
          "watermarks", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);

  private final long slack;
  private transient long[] reached; // watermark of each input
  private transient ListState<long[]> watermarks; // of all tasks

  OutsideOperator(OutsideSettings settings) {
    super(new OutsideFunction(settings));
    this.slack = settings.slack();
  }

  @Override
  public void open() throws Exception {
    ListState<Either<InputEvent, CovariateEvent>> waiting =
        getOrCreateKeyedState(LongSerializer.INSTANCE, OutsideFunction.WAITING);
    ((OutsideFunction) userFunction)
        .waiting((InternalListState<String, Long, Either<InputEvent, CovariateEvent>>) waiting);
    super.open();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    watermarks = context.getOperatorStateStore().getUnionListState(WATERMARKS);
    reached = null;
    for (long[] each : watermarks.get()) {
      reached = reached == null ? each.clone() : reached;
      for (int input = 0; input < reached.length; input++) {
        reached[input] = Math.min(reached[input], each[input]);
      }
    }
    if (reached == null) {
      reached = new long[] {Long.MIN_VALUE, Long.MIN_VALUE};
    }
    for (int input = 0; input < reached.length; input++) {
      combinedWatermark.updateWatermark(input, reached[input]);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    watermarks.update(List.of(reached));
  }

  @Override
  public void processWatermark1(Watermark mark) throws Exception {
    reached[OBSERVATIONS] = Math.max(reached[OBSERVATIONS], mark.getTimestamp());
    super.processWatermark1(mark);
  }

  @Override
  public void processWatermark2(Watermark mark) throws Exception {
    reached[FORECASTS] = Math.max(reached[FORECASTS], mark.getTimestamp());
    super.processWatermark2(mark);
  }

  /** Timers are as far as the observations that may be used; the job is as far as its input. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long time = mark.getTimestamp();
    timeServiceManager.advanceWatermark(new Watermark(Math.max(time, time + slack))); // overflow
    output.emitWatermark(mark);
  }

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input != OBSERVATIONS) {
      super.processWatermarkStatus(status, input);
    }
  }
}
