package dev.weir;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Gives damaged bytes to code that reads foreign input: valid samples changed in one to four
 * places, and plain noise. Each case follows from the seed and its number alone; a failure prints
 * both, so that it can be repeated.
 *
 * <p>Tests for each case: the code throws only its documented exceptions; a rejection is one line;
 * memory and time stay within a bound that grows with the input, not with what the input claims;
 * the second result equals the first.
 */
public final class Fuzzer {

  /** The result for an input: accepted, or rejected with a message. */
  public record Outcome(boolean taken, String words) {
    public static Outcome taken(Object what) {
      return new Outcome(true, String.valueOf(what));
    }

    public static Outcome refused(String message) {
      return new Outcome(false, message);
    }
  }

  /** The code under test; throws only when it is broken. */
  public interface Target {
    /**
     * @param random for choices beside the bytes; follows from seed and number too
     */
    Outcome open(byte[] bytes, SplittableRandom random) throws Exception;
  }

  /** Cases per target: {@code -Dfuzz.cases=100000} for a long run. */
  private static final int CASES = Integer.getInteger("fuzz.cases", 1_000);

  private static final ThreadMXBean THREADS =
      (ThreadMXBean) ManagementFactory.getThreadMXBean(); // not of all JDKs, but of all we run on

  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    32_767,
    65_535,
    65_536,
    1 << 24,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MAX_VALUE / 8
  };

  private static final List<String> WORDS =
      List.of(
          "99999999999999999999999",
          "-1",
          "0",
          "1e999",
          "-1e999",
          "NaN",
          "Infinity",
          "2147483648",
          "9223372036854775807",
          "\0",
          "\u001b[2J",
          "\r\n",
          "\n",
          "\u0085\u2028",
          "\"",
          "'",
          "%s%n%d",
          "{",
          "}",
          "[[[[[[[[",
          ",",
          ":",
          "/",
          "..",
          "null",
          "true");

  private final long seed;
  private final List<byte[]> samples;
  private final List<String> words;
  private int taken;
  private int refused;

  /**
   * @param samples valid inputs; cases start from these
   * @param words of the format, which plain damage would not hit upon
   */
  public Fuzzer(long seed, List<byte[]> samples, String... words) {
    this.seed = seed;
    this.samples = samples;
    this.words = words.length == 0 ? WORDS : List.of(words);
  }

  public int taken() {
    return taken;
  }

  public int refused() {
    return refused;
  }

  /**
   * Runs all cases.
   *
   * @param base bytes that a case may allocate whatever its length
   * @param perByte bytes that it may allocate for each byte of its input
   */
  public void run(Target target, long base, long perByte) throws Exception {
    run(target, CASES, base, perByte);
  }

  public void run(Target target, int cases, long base, long perByte) throws Exception {
    for (int warm = 0; warm < 20; warm++) { // classes are loaded and compiled once
      for (byte[] sample : samples) {
        Outcome outcome = target.open(sample.clone(), new SplittableRandom(0));
        if (warm == 0 && !outcome.taken) {
          throw new AssertionError("expected a valid sample, got: " + outcome.words);
        }
      }
    }
    Set<String> seen = new HashSet<>();
    for (int number = 0; number < cases; number++) {
      byte[] bytes = input(number);
      try {
        // a kind of answer seen for the first time may load classes: it is measured again
        long allowed = base + perByte * bytes.length;
        Outcome outcome = measured(target, bytes, number, Long.MAX_VALUE);
        if (seen.add(kind(outcome)) || number % 8 == 0) {
          Outcome again = measured(target, bytes, number, Long.MAX_VALUE);
          if (!again.equals(outcome)) {
            throw new AssertionError("first %s, then %s".formatted(outcome, again));
          }
        }
        if (lastAllocated > allowed) {
          measured(target, bytes, number, allowed);
        }
        check(outcome);
        taken += outcome.taken ? 1 : 0;
        refused += outcome.taken ? 0 : 1;
      } catch (Throwable e) {
        throw new AssertionError(
            "seed %d, case %d, %d bytes: %s%n%s"
                .formatted(
                    seed,
                    number,
                    bytes.length,
                    e,
                    HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(2_000, bytes.length)))),
            e);
      }
    }
    System.out.printf(
        "%s: %d cases of seed %d, %d taken, %d refused%n",
        target.getClass().getSimpleName().replaceAll("[/$].*", ""), cases, seed, taken, refused);
  }

  /** Runs one input with the bounds and rules of a case. */
  public static Outcome give(Target target, byte[] bytes, long base, long perByte)
      throws Exception {
    Fuzzer fuzzer = new Fuzzer(0, List.of());
    Outcome outcome = fuzzer.measured(target, bytes, 0, base + perByte * bytes.length);
    check(outcome);
    return outcome;
  }

  private long lastAllocated;

  private Outcome measured(Target target, byte[] bytes, int number, long allowed) throws Exception {
    byte[] input = bytes.clone();
    SplittableRandom random = new SplittableRandom(seed ^ number);
    long thread = Thread.currentThread().getId();
    long cpu = THREADS.getCurrentThreadCpuTime();
    long before = THREADS.getThreadAllocatedBytes(thread);
    Outcome outcome = target.open(input, random);
    lastAllocated = THREADS.getThreadAllocatedBytes(thread) - before;
    cpu = THREADS.getCurrentThreadCpuTime() - cpu;
    if (lastAllocated > allowed) {
      throw new AssertionError(
          "expected at most %,d bytes allocated, got %,d".formatted(allowed, lastAllocated));
    }
    if (cpu > 2_000_000_000L) {
      throw new AssertionError("expected at most 2 s of CPU, got %.1f".formatted(cpu / 1e9));
    }
    return outcome;
  }

  private static String kind(Outcome outcome) {
    return outcome.taken ? "taken" : outcome.words.replaceAll("[^A-Za-z ]+.*", "");
  }

  /** A refusal is one line that a terminal may show, and no longer than anybody reads. */
  private static void check(Outcome outcome) {
    if (outcome.taken) {
      return;
    }
    String words = outcome.words;
    if (words == null || words.isBlank() || words.length() > 2_000) {
      throw new AssertionError("expected a message of 1 to 2000 characters, got " + words);
    }
    for (int i = 0; i < words.length(); i++) {
      int type = Character.getType(words.charAt(i));
      if (type == Character.CONTROL
          || type == Character.LINE_SEPARATOR
          || type == Character.PARAGRAPH_SEPARATOR) {
        throw new AssertionError(
            "expected one line of printable text, got \\u%04x in: %s"
                .formatted((int) words.charAt(i), words));
      }
    }
  }

  /** The bytes of a case. */
  public byte[] input(int number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    if (random.nextInt(8) == 0) {
      byte[] noise = new byte[random.nextInt(random.nextInt(4) == 0 ? 2_000 : 64)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes, SplittableRandom random) {
    int at = random.nextInt(bytes.length + 1);
    int length = Math.min(1 + random.nextInt(1 + random.nextInt(64)), bytes.length - at);
    switch (random.nextInt(10)) {
      case 0 -> {
        if (bytes.length > 0) {
          bytes[at % bytes.length] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
      }
      case 1 -> {
        if (bytes.length > 0) {
          bytes[at % bytes.length] = (byte) random.nextInt();
        }
        return bytes;
      }
      case 2 -> {
        return joined(bytes, at, length, new byte[0]); // gone
      }
      case 3 -> {
        return joined(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length)); // twice
      }
      case 4 -> {
        byte[] noise = new byte[1 + random.nextInt(16)];
        random.nextBytes(noise);
        return joined(bytes, at, 0, noise);
      }
      case 5 -> {
        byte[] number = number(random);
        return joined(bytes, at, Math.min(number.length, bytes.length - at), number);
      }
      case 6 -> {
        byte[] word = word(random);
        return joined(bytes, at, Math.min(random.nextInt(8), bytes.length - at), word);
      }
      case 7 -> {
        byte[] other = samples.get(random.nextInt(samples.size()));
        int from = random.nextInt(other.length + 1);
        return joined(bytes, at, bytes.length - at, Arrays.copyOfRange(other, from, other.length));
      }
      case 8 -> {
        return Arrays.copyOf(bytes, at); // cut off
      }
      default -> {
        byte[] part = Arrays.copyOfRange(bytes, at, at + length);
        byte[] many = new byte[part.length * (2 + random.nextInt(30))];
        for (int i = 0; i < many.length; i++) {
          many[i] = part[i % part.length];
        }
        return joined(bytes, at, 0, many);
      }
    }
  }

  private byte[] word(SplittableRandom random) {
    List<String> from = random.nextBoolean() ? words : WORDS;
    return from.get(random.nextInt(from.size())).getBytes(StandardCharsets.UTF_8);
  }

  /** An extreme number in one of the ways in which formats write numbers. */
  private static byte[] number(SplittableRandom random) {
    long value = EXTREMES[random.nextInt(EXTREMES.length)];
    switch (random.nextInt(4)) {
      case 0 -> {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
      }
      case 1 -> {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array();
      }
      case 2 -> {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
      }
      default -> { // Avro's variable length, zig-zag
        ByteBuffer varint = ByteBuffer.allocate(10);
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
          varint.put((byte) (rest & 0x7F | 0x80));
          rest >>>= 7;
        }
        varint.put((byte) rest);
        return Arrays.copyOf(varint.array(), varint.position());
      }
    }
  }

  private static byte[] joined(byte[] bytes, int at, int removed, byte[] inserted) {
    byte[] joined = new byte[bytes.length - removed + inserted.length];
    System.arraycopy(bytes, 0, joined, 0, at);
    System.arraycopy(inserted, 0, joined, at, inserted.length);
    System.arraycopy(
        bytes, at + removed, joined, at + inserted.length, bytes.length - at - removed);
    return joined;
  }
}
