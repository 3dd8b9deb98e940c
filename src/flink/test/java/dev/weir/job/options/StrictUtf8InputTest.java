package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.job.JobSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrictUtf8InputTest {

  private static final Charset WINDOWS = Charset.forName("windows-1252");

  private static String read(byte[] bytes) throws IOException {
    try (Reader reader = StrictUtf8Input.open(new ByteArrayInputStream(bytes), "a.txt")) {
      StringWriter text = new StringWriter();
      reader.transferTo(text);
      return text.toString();
    }
  }

  @Test
  void byteThatIsNotUtf8IsNamedWithItsPlace() {
    byte[] windows = "one\r\ntwo\rthree\n\ngr\u00f6\u00dfe\n".getBytes(WINDOWS);
    assertThatThrownBy(() -> read(windows))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "a.txt line 5: expected UTF-8 text, got the byte 0xF6 (byte 19 of the file); save it as"
                + " UTF-8, as with iconv -f WINDOWS-1252 -t UTF-8");
    assertThatThrownBy(() -> read("\ufeffa,b".getBytes(StandardCharsets.UTF_16LE)))
        .hasMessageStartingWith("a.txt line 1: expected UTF-8 text, got the byte 0xFF (byte 1 of")
        .hasMessageEndingWith("iconv -f UTF-16 -t UTF-8");
    byte[] cut = "\u20ac".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> read(new byte[] {'a', cut[0], cut[1]}))
        .hasMessageContaining("the end of the file within a character (byte 4 of the file)");
  }

  /** Far behind what a decoder reads ahead. */
  @Test
  void placeIsRightInALongFile() {
    byte[] bytes = "0123456789\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    bytes[11 * 7_776 + 3] = (byte) 0x80;
    assertThatThrownBy(() -> read(bytes))
        .hasMessageStartingWith("a.txt line 7777: expected UTF-8 text, got the byte 0x80 (byte ");
  }

  @Test
  void takesWhatTheDecoderOfTheJdkTakes() throws IOException {
    Random random = new Random(7);
    String chars = "a\n\u00e9\u20ac\ud83d\ude00\r";
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = chars.getBytes(StandardCharsets.UTF_8);
      for (int change = random.nextInt(3); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      String expected = null;
      try {
        expected = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(IOException.class);
      }
      if (expected != null) {
        taken++;
        assertThat(read(bytes)).isEqualTo(expected);
      }
    }
    assertThat(taken).isBetween(1_000, 19_000);
  }

  @Test
  void jobFileThatIsNotUtf8IsNamedWithTheLine(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("job.yaml");
    Files.write(file, "name: demand\n# f\u00fcr uns\n".getBytes(WINDOWS));
    assertThatThrownBy(() -> JobSettings.read(file, Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("job.yaml line 2: expected UTF-8 text, got the byte 0xFC (byte 17");
  }
}
