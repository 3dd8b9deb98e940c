package dev.weir.dashboard.http;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.function.Predicate;

/** Query parameters, each given at most once; an empty one counts as absent. */
final class Parameters {

  private static final int MAX_SHOWN = 40;

  private Parameters() {}

  static String text(Context context, String name, int maxLength) {
    String expected = "at most %d characters".formatted(maxLength);
    return parameter(context, name, String.class, text -> text.length() <= maxLength, expected, "");
  }

  static int number(Context context, String name, int min, int max, int missing) {
    String expected = "a whole number from %d to %d".formatted(min, max);
    return parameter(
        context, name, Integer.class, number -> number >= min && number <= max, expected, missing);
  }

  /** One of an enum whose converter is registered with Javalin. */
  static <E extends Enum<E>> E choice(Context context, String name, Class<E> type, E missing) {
    String expected = "one of " + Arrays.toString(type.getEnumConstants());
    return parameter(context, name, type, choice -> true, expected, missing);
  }

  private static <T> T parameter(
      Context context,
      String name,
      Class<T> type,
      Predicate<T> isExpected,
      String expected,
      T missing) {
    int count = context.queryParams(name).size();
    if (count > 1) {
      throw new BadRequestResponse("%s: expected one, got %d".formatted(name, count));
    }
    String got = context.queryParam(name);
    if (got == null || got.isEmpty()) {
      return missing;
    }
    String shown = got.length() <= MAX_SHOWN ? got : got.substring(0, MAX_SHOWN) + "...";
    return context
        .queryParamAsClass(name, type)
        .check(isExpected::test, expected)
        .getOrThrow(
            errors ->
                new BadRequestResponse("%s: expected %s, got %s".formatted(name, expected, shown)));
  }
}
