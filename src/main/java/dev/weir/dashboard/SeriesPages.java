package dev.weir.dashboard;

import dev.weir.dashboard.SeriesHistory.Issued;
import dev.weir.dashboard.SeriesHistory.ModeView;
import dev.weir.dashboard.SeriesHistory.Swap;
import dev.weir.forecast.Forecast;
import dev.weir.forecast.Score;
import dev.weir.model.Mode;
import java.io.IOException;
import java.util.Map;

/** The list of series and one series' history, as JSON. */
final class SeriesPages {

  private SeriesPages() {}

  static byte[] list(SeriesTable.Page page, int offset) {
    return Json.object(
        json -> {
          json.number("total", (long) page.total());
          json.number("offset", (long) offset);
          json.array(
              "items",
              items -> {
                for (SeriesRow.Item item : page.items()) {
                  items.item(one -> item(one, item));
                }
              });
        });
  }

  private static void item(Json json, SeriesRow.Item item) throws IOException {
    json.text("series", item.series());
    json.array(
        "modes",
        modes -> {
          for (Mode mode : item.modes()) {
            modes.item(mode.label());
          }
        });
    json.text("status", item.status() == null ? null : item.status().name());
    time(json, "time", item.time());
    json.number("value", item.value());
    json.number("mae", item.mae());
    json.number("mase", item.mase());
    json.number("relative", item.relative());
    json.number("relative_seasonal", item.relativeSeasonal());
    json.number("coverage", item.coverage());
    model(json, item.model(), item.version());
    json.numbers("sparkline", item.sparkline());
  }

  /**
   * @param why a sentence, or null
   */
  static byte[] history(SeriesHistory.View view, String why) {
    return Json.object(
        json -> {
          json.text("series", view.series());
          json.number("sequence", view.sequence());
          json.object(
              "observations",
              observations -> {
                observations.numbers("time", view.times());
                observations.numbers("value", view.values());
              });
          json.object(
              "modes",
              modes -> {
                for (Map.Entry<Mode, ModeView> mode : view.modes().entrySet()) {
                  modes.object(mode.getKey().label(), one -> mode(one, mode.getValue()));
                }
              });
          json.array(
              "swaps",
              swaps -> {
                for (Swap swap : view.swaps()) {
                  swaps.item(
                      one -> {
                        one.number("time", swap.time());
                        one.text("mode", swap.mode().label());
                        model(one, swap.model(), swap.version());
                      });
                }
              });
          time(json, "oldest", view.oldest());
          json.text("why", why);
        });
  }

  private static void mode(Json json, ModeView mode) throws IOException {
    json.number("level", mode.level());
    json.number("wide_level", mode.wideLevel());
    json.array(
        "forecasts",
        forecasts -> {
          for (Issued issued : mode.forecasts()) {
            forecasts.item(one -> issued(one, issued));
          }
        });
    if (mode.score() == null) {
      json.none("score");
    } else {
      json.object("score", score -> score(score, mode.score()));
    }
  }

  private static void issued(Json json, Issued issued) throws IOException {
    json.number("origin", issued.origin);
    time(json, "issued", issued.issued);
    model(json, issued.model, issued.version);
    json.text("status", issued.status.name());
    if (issued.times == null) {
      json.none("time");
    } else {
      json.numbers("time", issued.times);
    }
    json.numbers("value", issued.values);
    numbers(json, "lower", issued.lower);
    numbers(json, "upper", issued.upper);
    numbers(json, "wide_lower", issued.wideLower);
    numbers(json, "wide_upper", issued.wideUpper);
  }

  private static void numbers(Json json, String name, double[] values) throws IOException {
    if (values == null) {
      json.none(name);
    } else {
      json.numbers(name, values);
    }
  }

  private static void score(Json json, Score score) throws IOException {
    json.number("time", score.time());
    json.number("mae", score.mae());
    json.number("mase", score.mase());
    json.number("coverage", score.coverage());
    json.number("level", score.level());
    json.numbers("errors", score.errors());
    json.array(
        "methods",
        methods -> {
          for (Score.Method method : score.methods()) {
            methods.item(
                one -> {
                  one.text("name", method.name());
                  one.number("mae", method.mae());
                  one.number("share", method.share());
                });
          }
        });
  }

  /** Null where there was no model yet. */
  private static void model(Json json, String model, long version) throws IOException {
    if (model.isEmpty() || version == Forecast.NO_VERSION) {
      json.text("model", model.isEmpty() ? null : model);
      json.none("version");
    } else {
      json.text("model", model);
      json.number("version", version);
    }
  }

  private static void time(Json json, String name, long time) throws IOException {
    if (time == Long.MIN_VALUE) {
      json.none(name);
    } else {
      json.number(name, time);
    }
  }
}
