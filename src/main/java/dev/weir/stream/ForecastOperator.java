package dev.weir.stream;

import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;

/**
 * Runs a {@link ForecastFunction} and tells it, when it starts, how many series there are. Only an
 * operator can walk the keys of its state; and only the state itself knows, after a restore, a
 * change of parallelism or an expiry, how many are this task's.
 *
 * <p>Measured for each series, at each start: 0.1 us of CPU time on the heap, 1.5 us on RocksDB;
 * with a ttl, whose timers are looked after on the same walk, 0.6 and 5.5 us.
 */
public final class ForecastOperator
    extends CoBroadcastWithKeyedOperator<String, InputEvent, ModelEvent, Output> {

  private static final long serialVersionUID = 1L;

  public ForecastOperator(ForecastSettings settings) {
    super(new ForecastFunction(settings), List.of(ForecastFunction.MODELS));
  }

  @Override
  public void open() throws Exception {
    super.open();
    ForecastFunction function = (ForecastFunction) getUserFunction();
    KeyedStateBackend<String> backend = getKeyedStateBackend();
    if (!function.expires()) {
      try (Stream<String> keys =
          backend.getKeys(OperatorSeriesContext.WINDOW.getName(), VoidNamespace.INSTANCE)) {
        function.restored(keys.mapToLong(key -> 1).sum());
      }
      return;
    }
    InternalTimerService<VoidNamespace> timers = // the function's, by its name
        getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this);
    long[] count = {0};
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        OperatorSeriesContext.WINDOW,
        (series, window) -> {
          count[0]++;
          timers.registerEventTimeTimer(
              VoidNamespace.INSTANCE, function.restoredTimer(window.value()));
        });
    function.restored(count[0]);
  }
}
