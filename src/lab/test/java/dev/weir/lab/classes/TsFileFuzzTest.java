package dev.weir.lab.classes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.job.options.StrictUtf8Input;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any bytes as a .ts file. */
@Tag("fuzz")
class TsFileFuzzTest {

  private static final long SEED = 20261130;

  private static List<byte[]> samples() {
    String header = "@problemName größe\n@timeStamps false\n@classLabel true up down\n@data\n";
    return List.of(
        (header + "1,2.5,-3:down\n4,?,6:up\n").getBytes(StandardCharsets.UTF_8),
        ("# x\r\n" + header + "1,2:3,4:up\r\nNaN,2e3:3,4:down\r\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Outcome open(byte[] bytes, SplittableRandom random) {
    try {
      TsFile.Contents contents =
          TsFile.read(
              StrictUtf8Input.open(new ByteArrayInputStream(bytes), "fuzz.ts"), "fuzz.ts", null);
      return Outcome.taken(contents.windows().size());
    } catch (IOException e) {
      if (!e.getMessage().startsWith("fuzz.ts")) {
        throw new AssertionError("expected the file, got " + e.getMessage());
      }
      return Outcome.refused(e.getMessage());
    }
  }

  @Test
  void anyBytesAreWindowsOrRefusedWithTheFile() throws Exception {
    Fuzzer fuzzer = new Fuzzer(SEED, samples(), "@classLabel true", ":", "1e39", "NaN", ",,");
    fuzzer.run(TsFileFuzzTest::open, 200_000, 200);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isPositive();
  }
}
