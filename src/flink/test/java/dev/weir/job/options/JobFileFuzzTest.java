package dev.weir.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Fuzzer;
import dev.weir.Fuzzer.Outcome;
import dev.weir.job.JobSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any text as a job file. */
@Tag("fuzz")
class JobFileFuzzTest {

  private static final long SEED = 20261128;

  /** A learner of the longest horizon is made before it is refused; its memory is the bound. */
  private static final long MAX_BYTES = 100L << 20;

  private static final String[] WORDS = {
    "&a", "*a", "<<: *a", "!!java.net.URL", "!!binary",
    "? ", "- ", "---\n", "%YAML 1.1\n", "|\n",
    "horizon: 1000", "season: 1000", "seq-len: 4096", "file: /dev/zero", "file: file:///dev/zero",
    "file: http://[::", "file: \"\\0\"", "experts: [naive, naive]", "levels: [NaN]", "P99999999D",
    "\t"
  };

  private static List<byte[]> samples() throws Exception {
    return List.of(
        Files.readAllBytes(Path.of("jobs/many-to-one.yaml")),
        Files.readAllBytes(Path.of("jobs/many-to-many.yaml")),
        """
        name: a
        kafka: {bootstrap-servers: "b:1", properties: {client.id: x}}
        topics: &t {observations: o}
        forecast:
          many-to-one: {horizon: 3}
        experts: [naive, rls-ar]
        intervals: {levels: [0.5, 0.9]}
        season: 12
        """
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Outcome open(byte[] bytes, SplittableRandom random) {
    try {
      JobFile file =
          JobFile.parse(new String(bytes, StandardCharsets.UTF_8), "fuzz.yaml", Map.of());
      return Outcome.taken(JobSettings.of(file, Path.of("jobs").toAbsolutePath()).name());
    } catch (JobFileException e) {
      return Outcome.refused(lines(e));
    }
  }

  /** Each problem is a line; as one line, for the fuzzer's own rule. */
  private static String lines(JobFileException e) {
    String[] lines = e.getMessage().split("\n");
    for (String line : lines) {
      boolean isPlain = line.contains("expected") || line.matches("and \\d+ more");
      if (line.length() > 1_000 || !isPlain) {
        throw new AssertionError("expected lines of at most 1000 characters, got " + line);
      }
    }
    if (lines.length > 60) {
      throw new AssertionError("expected no more lines than anybody reads, got " + lines.length);
    }
    return String.join(" / ", lines).substring(0, Math.min(1_900, e.getMessage().length()));
  }

  @Test
  void anyTextIsAJobOrRefusedInPlainLines() throws Exception {
    Fuzzer fuzzer = new Fuzzer(SEED, samples(), WORDS);
    fuzzer.run(JobFileFuzzTest::open, MAX_BYTES, 1_000);
    assertThat(fuzzer.taken()).isPositive();
    assertThat(fuzzer.refused()).isGreaterThan(fuzzer.taken());
  }

  @Test
  void longWordsAndManyKeysAreRefusedAtOnce() throws Exception {
    refused("x".repeat(1_000_000) + ": 1");
    refused("x".repeat(100_000) + ": 1");
    refused("name: " + "x".repeat(100_000));
    refused("\"\\e[2J\\n\\u2028\": \"\\e]0;x\\a\"");
    refused(
        IntStream.range(0, 5_000).mapToObj(i -> "k" + i + ": 1").collect(Collectors.joining("\n")));
  }

  /** A device that never ends, a folder, and words that are no path and no address. */
  @Test
  void whatIsNoFileIsRefusedWithItsLine() throws Exception {
    for (String file :
        List.of(
            "/dev/zero",
            "file:///dev/zero",
            ".",
            "\"\\0\"",
            "\"http://[::\"",
            "none://x",
            "nowhere")) {
      String text =
          "name: a\n"
              + "kafka: {bootstrap-servers: \"b:1\"}\n"
              + "forecast:\n"
              + "  many-to-one:\n"
              + "    model: m\n"
              + "    file: ";
      byte[] bytes = (text + file + "\n").getBytes(StandardCharsets.UTF_8);
      assertThat(Fuzzer.give(JobFileFuzzTest::open, bytes, 200 << 20, 0).words())
          .startsWith("fuzz.yaml line 6: forecast.many-to-one.file: expected ");
    }
  }

  private static void refused(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Fuzzer.give(JobFileFuzzTest::open, bytes, 20 << 20, 100).taken()).isFalse();
  }
}
