package dev.weir.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import dev.weir.forecast.SourceRecord.Header;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import dev.weir.kafka.admin.DeadLetterTopic.Source;
import dev.weir.kafka.codec.ObservationCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DeadLetterLinesTest {

  private static Letter letter(String reason, byte[] key, byte[] value) {
    return new Letter(
        0,
        17,
        reason,
        "time: expected after 1970",
        new Source("observations", 1, 5, 1_000),
        false,
        List.of(new Header("trace", new byte[] {'a', 7})),
        key,
        value);
  }

  @Test
  void aLetterIsShownWithItsHeadersItsFieldsAndItsBytes() throws Exception {
    byte[] value =
        new ObservationCodec().encode(new Observation("pump", 0, 1.5, new double[] {2, 3}));
    assertThat(DeadLetterLines.text(letter("LATE", "pump".getBytes(StandardCharsets.UTF_8), value)))
        .containsExactly(
            "at         0:17",
            "reason     LATE",
            "message    time: expected after 1970",
            "came from  observations partition 1 offset 5, 1970-01-01T00:00:01Z",
            "header     trace: 2 bytes, \"a\\u0007\"",
            "key        4 bytes, \"pump\"",
            "series     pump",
            "time       1970-01-01T00:00:00Z",
            "value      1.5",
            "features   [2.0, 3.0]",
            "bytes      32",
            "00000000  08 70 75 6d 70 00 00 00 00 00 00 00 f8 3f 04 00  |.pump........?..|",
            "00000010  00 00 00 00 00 00 40 00 00 00 00 00 00 08 40 00  |......@.......@.|");
  }

  @Test
  void longValueIsCutAndOneThatIsNoObservationHasNoFields() {
    assertThat(DeadLetterLines.text(letter("MALFORMED", null, new byte[1030])))
        .hasSize(7 + 64 + 1)
        .contains("key        null", "bytes      1030")
        .endsWith("... and 6 bytes more");
    assertThat(DeadLetterLines.text(letter("NULL_VALUE", null, null))).hasSize(6);
  }

  @Test
  void escapeSequencesInForeignWordsDoNotReachTheTerminal() {
    assertThat(Printable.line("a\u001b[2J\u009b1m\r\n\u2028\u202eb\ud800ö€", 100))
        .isEqualTo("a\\u001b[2J\\u009b1m\\u000d\\u000a\\u2028\\u202eb\\ud800ö€");
    assertThat(Printable.line("\ud83d\ude00", 100)).isEqualTo("\ud83d\ude00");
    assertThat(Printable.line("abcdef", 3)).isEqualTo("abc...");
  }

  @Test
  @Tag("fuzz")
  void anyBytesAreShownInPrintableLines() throws Exception {
    byte[] hostile = "\u001b]0;owned\u0007\r\n\u202e%s%n".getBytes(StandardCharsets.UTF_8);
    byte[] value = new ObservationCodec().encode(new Observation("\u001b[2Jpump", 0, 1.5));
    Fuzzer fuzzer = new Fuzzer(20261130, List.of(value, hostile));
    fuzzer.run(
        (bytes, random) -> {
          String words = new String(bytes, StandardCharsets.UTF_8);
          Letter letter =
              new Letter(
                  0,
                  1,
                  random.nextBoolean() ? words : "MODEL",
                  words,
                  new Source(words, random.nextInt(), random.nextLong(), random.nextLong()),
                  random.nextBoolean(),
                  List.of(new Header(words, bytes)),
                  bytes,
                  bytes);
          List<String> lines = new ArrayList<>(DeadLetterLines.text(letter));
          lines.add(DeadLetterLines.summary(letter));
          for (String line : lines) {
            assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
          }
          return Outcome.taken(lines.hashCode());
        },
        2 << 20,
        1_000);
  }
}
