package dev.weir.dashboard.view;

import dev.weir.kafka.admin.DeadLetterTopic;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Dead letters by reason, each with its newest one as an example. Their bytes are foreign. */
public final class DeadLetterSummary {

  private static final int MAX_REASONS = 20; // there are ten; the rest is somebody's own
  private static final int MAX_TEXT = 200;
  private static final int MAX_MESSAGE = 500;

  private final Map<String, Reason> reasons = new TreeMap<>();

  /**
   * @param last when the newest one came, milliseconds since 1970
   */
  public record Reason(String reason, long count, long last, Example example) {}

  /**
   * @param key as text, or as hex if it is not text; null if absent
   */
  record Example(
      String message, String topic, int partition, long offset, String key, String value) {}

  synchronized void add(ConsumerRecord<byte[], byte[]> record) {
    Letter letter = DeadLetterTopic.letter(record);
    String reason = letter.reason() == null ? "NONE GIVEN" : cut(letter.reason(), 40);
    if (reasons.size() >= MAX_REASONS && !reasons.containsKey(reason)) {
      reason = "OTHER";
    }
    Reason before = reasons.get(reason);
    DeadLetterTopic.Source source = letter.source();
    Example example =
        new Example(
            cut(letter.message(), MAX_MESSAGE),
            source == null ? record.topic() : cut(source.topic(), 249),
            source == null ? record.partition() : source.partition(),
            source == null ? record.offset() : source.offset(),
            text(letter.key()),
            text(letter.value()));
    reasons.put(
        reason,
        new Reason(reason, before == null ? 1 : before.count() + 1, record.timestamp(), example));
  }

  public synchronized List<Reason> reasons() {
    return reasons.values().stream().sorted((a, b) -> Long.compare(b.count(), a.count())).toList();
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }

  /** Text where the bytes are text that can be shown, else hex; a beginning of either. */
  static String text(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    int length = Math.min(bytes.length, MAX_TEXT);
    String more = length < bytes.length ? "..." : "";
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
      if (text.codePoints().noneMatch(c -> Character.isISOControl(c) || !Character.isDefined(c))) {
        return text + more;
      }
    } catch (CharacterCodingException e) {
      // no text, or cut within a character
    }
    return "0x" + HexFormat.of().formatHex(bytes, 0, length) + more;
  }
}
