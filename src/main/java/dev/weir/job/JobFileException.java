package dev.weir.job;

import java.util.List;

/** A job file that can't be used: one line for each thing that is wrong. */
public final class JobFileException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  JobFileException(List<String> problems) {
    super(String.join("\n", problems));
  }

  JobFileException(String problem) {
    super(problem);
  }
}
