package dev.weir.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Parts of the HTML files that commands write, which need nothing else. */
public final class Html {

  private Html() {}

  /**
   * The start of a page, up to its heading.
   *
   * @param style that it needs beside the one of all reports
   */
  public static StringBuilder page(String title, String style) {
    StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n");
    page.append("<meta charset=\"utf-8\">\n<title>").append(escaped(title)).append("</title>\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n");
    page.append(resource("report.css")).append(style);
    page.append("</style>\n</head>\n<body>\n<h1>").append(escaped(title));
    return page.append("</h1>\n");
  }

  /** Adds a paragraph in the colour of remarks. */
  public static void dim(StringBuilder page, String text) {
    page.append("<p class=\"dim\">").append(escaped(text)).append("</p>\n");
  }

  /** Adds titles and rows of a table. */
  public static <R> void rows(StringBuilder page, Table<R> table, List<R> rows) {
    row(page, "th", table.titles());
    rows.forEach(row -> row(page, "td", table.cells(row)));
  }

  /**
   * Adds a row of a table.
   *
   * @param cell td or th
   */
  public static void row(StringBuilder page, String cell, List<String> fields) {
    page.append("<tr>");
    for (String field : fields) {
      page.append('<').append(cell).append('>').append(escaped(field));
      page.append("</").append(cell).append('>');
    }
    page.append("</tr>\n");
  }

  /** A file of the reports: a style or a script. */
  public static String resource(String name) {
    try (InputStream in = Html.class.getResourceAsStream("/evaluation/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Text as HTML shows it, also within an attribute. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
