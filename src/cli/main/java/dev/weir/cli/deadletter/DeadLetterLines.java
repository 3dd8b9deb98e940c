package dev.weir.cli.deadletter;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.DeadLetter.Reason;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import dev.weir.kafka.codec.RecordFields;
import dev.weir.option.Numbers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Dead letters as lines of printable characters, since their bytes are foreign. */
final class DeadLetterLines {

  private static final int ROW = 16;
  private static final int MAX_BYTES = 1024;

  private DeadLetterLines() {}

  /** One line: when a record came to Kafka, and why it could not be used. */
  static String summary(Letter letter) {
    return "%s  %s".formatted(time(letter), Printable.line(letter.message()));
  }

  private static String time(Letter letter) {
    Source from = letter.source();
    return from == null ? "-" : Instant.ofEpochMilli(from.timestamp()).toString();
  }

  /** One letter in full, but for the end of a long value. */
  static List<String> text(Letter letter) {
    List<String> lines = new ArrayList<>();
    lines.add(row("at", letter.partition() + ":" + letter.offset()));
    lines.add(row("reason", letter.reason() == null ? "not a dead letter" : letter.reason()));
    lines.add(row("message", letter.message()));
    Source from = letter.source();
    if (from != null) {
      String place =
          "%s partition %d offset %d".formatted(from.topic(), from.partition(), from.offset());
      lines.add(row("came from", place + ", " + time(letter)));
    }
    for (SourceRecord.Header header : letter.headers()) {
      lines.add(row("header", "%s: %s".formatted(header.name(), shown(header.value()))));
    }
    lines.add(row("key", shown(letter.key())));
    RecordFields.of(letter.value(), Reason.MODEL.name().equals(letter.reason()))
        .forEach((name, value) -> lines.add(row(name, value)));
    if (letter.value() != null) {
      lines.add(row("bytes", letter.value().length + (letter.cut() ? ", cut off" : "")));
      dump(letter.value(), lines);
    }
    return lines;
  }

  private static String shown(byte[] bytes) {
    return bytes == null
        ? "null"
        : "%s, \"%s\""
            .formatted(
                Numbers.counted(bytes.length, "byte"), new String(bytes, StandardCharsets.UTF_8));
  }

  private static String row(String name, String value) {
    return "%-10s %s".formatted(name, Printable.line(value, 500));
  }

  private static void dump(byte[] bytes, List<String> lines) {
    int shown = Math.min(bytes.length, MAX_BYTES);
    for (int at = 0; at < shown; at += ROW) {
      int end = Math.min(at + ROW, shown);
      String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, at, end);
      String text = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
      lines.add("%08x  %-48s |%s|".formatted(at, hex, text.replaceAll("[^ -~]", ".")));
    }
    if (shown < bytes.length) {
      lines.add("... and %s more".formatted(Numbers.counted(bytes.length - shown, "byte")));
    }
  }
}
