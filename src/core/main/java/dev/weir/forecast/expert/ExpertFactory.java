package dev.weir.forecast.expert;

/**
 * Makes an expert of your own, which a job file then names among its {@code experts}. Found by
 * {@link java.util.ServiceLoader}: the jar that holds it lists it in {@code
 * META-INF/services/dev.weir.forecast.expert.ExpertFactory} and lies beside Weir's job jar.
 */
public interface ExpertFactory {

  /** The name of the expert, lower case; not that of a built-in one. */
  String name();

  /** An expert that keeps the contract of {@link Expert}; called once for each task and mode. */
  Expert create();
}
