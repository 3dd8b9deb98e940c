package dev.weir.forecast.alarm;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matches full names against patterns. Some patterns take hours for some names, so a match that
 * takes too long fails.
 */
public final class NameMatcher {

  /** Reads of a character in a match at most: some milliseconds. */
  private static final int MAX_STEPS = 1_000_000;

  private NameMatcher() {}

  /** Null if the name does not match, or takes too long. */
  public static MatchResult match(Pattern pattern, String name) {
    Matcher matcher = pattern.matcher(new CountedText(name, new int[] {MAX_STEPS}));
    try {
      return matcher.matches() ? matcher : null;
    } catch (TooManyStepsException e) {
      return null;
    }
  }

  private record CountedText(CharSequence text, int[] left) implements CharSequence {

    @Override
    public char charAt(int index) {
      if (--left[0] < 0) {
        throw new TooManyStepsException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyStepsException() {
      super(null, null, false, false);
    }
  }
}
