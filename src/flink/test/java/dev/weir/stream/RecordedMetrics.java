package dev.weir.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.classify.ClassifySettings;
import dev.weir.forecast.InputEvent;
import dev.weir.forecast.ModelEvent;
import dev.weir.forecast.Output;
import dev.weir.forecast.engine.ForecastSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;

/** The metrics of an operator by their whole name, groups and all, such as {@code weir.series}. */
public final class RecordedMetrics extends UnregisteredMetricsGroup implements OperatorMetricGroup {

  private final String prefix;
  private final String pattern;
  private final Map<String, Metric> byName;
  private final Map<String, String> kinds; // by name, with <> in place of what varies

  public RecordedMetrics() {
    this("", "", new TreeMap<>(), new TreeMap<>());
  }

  private RecordedMetrics(
      String prefix, String pattern, Map<String, Metric> byName, Map<String, String> kinds) {
    this.prefix = prefix;
    this.pattern = pattern;
    this.byName = byName;
    this.kinds = kinds;
  }

  Map<String, String> kinds() {
    return kinds;
  }

  List<String> names() {
    return List.copyOf(byName.keySet());
  }

  public long count(String counter) {
    return ((Counter) metric(counter)).getCount();
  }

  public Object gauge(String gauge) {
    return ((Gauge<?>) metric(gauge)).getValue();
  }

  Histogram histogram(String histogram) {
    return (Histogram) metric(histogram);
  }

  private Metric metric(String name) {
    assertThat(byName).containsKey(name);
    return byName.get(name);
  }

  private <M extends Metric> M put(String name, String kind, M metric) {
    assertThat(byName.put(prefix + name, metric)).as("%s%s is there twice", prefix, name).isNull();
    kinds.put(pattern + name, kind);
    return metric;
  }

  @Override
  public Counter counter(String name) {
    return put(name, "counter", new SimpleCounter());
  }

  @Override
  public <C extends Counter> C counter(String name, C counter) {
    return put(name, "counter", counter);
  }

  @Override
  public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
    return put(name, "gauge", gauge);
  }

  @Override
  public <H extends Histogram> H histogram(String name, H histogram) {
    return put(name, "histogram", histogram);
  }

  @Override
  public <M extends Meter> M meter(String name, M meter) {
    return put(name, "meter", meter);
  }

  @Override
  public MetricGroup addGroup(String name) {
    return new RecordedMetrics(prefix + name + ".", pattern + name + ".", byName, kinds);
  }

  @Override
  public MetricGroup addGroup(String key, String value) {
    return new RecordedMetrics(
        prefix + key + "." + value + ".", pattern + key + ".<>.", byName, kinds);
  }

  @Override
  public OperatorIOMetricGroup getIOMetricGroup() {
    return UnregisteredMetricsGroup.createOperatorIOMetricGroup();
  }

  /** An operator that reports here. */
  static final class Operator
      extends CoBroadcastWithKeyedOperator<String, InputEvent, ModelEvent, Output> {
    private static final long serialVersionUID = 1L;
    private final transient RecordedMetrics metrics;

    Operator(ForecastSettings settings, RecordedMetrics metrics) {
      super(new ForecastFunction(settings), List.of(ForecastFunction.MODELS));
      this.metrics = metrics;
    }

    /** One that classifies. */
    Operator(ClassifySettings settings, boolean isAlone, RecordedMetrics metrics) {
      super(new ClassifyFunction(settings, isAlone), List.of(ClassifyFunction.MODELS));
      this.metrics = metrics;
    }

    @Override
    public OperatorMetricGroup getMetricGroup() {
      return metrics;
    }
  }
}
