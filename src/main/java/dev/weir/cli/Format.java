package dev.weir.cli;

/** How results are written. */
enum Format {
  /** For people. */
  text,
  /** One object on each line. */
  json
}
