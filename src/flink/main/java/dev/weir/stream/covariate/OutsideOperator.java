package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.InputEvent;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Runs an {@link OutsideFunction}. Its watermark is never ahead of that of the observations, also
 * when these are idle: outside forecasts hold back event time, but never carry it, since an
 * observation that comes then would be late.
 */
final class OutsideOperator
    extends KeyedCoProcessOperator<String, InputEvent, CovariateEvent, InputEvent> {

  private static final long serialVersionUID = 1L;
  private static final int OBSERVATIONS = 0;

  OutsideOperator(OutsideSettings settings) {
    super(new OutsideFunction(settings));
  }

  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
    if (input != OBSERVATIONS) {
      super.processWatermarkStatus(status, input);
    }
  }
}
