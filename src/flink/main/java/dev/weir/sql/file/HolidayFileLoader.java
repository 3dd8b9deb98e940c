package dev.weir.sql.file;

import dev.weir.holiday.HolidayFile;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;

/** Reads a file of holidays. */
public final class HolidayFileLoader {

  private HolidayFileLoader() {}

  /**
   * Reads a {@link HolidayFile}.
   *
   * @return days by region
   * @throws IllegalArgumentException with one line that says why it can't be used
   */
  public static Map<String, Map<LocalDate, String>> read(String location) {
    try {
      return HolidayFile.parse(bytes(location), location);
    } catch (IOException e) {
      throw unreadable(location, e);
    }
  }

  private static byte[] bytes(String location) throws IOException {
    try {
      return StatementFile.read(location, HolidayFile.MAX_BYTES);
    } catch (IllegalArgumentException e) { // no path at all
      throw unreadable(location, e);
    }
  }

  private static IllegalArgumentException unreadable(String location, Exception cause) {
    return new IllegalArgumentException(
        "expected a readable CSV file, got %s (%s)".formatted(location, cause), cause);
  }
}
