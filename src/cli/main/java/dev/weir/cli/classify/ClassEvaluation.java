package dev.weir.cli.classify;

import dev.weir.cli.console.ProgressLine;
import java.io.IOException;

/** One way to learn classes from files and to score the answers. */
interface ClassEvaluation {

  /**
   * @param progress told how far it is
   * @throws IOException when a file can't be read, naming the first line that is wrong
   */
  ClassResult run(ProgressLine progress) throws IOException;
}
