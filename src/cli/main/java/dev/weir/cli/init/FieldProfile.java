package dev.weir.cli.init;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.kafka.wire.TimeText;
import dev.weir.kafka.wire.TimeText.Unit;
import dev.weir.option.Numbers;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a field of some records holds. */
final class FieldProfile {

  private static final long EARLIEST = 631_152_000_000L; // 1990
  private static final int MAX_TEXT = 100;

  private final String path;
  private final Set<String> texts = new LinkedHashSet<>();
  private int count;
  private int numbers;
  private int times;
  private int plain; // texts and whole numbers that could be a part of a name

  FieldProfile(String path) {
    this.path = path;
  }

  void add(JsonNode value) {
    if (value.isNull() || value.isContainerNode()) {
      return;
    }
    count++;
    String text = value.asText();
    texts.add(text);
    numbers += isNumber(value) ? 1 : 0;
    times += isTime(text) ? 1 : 0;
    boolean isShort = !text.isBlank() && text.length() <= MAX_TEXT;
    plain += isShort && (value.isTextual() || value.isIntegralNumber()) ? 1 : 0;
  }

  private static boolean isNumber(JsonNode value) {
    if (value.isNumber()) {
      return true;
    }
    try {
      return value.isTextual() && Double.isFinite(Numbers.parse(value.textValue()));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isTime(String text) {
    try {
      long time = TimeText.millis(text, Unit.AUTO);
      boolean isDate = text.indexOf('-', 1) > 0; // and no number that could be anything
      return isDate
          || time >= EARLIEST
              && time <= System.currentTimeMillis() + Duration.ofDays(366).toMillis();
    } catch (DateTimeException | ArithmeticException e) {
      return false;
    }
  }

  String path() {
    return path;
  }

  /** The last name of the path; of an attribute, its key. */
  String name() {
    int key = path.lastIndexOf(RecordProfile.KEY);
    if (key >= 0) {
      return path.substring(key + RecordProfile.KEY.length(), path.indexOf(']', key));
    }
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Whether it is one of a list of keys with their values. */
  boolean isAttribute() {
    return path.contains(RecordProfile.KEY);
  }

  int count() {
    return count;
  }

  boolean isTime() {
    return count > 0 && times == count;
  }

  boolean isNumber() {
    return count > 0 && numbers == count;
  }

  /** Whether it could be a part of a name. */
  boolean isPlain() {
    return count > 0 && plain == count;
  }

  int different() {
    return texts.size();
  }
}
