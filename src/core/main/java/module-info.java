/**
 * Forecasts of time series that learn online, in any program. Everything that is not exported is
 * internal and changes without notice.
 *
 * <p>Networks do not need the module {@code jdk.incubator.vector}, but run several times faster
 * with {@code --add-modules jdk.incubator.vector}.
 */
module dev.weir.core {
  requires com.fasterxml.jackson.core;
  requires java.management;
  requires jdk.management;
  requires static jdk.incubator.vector;

  exports dev.weir.core;
  exports dev.weir.forecast;

  uses dev.weir.forecast.expert.ExpertFactory;
}
