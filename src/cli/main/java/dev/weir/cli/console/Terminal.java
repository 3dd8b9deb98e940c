package dev.weir.cli.console;

import picocli.CommandLine.Help.Ansi;

/**
 * Whether a person looks at what is written. The JVM can't tell for standard output and standard
 * error apart, so the launcher does, by two properties; without it nobody looks.
 */
public final class Terminal {

  private Terminal() {}

  /** Whether standard output is a terminal. */
  public static boolean isOut() {
    return Boolean.getBoolean("weir.terminal.out");
  }

  /** Whether standard error is. */
  public static boolean isErr() {
    return Boolean.getBoolean("weir.terminal.err");
  }

  /** Colours only where somebody sees them and has not said no: no-color.org, TERM=dumb. */
  public static Ansi colours(boolean terminal) {
    String refused = System.getenv("NO_COLOR");
    boolean wanted =
        terminal && (refused == null || refused.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    return wanted ? Ansi.ON : Ansi.OFF;
  }
}
