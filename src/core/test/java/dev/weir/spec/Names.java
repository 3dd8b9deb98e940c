package dev.weir.spec;

import dev.weir.option.Option;
import java.util.ArrayList;
import java.util.List;

/** Calls each option by the last part of its key, and keeps the problems. */
final class Names implements Front {

  final List<String> problems = new ArrayList<>();

  @Override
  public String name(Option<?> option) {
    return option.name();
  }

  @Override
  public void problem(Option<?> option, String message) {
    problems.add(option.name() + ": " + message);
  }
}
