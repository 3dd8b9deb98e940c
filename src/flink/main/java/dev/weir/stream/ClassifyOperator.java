package dev.weir.stream;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Output;
import java.util.List;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;

/**
 * Runs a {@link ClassifyFunction} and tells it, when it starts, how many series there are, which
 * only an operator can find out.
 */
public final class ClassifyOperator
    extends CoBroadcastWithKeyedOperator<String, InputEvent, ModelEvent, Output> {

  private static final long serialVersionUID = 1L;

  private final boolean isAlone;

  /**
   * @param isAlone whether no other operator of the job reports bad observations
   */
  public ClassifyOperator(ClassifySettings settings, boolean isAlone) {
    super(new ClassifyFunction(settings, isAlone), List.of(ClassifyFunction.MODELS));
    this.isAlone = isAlone;
  }

  @Override
  public void open() throws Exception {
    ClassifyFunction function = (ClassifyFunction) getUserFunction();
    function.cache(this);
    super.open();
    function.restored(this);
    if (isAlone) { // else the operator that forecasts logs them
      LossLog.start(getProcessingTimeService(), function.results.late(), function.observations);
    }
  }
}
