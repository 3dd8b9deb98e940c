package dev.weir.dashboard;

import io.javalin.http.Context;
import java.util.Arrays;

/** What a request asks for: each parameter at most once, short, and within its bounds. */
final class Parameters {

  private static final int MOST_SHOWN = 40;

  private final Context context;

  Parameters(Context context) {
    this.context = context;
  }

  /** A text, or {@code missing}. */
  String text(String name, int longest, String missing) throws WrongRequest {
    String value = one(name);
    if (value == null) {
      return missing;
    }
    if (value.length() > longest) {
      throw new WrongRequest(
          400,
          "%s: expected at most %d characters, got %d".formatted(name, longest, value.length()));
    }
    return value;
  }

  long number(String name, long least, long most, long missing) throws WrongRequest {
    String value = one(name);
    if (value == null || value.isEmpty()) {
      return missing;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(name, "a whole number from %d to %d".formatted(least, most), value);
  }

  /** A whole number that a header holds; 0 when it holds none. */
  long header(String name) {
    String value = context.header(name);
    try {
      return value == null ? 0 : Long.parseLong(value);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E missing) throws WrongRequest {
    String value = one(name);
    if (value == null || value.isEmpty()) {
      return missing;
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
    }
    throw wrong(name, "one of " + Arrays.toString(type.getEnumConstants()), value);
  }

  private String one(String name) throws WrongRequest {
    var values = context.queryParams(name);
    if (values.size() > 1) {
      throw new WrongRequest(400, "%s: expected one, got %d".formatted(name, values.size()));
    }
    return values.isEmpty() ? null : values.get(0);
  }

  private static WrongRequest wrong(String name, String expected, String got) {
    String shown = got.length() <= MOST_SHOWN ? got : got.substring(0, MOST_SHOWN) + "...";
    return new WrongRequest(400, "%s: expected %s, got %s".formatted(name, expected, shown));
  }
}
