package dev.weir.cli.series;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.InProcess;
import dev.weir.forecast.Observation;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files as people have them: each is forecast in one command, or refused in one line. */
class RealFilesIT {

  @TempDir private Path dir;

  /**
   * @param read series and values, and the newest of one; null for a file that is refused
   * @param said what standard error says
   */
  private record Real(String kind, Charset charset, String text, String read, String said) {
    @Override
    public String toString() {
      return kind;
    }
  }

  private static Real read(String kind, String read, String said, String text) {
    return new Real(kind, StandardCharsets.UTF_8, text, read, said);
  }

  private static Real refused(String kind, String said, String text) {
    return new Real(kind, StandardCharsets.UTF_8, text, null, said);
  }

  private static String rows(int count, IntFunction<String> row) {
    return IntStream.range(0, count).mapToObj(row).collect(Collectors.joining("\n", "", "\n"));
  }

  /** A day of January 2021, from 0 on. */
  private static String day(int i, String pattern) {
    return LocalDate.of(2021, 1, 1).plusDays(i).format(DateTimeFormatter.ofPattern(pattern));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  static Stream<Real> files() {
    return Stream.of(
        read(
            "articles of a shop, day by day",
            "200 series, 1,600 values; A199 2021-01-08T00:00:00Z 1406.0", // 199 + 8 - 1 + 1200
            "columns series=article,time=date,value=qty",
            "article,date,qty\n"
                + rows(
                    1_600,
                    i ->
                        "A%03d,%s,%d"
                            .formatted(
                                i % 200, day(i / 200, "yyyy-MM-dd"), 1200 + i % 200 + i / 200))),
        read(
            "articles by number, one after the other",
            "3 series, 60 values; 4713 2021-01-20T00:00:00Z 19.5",
            "columns series=Artikelnummer,time=Tag,value=Absatz",
            "Artikelnummer;Bezeichnung;Tag;Absatz\n"
                + rows(
                    60,
                    i ->
                        "%d;Tee;%s;%d,5"
                            .formatted(4711 + i / 20, day(i % 20, "dd.MM.yyyy"), i % 20))),
        read(
            "quotes, newest first",
            "1 series, 30 values; real 2021-01-30T00:00:00Z 1029.25",
            "1 series sorted by time",
            "Date,Close\n"
                + rows(30, i -> "%s,\"1,0%02d.25\"".formatted(day(29 - i, "M/d/yyyy"), 29 - i))),
        read(
            "spreadsheet with errors and dashes",
            "1 series, 17 values; real 2021-01-20T00:00:00Z 19.5", // of 20 less 3
            "3 cells without a number left out, first '#NV' in line 5",
            "Datum;Menge\n"
                + rows(
                    20,
                    i ->
                        day(i, "dd.MM.yyyy")
                            + ";"
                            + (i == 3 ? "#NV" : i == 7 ? "N/A" : i == 8 ? "-" : i + ",5"))),
        read(
            "bookkeeping in euros",
            "1 series, 12 values; real 2021-01-12T00:00:00Z 1237.01",
            "decimal comma",
            "Datum;Betrag\n"
                + rows(12, i -> day(i, "dd.MM.yyyy") + (i == 11 ? ";1.237,01 €" : ";237,01 €"))),
        read(
            "smart meter: date and time of day, kWh",
            "1 series, 48 values; real 2021-01-01T11:45:00Z 1234.5",
            "columns time=Datum+Uhrzeit,value=Verbrauch",
            "Datum;Uhrzeit;Verbrauch;Status\n"
                + rows(
                    48,
                    i ->
                        "01.01.2021;%02d:%02d;1.2%02d,5 kWh;W"
                            .formatted(i / 4, 15 * (i % 4), i == 47 ? 34 : i % 30))),
        read(
            "report with a title and a total",
            "1 series, 20 values; real 2021-01-20T00:00:00Z 39.0",
            "4 lines above the header left out, 2 lines from line 26 on left out: 'Summe 590'",
            "Umsatzbericht 2021\nErstellt am 03.02.2021, Filiale Nord\n;;\nKunde;4711;01.02.2021\n"
                + "Datum;Umsatz;Gebiet\n"
                + rows(20, i -> day(i, "dd.MM.yyyy") + ";" + (20 + i) + ";Nord")
                + "Summe;590;\n\nQuelle: eigene Daten\n"),
        read(
            "years of two digits",
            "1 series, 20 values; real 2021-01-20T00:00:00Z 19.0",
            "day before month",
            "Tag;Wert\n" + rows(20, i -> day(i, "dd.MM.yy") + ";" + i)),
        read(
            "25 columns of values",
            "25 series, 300 values; real/m25 2021-01-12T00:00:00Z 44.0",
            "columns time=t,value=m1+m2+m3",
            "t,"
                + rows(25, i -> "m" + (i + 1)).strip().replace('\n', ',')
                + "\n"
                + rows(
                    12,
                    i ->
                        day(i, "yyyy-MM-dd") + rows(25, k -> "," + (i + k + 9)).replace("\n", ""))),
        read(
            "names with units",
            "2 series, 24 values; real/Umsatz (€) 2021-01-12T00:00:00Z 22.5",
            "columns time=Datum (TT.MM.JJJJ),value=Umsatz (€)+Menge [St.]",
            "Datum (TT.MM.JJJJ);Umsatz (€);Menge [St.]\n"
                + rows(12, i -> "%s;%d,5;%d".formatted(day(i, "dd.MM.yyyy"), 2 * i, 5 * i))),
        read(
            "export of Excel: mark, separator, quotes, a title",
            "2 series, 24 values; real/Load 2021-01-12T00:00:00Z 111.0",
            "2 lines above the header left out",
            "\ufeffsep=;\r\nReport;;\r\n\"Datum\";\"Load\";\"Solar\"\r\n"
                + rows(
                    12,
                    i -> "\"%s\";\"%d\";\"%d\"\r".formatted(day(i, "yyyy-MM-dd"), 100 + i, i * i))),
        read(
            "French: spaces between thousands",
            "1 series, 20 values; real 2021-01-20T00:00:00Z 1234.5",
            "day before month",
            "Date;Montant\n"
                + rows(20, i -> day(i, "dd/MM/yyyy") + ";1\u202f2" + (15 + i) + ",50")),
        read(
            "Swiss: apostrophes between thousands",
            "1 series, 20 values; real 2021-01-20T00:00:00Z 1234567.5",
            "real.csv: columns time=Datum,value=CHF",
            "Datum,CHF\n" + rows(20, i -> day(i, "yyyy-MM-dd") + ",1'234'5" + (48 + i) + ".50")),
        read(
            "ERP: plain dates, plant and material, the sign behind",
            "4 series, 80 values; 1000/4712 2021-01-20T00:00:00Z -19.5",
            "columns series=Werk+Material,time=Buch.dat,value=Menge",
            "Buch.dat|Werk|Material|Menge|ME\n"
                + rows(
                    80,
                    i ->
                        "%s|%d|%d|%d,500-|ST"
                            .formatted(
                                day(i / 4, "yyyyMMdd"),
                                1000 + i % 2 * 100,
                                4711 + i % 4 / 2,
                                i / 4))),
        read(
            "weather service: hours without signs",
            "1 series, 24 values; 44 2021-01-01T23:00:00Z 2.3",
            "columns series=STATIONS_ID,time=MESS_DATUM,value=TT_TU",
            "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;eor\n"
                + rows(24, i -> format("       44;20210101%02d;    3; %4.1f;eor", i, i / 10.0))),
        read(
            "sensors in turn, in seconds since 1970",
            "2 series, 40 values; b 2021-01-01T00:06:30Z 39.0",
            "columns series=sensor,time=ts,value=temp",
            "ts,sensor,temp\n"
                + rows(
                    40,
                    i -> "%d,%s,%d".formatted(1_609_459_200 + 10 * i, i % 2 == 0 ? "a" : "b", i))),
        read(
            "hours of local time, one twice",
            "1 series, 99 values; real 2021-10-31T22:00:00Z 99.0",
            "real: 1 value left out, since a time has one",
            "zeit,last\n"
                + rows(
                        100,
                        i ->
                            Instant.parse("2021-10-27T19:00:00Z")
                                    .plusSeconds(3_600L * i)
                                    .toString()
                                    .substring(0, 16)
                                + ","
                                + i)
                    .replace("2021-10-31T03:00,80", "2021-10-31T02:00,80")),
        new Real(
            "text of Excel in UTF-16",
            StandardCharsets.UTF_16,
            "Datum\tWert\n01.01.2021\t5\n",
            null,
            "expected UTF-8 text, got the byte 0xFE (byte 1 of the file); save it as UTF-8, as with"
                + " iconv -f UTF-16 -t UTF-8"),
        new Real(
            "German text of Windows",
            Charset.forName("windows-1252"),
            "Datum;Umsatz (€)\n01.01.2021;5\n",
            null,
            "real.csv line 1: expected UTF-8 text, got the byte 0x80"),
        refused(
            "bank statement, several bookings a day",
            "expected one value for each time, got 01.01.2021 several times and no column that"
                + " tells series apart; sum them up; --columns series=...,time=...,value=... names"
                + " the columns",
            "Buchungstag;Valuta;Auftraggeber;Verwendungszweck;Betrag;Waehrung\n"
                + rows(
                    20,
                    i ->
                        "%s;%1$s;Firma %d;Kauf %2$d;-%2$d,50;EUR"
                            .formatted(day(i / 3, "dd.MM.yyyy"), i))),
        refused(
            "grid operator: date and hour",
            "expected a time of day such as 13:00 in Hour, got '1', which may be the hour's begin"
                + " or its end; write it so",
            "Date,Hour,Load\n"
                + rows(
                    72, i -> "%s,%d,%d".formatted(day(i / 24, "yyyy-MM-dd"), 1 + i % 24, 50 + i))),
        refused(
            "load profile with a column for each time of day",
            "expected one time in each row, got columns called 00:15 and 00:30; put their values"
                + " one below the other",
            "Datum;00:15;00:30;00:45\n"
                + rows(12, i -> "%s;%d;%d;3".formatted(day(i, "dd.MM.yyyy"), i, 2 * i))),
        refused(
            "no header",
            "real.csv line 1: expected a line with the names of the columns at the top, got"
                + " 2021-01-01,0",
            rows(12, i -> day(i, "yyyy-MM-dd") + "," + i)),
        refused(
            "days as spreadsheets count them",
            "expected a column of times and one of numbers, got day,value",
            "day,value\n" + rows(12, i -> (44_197 + i) + "," + i)),
        refused(
            "two units in a column",
            "real.csv line 13: Menge: expected a number of kg as above, got '1 t'",
            "Datum;Menge\n" + rows(12, i -> day(i, "dd.MM.yyyy") + (i == 11 ? ";1 t" : ";900 kg"))),
        refused(
            "a word among the numbers",
            "real.csv line 13: Menge: expected a finite number, got 'viel'",
            "Datum;Menge\n" + rows(60, i -> day(i, "dd.MM.yyyy") + (i == 11 ? ";viel" : ";9"))),
        refused(
            "a word among four numbers",
            "real.csv line 3: sales: expected a finite number, got 'abc'",
            "date,sales\n" + rows(5, i -> day(i, "yyyy-MM-dd") + (i == 1 ? ",abc" : ",9"))));
  }

  @ParameterizedTest
  @MethodSource("files")
  void fileOfPeopleIsForecastOrRefusedInOneLine(Real file) throws IOException {
    Path input = dir.resolve("real.csv");
    Files.write(input, file.text.getBytes(file.charset));
    InProcess weir = InProcess.weir("forecast --horizon 2 --format csv --input %s", input);
    assertThat(weir.err()).contains(file.said);
    if (file.read == null) {
      weir.failed(1);
      assertThat(weir.out()).isEmpty();
      assertThat(weir.err().lines()).hasSizeBetween(1, 2); // with where to read on
      return;
    }
    weir.succeeded();
    String[] read = file.read.split("; ");
    assertThat(weir.err()).contains("learning " + read[0]);
    assertThat(weir.out().lines()).hasSize(1 + 2 * Integer.parseInt(read[0].split(" ")[0]));
    Map<String, List<Observation>> series =
        SeriesFiles.inOrder(
            SeriesFiles.observations(List.of(input), List.of(), SeriesColumns.DEFAULT, false),
            0,
            Integer.MAX_VALUE);
    assertThat(series.values())
        .extracting(all -> all.get(all.size() - 1))
        .extracting(
            o -> "%s %s %s".formatted(o.series(), Instant.ofEpochMilli(o.time()), o.value()))
        .contains(read[1]);
  }
}
