package dev.weir.stream.covariate;

import dev.weir.forecast.CovariateEvent;
import dev.weir.forecast.InputEvent;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;

/** Runs a {@link CovariateFunction}, and gives it what only an operator has. */
final class CovariateOperator
    extends KeyedCoProcessOperator<String, InputEvent, CovariateEvent, InputEvent> {

  private static final long serialVersionUID = 1L;

  CovariateOperator(CovariateSettings settings) {
    super(new CovariateFunction(settings));
  }

  @Override
  public void open() throws Exception {
    super.open();
    CovariateFunction function = (CovariateFunction) getUserFunction();
    function.restored(this);
    function.log(getProcessingTimeService());
  }
}
