package dev.weir.cli.deadletter;

import dev.weir.cli.console.Printable;
import dev.weir.forecast.Observation;
import dev.weir.kafka.admin.DeadLetterTopic.Letter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters are meant: those that all given options agree on. */
final class DeadLetterFilter {

  /** Offsets of one partition of the dead-letter topic, both ends included. */
  record Offsets(int partition, long first, long last) {}

  /** {@code 0:17} or {@code 0:17-20}. */
  static final class OffsetsConverter implements ITypeConverter<Offsets> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}):(\\d{1,18})(?:-(\\d{1,18}))?");

    @Override
    public Offsets convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "expected PARTITION:OFFSET or PARTITION:FIRST-LAST, got '%s'"
                .formatted(Printable.line(text)));
      }
      long first = Long.parseLong(matcher.group(2));
      long last = matcher.group(3) == null ? first : Long.parseLong(matcher.group(3));
      if (last < first) {
        throw new TypeConversionException(
            "expected FIRST-LAST in this order, got '%s'".formatted(text));
      }
      return new Offsets(Integer.parseInt(matcher.group(1)), first, last);
    }
  }

  @Option(
      names = "--reason",
      split = ",",
      paramLabel = "REASON",
      description = "Only those that died of it, such as LATE,MALFORMED.")
  private List<String> reasons = new ArrayList<>();

  @Option(
      names = "--series",
      paramLabel = "REGEX",
      description = "Only those whose key, or series as far as it can be read, matches as a whole.")
  private Pattern series;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only records that came to Kafka then or later, as 2026-01-31T12:00:00Z.")
  private Instant from;

  @Option(names = "--until", paramLabel = "TIME", description = "Only records before that time.")
  private Instant until;

  @Option(
      names = "--offsets",
      split = ",",
      paramLabel = "P:FIRST[-LAST]",
      converter = OffsetsConverter.class,
      description = "Only those at these places of the dead-letter topic.")
  private List<Offsets> offsets = new ArrayList<>();

  private LetterReader reader = new LetterReader();

  void use(LetterReader letterReader) {
    reader = letterReader;
  }

  /** Whether no option narrows it. */
  boolean isEverything() {
    return reasons.isEmpty()
        && series == null
        && from == null
        && until == null
        && offsets.isEmpty();
  }

  boolean includes(Letter letter) {
    if (!reasons.isEmpty() && !reasons.contains(letter.reason())) {
      return false;
    }
    if (!offsets.isEmpty() && offsets.stream().noneMatch(range -> isWithin(range, letter))) {
      return false;
    }
    if (from != null || until != null) {
      if (letter.source() == null) {
        return false;
      }
      Instant time = Instant.ofEpochMilli(letter.source().timestamp());
      if (from != null && time.isBefore(from) || until != null && !time.isBefore(until)) {
        return false;
      }
    }
    return series == null || isNamed(letter);
  }

  private static boolean isWithin(Offsets range, Letter letter) {
    return range.partition == letter.partition()
        && range.first <= letter.offset()
        && letter.offset() <= range.last;
  }

  private boolean isNamed(Letter letter) {
    byte[] key = letter.key();
    if (key != null
        && key.length <= 4 * Observation.MAX_SERIES_LENGTH
        && series.matcher(new String(key, StandardCharsets.UTF_8)).matches()) {
      return true;
    }
    return reader.series(letter).stream()
        .filter(name -> name.length() <= Observation.MAX_SERIES_LENGTH)
        .anyMatch(name -> series.matcher(name).matches());
  }
}
