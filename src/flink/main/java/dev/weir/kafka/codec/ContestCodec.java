package dev.weir.kafka.codec;

import dev.weir.forecast.ContestReport;
import dev.weir.forecast.ContestReport.Event;
import dev.weir.forecast.ContestReport.Standing;
import dev.weir.kafka.wire.AvroBytes;
import dev.weir.kafka.wire.MalformedRecordException;
import dev.weir.model.Mode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reports about models that compete, as records of the model topic without weights: which model is
 * the champion, under the key {@code JOB@MODE}, and how they do, under {@code JOB@MODE@standings}.
 */
public final class ContestCodec {

  private static final String MARK = ModelCodec.COPY_MARK;
  private static final String STANDINGS = "standings";
  private static final String STANDING = "standing:"; // before a model's name
  private static final int PARTS = 3;

  private ContestCodec() {}

  /**
   * What the key of a report says.
   *
   * @param isChampion whether it is of the champion, else of the standings
   */
  public record Key(String job, Mode mode, boolean isChampion) {

    /** Null of another key, which may be null too. */
    public static Key of(byte[] key) {
      String[] parts =
          key == null
              ? new String[0]
              : new String(key, StandardCharsets.UTF_8).split(MARK, PARTS + 1);
      boolean isChampion = parts.length == PARTS - 1;
      if (!isChampion && !(parts.length == PARTS && parts[2].equals(STANDINGS))) {
        return null;
      }
      Mode mode = Mode.ofLabel(parts[1]);
      return mode == null ? null : new Key(parts[0], mode, isChampion);
    }

    /** As Kafka has it. */
    public byte[] bytes() {
      String key = job + MARK + mode.label() + (isChampion ? "" : MARK + STANDINGS);
      return key.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The key of a report. */
  public static byte[] key(ContestReport report) {
    return new Key(report.job(), report.mode(), report.event() != Event.STANDINGS).bytes();
  }

  /** The record of a report; it names the champion. */
  public static byte[] encode(ContestReport report) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("event", report.event().name().toLowerCase(Locale.ROOT));
    facts.put("before", report.before());
    facts.put("enough", Double.toString(report.enough()));
    long version = 0;
    for (Standing each : report.standings()) {
      facts.put(
          STANDING + each.model(),
          each.version()
              + " "
              + each.days()
              + " "
              + each.series()
              + " "
              + each.gain()
              + " "
              + each.evidence());
      version = each.model().equals(report.champion()) ? Math.max(0, each.version()) : version;
    }
    return AvroBytes.of(
        new dev.weir.kafka.avro.Model(
            report.champion(),
            version,
            Instant.ofEpochMilli(report.time()),
            ByteBuffer.allocate(0),
            facts));
  }

  /** The report of a record with this key. */
  public static ContestReport decode(Key key, byte[] value) throws MalformedRecordException {
    dev.weir.kafka.avro.Model record = new ModelCodec().record(value);
    Map<String, String> facts = new TreeMap<>(record.getProvenance());
    try {
      List<Standing> standings = new ArrayList<>();
      for (Map.Entry<String, String> fact : facts.entrySet()) {
        if (fact.getKey().startsWith(STANDING)) {
          String[] of = fact.getValue().split(" ");
          standings.add(
              new Standing(
                  fact.getKey().substring(STANDING.length()),
                  Long.parseLong(of[0]),
                  Long.parseLong(of[1]),
                  Long.parseLong(of[2]),
                  Double.parseDouble(of[3]),
                  Double.parseDouble(of[4])));
        }
      }
      return new ContestReport(
          key.job(),
          key.mode(),
          Event.valueOf(facts.get("event").toUpperCase(Locale.ROOT)),
          record.getCreated().toEpochMilli(),
          record.getName(),
          facts.get("before"),
          Double.parseDouble(facts.get("enough")),
          standings);
    } catch (RuntimeException e) { // a field is missing or is no number
      throw new MalformedRecordException(
          "model: expected a report about models that compete, got " + facts.keySet(), e);
    }
  }
}
