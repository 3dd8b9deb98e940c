package dev.weir.job.options;

import java.util.List;
import java.util.stream.Collectors;

/** A job file that can't be used: one line for each thing that is wrong. */
public final class JobFileException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private static final int MAX_PROBLEMS = 50;
  private static final int MAX_CHARACTERS = 500;

  JobFileException(List<String> problems) {
    super(
        problems.stream()
                .limit(MAX_PROBLEMS)
                .map(JobFileException::line)
                .collect(Collectors.joining("\n"))
            + (problems.size() > MAX_PROBLEMS
                ? "\nand %d more".formatted(problems.size() - MAX_PROBLEMS)
                : ""));
  }

  JobFileException(String problem) {
    super(line(problem));
  }

  /** What the file says is repeated in its problems: one line each, and nothing for a terminal. */
  private static String line(String problem) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < problem.length(); i++) {
      if (i == MAX_CHARACTERS) {
        return line.append("...").toString();
      }
      char c = problem.charAt(i);
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR ->
            line.append('?');
        default -> line.append(c);
      }
    }
    return line.toString();
  }
}
