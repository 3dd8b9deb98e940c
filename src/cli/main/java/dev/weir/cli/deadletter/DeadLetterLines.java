package dev.weir.cli.deadletter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.cli.console.Printable;
import dev.weir.cli.console.Table;
import dev.weir.forecast.SourceRecord;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Dead letters as lines. Their bytes are foreign: as text nothing of them reaches the terminal but
 * printable characters, as JSON nothing but ASCII.
 */
final class DeadLetterLines {

  private static final int ROW = 16;

  /** How many died of one reason, and the first and last of them. */
  static final class Tally {
    private final String reason;
    private long count;
    private Letter first;
    private Letter last;

    Tally(String reason) {
      this.reason = reason;
    }

    void add(Letter letter) {
      count++;
      first = first == null ? withoutBytes(letter) : first;
      last = withoutBytes(letter);
    }

    /** A tally of a long topic must not hold on to its records. */
    private static Letter withoutBytes(Letter letter) {
      return new Letter(
          letter.partition(),
          letter.offset(),
          letter.reason(),
          letter.message(),
          letter.source(),
          letter.cut(),
          List.of(),
          null,
          null);
    }

    long count() {
      return count;
    }
  }

  private DeadLetterLines() {}

  static final Table<Tally> TALLIES =
      new Table<Tally>()
          .data("reason", tally -> tally.reason)
          .text("reason", null, tally -> Printable.line(tally.reason, 40))
          .column("count", "count", "%,d", tally -> tally.count)
          .text("oldest", null, tally -> time(tally.first))
          .data("oldest", tally -> place(tally.first))
          .text("newest", null, tally -> time(tally.last))
          .data("newest", tally -> place(tally.last))
          .text("newest's", null, tally -> Printable.line(tally.last.message()))
          .data("newest_message", tally -> tally.last.message());

  static String place(Letter letter) {
    return letter.partition() + ":" + letter.offset();
  }

  private static String time(Letter letter) {
    if (letter.source() == null) {
      return "-";
    }
    try {
      return Instant.ofEpochMilli(letter.source().timestamp()).toString();
    } catch (DateTimeException e) {
      return "-";
    }
  }

  /**
   * One letter in full.
   *
   * @param fields what its record holds
   * @param most bytes of the value that are shown
   */
  static List<String> text(Letter letter, Map<String, String> fields, int most) {
    List<String> lines = new ArrayList<>();
    lines.add(row("at", place(letter)));
    lines.add(row("reason", letter.reason() == null ? "not a dead letter" : letter.reason()));
    lines.add(row("message", letter.message()));
    if (letter.source() != null) {
      lines.add(
          row(
              "came from",
              "%s partition %d offset %d, %s"
                  .formatted(
                      letter.source().topic(),
                      letter.source().partition(),
                      letter.source().offset(),
                      time(letter))));
    }
    for (SourceRecord.Header header : letter.headers()) {
      lines.add(row("header", "%s: %s".formatted(header.name(), shown(header.value()))));
    }
    lines.add(row("key", shown(letter.key())));
    fields.forEach((name, value) -> lines.add(row(name, value)));
    if (letter.value() != null) {
      lines.add(row("bytes", letter.value().length + (letter.cut() ? ", cut off" : "")));
      dump(letter.value(), most, lines);
    }
    return lines;
  }

  private static String shown(byte[] bytes) {
    return bytes == null
        ? "null"
        : "%d bytes, \"%s\"".formatted(bytes.length, new String(bytes, StandardCharsets.UTF_8));
  }

  private static String row(String name, String value) {
    return "%-10s %s".formatted(name, Printable.line(value, 500));
  }

  private static void dump(byte[] bytes, int most, List<String> lines) {
    int shown = Math.min(bytes.length, most);
    for (int at = 0; at < shown; at += ROW) {
      StringBuilder hex = new StringBuilder();
      StringBuilder text = new StringBuilder();
      for (int i = at; i < Math.min(at + ROW, shown); i++) {
        hex.append("%02x ".formatted(bytes[i]));
        text.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      }
      lines.add("%08x  %-48s |%s|".formatted(at, hex, text));
    }
    if (shown < bytes.length) {
      lines.add("... and %,d bytes more".formatted(bytes.length - shown));
    }
  }

  static String json(Letter letter, Map<String, String> fields, int most) {
    ObjectNode node = Json.object();
    node.put("at", place(letter));
    node.put("reason", letter.reason());
    node.put("message", letter.message());
    if (letter.source() != null) {
      ObjectNode source = node.putObject("source");
      source.put("topic", letter.source().topic());
      source.put("partition", letter.source().partition());
      source.put("offset", letter.source().offset());
      source.put("timestamp", letter.source().timestamp());
    }
    node.put("cut", letter.cut());
    ArrayNode headers = node.putArray("headers");
    for (SourceRecord.Header header : letter.headers()) {
      headers
          .addObject()
          .put("name", header.name())
          .put("value_base64", base64(header.value(), most));
    }
    ObjectNode decoded = node.putObject("decoded");
    fields.forEach(decoded::put);
    node.put("key_base64", base64(letter.key(), most));
    node.put("value_base64", base64(letter.value(), most));
    node.put("value_bytes", letter.value() == null ? null : letter.value().length);
    return Json.ascii(node);
  }

  private static String base64(byte[] bytes, int most) {
    return bytes == null
        ? null
        : Base64.getEncoder()
            .encodeToString(bytes.length <= most ? bytes : Arrays.copyOf(bytes, most));
  }
}
