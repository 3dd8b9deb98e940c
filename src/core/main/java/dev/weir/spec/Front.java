package dev.weir.spec;

import dev.weir.model.Mode;
import dev.weir.option.Option;

/** The source of a specification, which has its own names of options. */
public interface Front {

  /** The option's name in this source. */
  String name(Option<?> option);

  /** Reports that an option is wrong: collects the message or throws. */
  void problem(Option<?> option, String message);

  /** The option of one forecast, where there may be one for each mode. */
  default <T> Option<T> in(Mode mode, Option<T> option) {
    return option;
  }

  /** Whether its users can give the option. */
  default boolean knows(Option<?> option) {
    return true;
  }

  /** Whether models arrive while it runs, so that a name alone is a model. */
  default boolean modelsArrive() {
    return false;
  }

  /** Fails if a problem was collected. */
  default void stop() {}
}
