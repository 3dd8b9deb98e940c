package dev.weir.forecast.expert;

/**
 * Creates a custom expert, which a job file names among its {@code experts}. Found by {@link
 * java.util.ServiceLoader}: its jar lists it in {@code
 * META-INF/services/dev.weir.forecast.expert.ExpertFactory} and is beside Weir's job jar.
 */
public interface ExpertFactory {

  /** The name of the expert, lower case; not that of a built-in one. */
  String name();

  /** An expert that keeps the contract of {@link Expert}; called once for each task and mode. */
  Expert create();
}
