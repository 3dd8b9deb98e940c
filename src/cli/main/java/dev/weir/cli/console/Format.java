package dev.weir.cli.console;

/** How results are written. */
public enum Format {
  /** For people. */
  text,
  /** One object on each line. */
  json
}
