package dev.weir.option;

/** Says in the generated references which values an option has. */
public final class ValueWords {

  private ValueWords() {}

  /** What a value must be, in few words: the pages describe names, durations and lists. */
  public static String of(Option<?> option) {
    String values =
        option
            .expected()
            .replaceFirst("^a name of letters.*", "name")
            .replaceFirst("^a duration of .*, from (.*)$", "duration from $1")
            .replaceFirst("^duration from PT0.001S to P3650D$", "duration above 0")
            .replaceFirst("^duration from PT0S to P3650D$", "duration")
            .replaceFirst("^a (whole )?number from", "from")
            .replaceFirst("^true or false, on or off$", "flag")
            .replaceFirst("^a list of experts, .*", "[names](learning.md#the-experts)")
            .replaceFirst("^a list of field names joined by dots, such as device.id$", "paths")
            .replaceFirst("^field names joined by dots, such as device.id$", "a path")
            .replaceFirst("^a list of a field's path .*", "[parts](topics.md#records-of-your-own)")
            .replaceFirst(
                "^the path of an array such as .*", "[path](topics.md#records-of-your-own)")
            .replaceFirst("^text$", "");
    return option.unit().isEmpty() ? values : values + ", " + option.unit();
  }
}
