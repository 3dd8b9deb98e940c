package dev.weir.holiday;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.weir.file.NamedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holidays of a user's own: a CSV file with the header {@code date}, and {@code region} and {@code
 * name} if there are such; other columns are ignored. Days of one name are the same holiday.
 *
 * <pre>
 * date,region,name
 * 2026-12-24,,Christmas Eve
 * 2026-07-27,plant-north,maintenance
 * </pre>
 *
 * A day without a region is a holiday of all series; regions have names of the user's own, or are
 * those that have other holidays already.
 */
public final class HolidayFile {

  /** The region of days that are holidays of all series. */
  public static final String ALL = "";

  private static final int MAX_BYTES = 4 << 20;

  private static final int MAX_SHOWN = 60;

  private HolidayFile() {}

  /**
   * Reads a file.
   *
   * @param location a path or a URL
   * @param directory where a relative path starts; null for the working directory
   * @return days by region, each with its name or ""
   * @throws IllegalArgumentException when something is wrong, in one line with the file and the
   *     line
   */
  public static Map<String, Map<LocalDate, String>> read(String location, Path directory) {
    byte[] bytes = NamedFile.read(location, directory, MAX_BYTES);
    try {
      return parse(bytes, location);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // bytes have none
    }
  }

  private static Map<String, Map<LocalDate, String>> parse(byte[] bytes, String name)
      throws IOException {
    String text = text(bytes, name);
    Map<String, Map<LocalDate, String>> days = new LinkedHashMap<>();
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    int line = 1; // the header
    try (CsvParser rows = new CsvFactory().createParser(plain)) {
      rows.setSchema(CsvSchema.emptySchema().withHeader());
      while (rows.nextToken() != null) { // the start of a row
        if (line == 1) {
          checkHeader(rows.getSchema(), name);
        }
        line++;
        String date = "";
        String region = ALL;
        String holiday = "";
        for (String column = rows.nextFieldName(); column != null; column = rows.nextFieldName()) {
          String value = rows.nextTextValue().strip();
          date = column.equals("date") ? value : date;
          region = column.equals("region") ? value : region;
          holiday = column.equals("name") ? value : holiday;
        }
        days.computeIfAbsent(region, each -> new TreeMap<>())
            .merge(day(date, name, line), holiday, HolidayFile::oneName);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "expected CSV, got %s (%s)".formatted(shown(e.getOriginalMessage()), name));
    }
    if (days.isEmpty()) {
      throw new IllegalArgumentException("expected dates, got none (%s)".formatted(name));
    }
    return days;
  }

  /** The name of a day that has two: the first one in the alphabet, whichever comes first. */
  static String oneName(String one, String other) {
    return one.isEmpty() || !other.isEmpty() && other.compareTo(one) < 0 ? other : one;
  }

  private static String text(byte[] bytes, String name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "expected UTF-8 text, got other bytes (%s)".formatted(name), e);
    }
  }

  /** Comes before all else, and shows nothing of the file, which may be any file. */
  private static void checkHeader(CsvSchema header, String name) {
    if (header.column("date") == null) {
      throw new IllegalArgumentException(
          "expected a header with date, and region if there are regions, got another (%s)"
              .formatted(name));
    }
  }

  private static LocalDate day(String date, String name, int line) {
    try {
      return LocalDate.parse(date);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "expected a date such as 2026-12-24, got %s (%s line %d)"
              .formatted(shown(date), name, line));
    }
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "...";
  }
}
