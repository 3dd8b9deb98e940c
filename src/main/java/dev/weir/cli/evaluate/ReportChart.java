package dev.weir.cli.evaluate;

import dev.weir.cli.evaluate.ChartAxis.Tick;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A line chart with axes as SVG; a style sheet gives the colours. */
final class ReportChart {

  private static final int WIDTH = 880;
  private static final int HEIGHT = 260;
  private static final int LEFT = 76;
  private static final int RIGHT = 16;
  private static final int TOP = 10;
  private static final int BOTTOM = 44;

  private final double[] x;
  private final double low;
  private final double high;
  private final StringBuilder axes = new StringBuilder();
  private final StringBuilder shapes = new StringBuilder();

  /**
   * @param x places of all lines' points, ascending
   * @param low lowest value that is seen
   */
  ReportChart(double[] x, double low, double high) {
    this.x = x;
    double margin = high > low ? 0.04 * (high - low) : Math.max(1e-9, Math.abs(low) / 10);
    this.low = low - margin;
    this.high = high + margin;
  }

  ReportChart axes(List<Tick> ticks, String title, String values) {
    int bottom = HEIGHT - BOTTOM;
    for (Tick tick : ChartAxis.ofNumbers(low, high)) {
      double y = y(tick.at());
      axes.append(f("<line class=\"grid\" x1=\"%d\" x2=\"%d\" ", LEFT, WIDTH - RIGHT));
      axes.append(f("y1=\"%.1f\" y2=\"%.1f\"/>", y, y));
      text(LEFT - 8, y + 4, "end", tick.label());
    }
    for (Tick tick : ticks) {
      double at = x(tick.at());
      axes.append(f("<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" ", at, at));
      axes.append(f("y1=\"%d\" y2=\"%d\"/>", bottom, bottom + 5));
      boolean last = at > WIDTH - 4 * tick.label().length();
      text(last ? WIDTH : at, bottom + 18, last ? "end" : "middle", tick.label());
    }
    axes.append(f("<line class=\"axis\" x1=\"%d\" x2=\"%d\" ", LEFT, WIDTH - RIGHT));
    axes.append(f("y1=\"%d\" y2=\"%d\"/>\n", bottom, bottom));
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", title);
    double middle = (TOP + bottom) / 2.0;
    axes.append(f("<text transform=\"rotate(-90 12 %.1f)\" x=\"12\" y=\"%.1f\" ", middle, middle));
    axes.append("text-anchor=\"middle\">")
        .append(EvaluationPage.escaped(values))
        .append("</text>\n");
    return this;
  }

  private void text(double at, double y, String anchor, String text) {
    axes.append(f("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", at, y, anchor));
    axes.append(EvaluationPage.escaped(text)).append("</text>\n");
  }

  ReportChart line(String style, double[] values) {
    List<String> points = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        points.add(point(i, values[i]));
      }
    }
    return shape("polyline", style, points);
  }

  ReportChart band(String style, double[] lower, double[] upper) {
    List<String> points = new ArrayList<>();
    for (int i = 0; i < upper.length; i++) {
      points.add(point(i, upper[i]));
    }
    for (int i = lower.length - 1; i >= 0; i--) {
      points.add(point(i, lower[i]));
    }
    return shape("polygon", style, points);
  }

  private ReportChart shape(String tag, String style, List<String> points) {
    shapes.append(f("<%s class=\"%s\" points=\"", tag, style));
    shapes.append(String.join(" ", points)).append("\"/>\n");
    return this;
  }

  private String point(int i, double value) {
    return f("%.1f,%.1f", x(x[i]), y(value));
  }

  private double x(double at) {
    double span = x[x.length - 1] - x[0];
    double share = span > 0 ? (at - x[0]) / span : 0.5;
    return LEFT + (WIDTH - LEFT - RIGHT) * share;
  }

  private double y(double value) {
    double share = value / (high - low) - low / (high - low); // whose difference may overflow
    double far = Math.max(-2, Math.min(3, share)); // beyond is clipped anyway
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * far;
  }

  /**
   * @param clip an id that no other chart of the page has
   * @param label what it shows, for who does not see it
   */
  String svg(String clip, String label) {
    return f("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT)
        + EvaluationPage.escaped(label)
        + f("\">\n<clipPath id=\"%s\"><rect x=\"%d\" y=\"%d\" ", clip, LEFT, TOP)
        + f("width=\"%d\" ", WIDTH - LEFT - RIGHT)
        + f("height=\"%d\"/></clipPath>\n", HEIGHT - BOTTOM - TOP)
        + axes
        + f("<g clip-path=\"url(#%s)\">\n", clip)
        + shapes
        + "</g></svg>\n";
  }

  private static String f(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
