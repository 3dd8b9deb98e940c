package dev.weir.cli.console;

/** What a command has found, in each way that it can be written. */
public interface Result {

  enum Layout {
    /** For people. */
    table,
    /** One object. */
    json,
    /** A header and rows. */
    csv
  }

  String table();

  String json();

  String csv();

  /** With the end of its last line. */
  default String in(Layout layout) {
    return switch (layout) {
      case table -> table();
      case json -> json() + "\n";
      case csv -> csv();
    };
  }
}
