package dev.weir.cli.alarm;

import static dev.weir.cli.console.ForecastLines.minute;
import static dev.weir.cli.console.ForecastLines.number;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.weir.cli.console.Printable;
import dev.weir.forecast.Incident;
import dev.weir.forecast.Incident.Reason;
import dev.weir.forecast.Incident.Warning;
import dev.weir.forecast.Incident.Worst;
import dev.weir.kafka.wire.Json;
import dev.weir.option.Durations;
import dev.weir.option.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Explains one incident to a person, from its records. */
final class IncidentExplanation {

  private static final double MAX_SURPRISE = 5;

  /** What each reason of a surprise means. */
  private static final Map<Reason, String> REASONS =
      Map.of(
          Reason.NOVELTY,
          "Novelty: it is outside the range of all values so far, or the series repeats a value for"
              + " longer than ever.",
          Reason.LEVEL,
          "Level: the mean of the last 10 values is far from the mean of all values so far.",
          Reason.DRIFT,
          "Drift: the mean of the last 40 errors is far from zero: forecasts have been too high, or"
              + " too low, for some time.",
          Reason.ERROR,
          "Error: it is far from its forecast, or the value before was, by the usual errors of this"
              + " series.",
          Reason.BREAK,
          "Break: a change that lasts: the level, the season or the size of the errors has been"
              + " another for about 140 values.");

  private final List<Incident> records; // oldest first
  private final Incident newest;

  /**
   * @param records of one incident, oldest first, at least one
   */
  IncidentExplanation(List<Incident> records) {
    this.records = List.copyOf(records);
    this.newest = records.get(records.size() - 1);
  }

  String text() {
    List<String> course = new ArrayList<>(records.stream().map(IncidentLines::course).toList());
    if (newest.isOpen()) {
      course.add(" ".repeat(18) + "still open");
    }
    return """
    %s: %s, %s, %s
    incident %s

    %s

    %s

    To look further: weir dashboard JOB.yaml, tab Alarms.\
    """
        .formatted(
            Printable.line(newest.series()),
            newest.severity().label(),
            newest.reason().label(),
            newest.isOpen() ? "open" : "closed",
            Printable.line(newest.id()),
            String.join("\n", sentences()),
            String.join("\n", course));
  }

  private List<String> sentences() {
    if (newest.reason() == Reason.SILENCE) {
      return silence();
    }
    List<String> sentences = new ArrayList<>();
    if (newest.warning() != null) {
      threshold(newest.warning(), sentences);
    } else {
      sentences.add(worst(newest.worst()));
      sentences.add(REASONS.getOrDefault(newest.reason(), "Threshold: not known which."));
    }
    if (isRare()) {
      sentences.add(rarity(newest.worst().surprise()));
    }
    sentences.add(
        newest.model().isEmpty()
            ? "Forecasts were learned from this series alone, without a model."
            : "Forecasts were made with model %s, version %d."
                .formatted(Printable.line(newest.model()), newest.modelVersion()));
    return sentences;
  }

  private List<String> silence() {
    String missing =
        Numbers.counted(newest.values(), "value") + (newest.values() == 1 ? " is" : " are");
    return List.of(
        "The last value before it is %s, at %s UTC."
            .formatted(number(newest.worst().value()), minute(newest.worst().time())),
        newest.isOpen()
            ? "Silence: no value has come since; at %s UTC %s missing."
                .formatted(minute(newest.time()), missing)
            : "Silence: it lasted %s, in which %s missing."
                .formatted(Durations.shown(newest.duration()), missing));
  }

  private static String worst(Worst worst) {
    return "The most surprising value is %s, at %s UTC. "
            .formatted(number(worst.value()), minute(worst.time()))
        + (Double.isNaN(worst.expected())
            ? "It has no forecast, such as after a gap."
            : "Its forecast was %s, so the error is %s%s."
                .formatted(
                    number(worst.expected()), worst.error() > 0 ? "+" : "", number(worst.error())));
  }

  private void threshold(Warning warning, List<String> sentences) {
    Worst worst = newest.worst();
    Long crossing = warning.crossing();
    sentences.add(
        "Threshold: the forecast at %s UTC gave %.0f %% for a value %s %s within the next %s%s."
            .formatted(
                minute(worst.time()),
                100 * warning.probability(),
                warning.direction(),
                number(warning.limit()),
                Numbers.counted(warning.within(), "value"),
                crossing == null ? "" : ", at about %s UTC".formatted(minute(crossing))));
    sentences.add(
        "The value was %s, and the forecast for the crossing %s."
            .formatted(number(worst.value()), number(worst.expected())));
    if (warning.outcome() != null) {
      sentences.add(
          switch (warning.outcome()) {
            case CROSSED ->
                "Outcome: crossed, by the value at %s UTC.".formatted(minute(newest.time()));
            case MISSED -> "Outcome: missed, since no value crossed the limit in time.";
            case DROPPED -> "Outcome: not known, since the series or the threshold was dropped.";
          });
    }
  }

  /** Whether a surprise opened the incident; what a break opens with may be a usual value. */
  private boolean isRare() {
    return REASONS.containsKey(newest.reason())
        && (newest.reason() != Reason.BREAK || records.get(0).reason() != Reason.BREAK);
  }

  private String rarity(double surprise) {
    return "Surprise %.1f: %s once in %,d values of this series, which makes it %s."
        .formatted(
            surprise,
            surprise >= MAX_SURPRISE ? "at most" : "about",
            onceIn(),
            newest.severity().label());
  }

  private long onceIn() {
    double exact = Math.pow(10, Math.min(MAX_SURPRISE, Math.max(0, newest.worst().surprise())));
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(exact)) - 1));
    return (long) (Math.round(exact / unit) * unit); // two digits are as many as it deserves
  }

  /** One object: the newest record, all records and the explanation. */
  String json() {
    ObjectNode all = Json.object();
    all.putRawValue("incident", new RawValue(IncidentLines.json(newest, null)));
    all.put("open", newest.isOpen());
    all.put("explanation", String.join(" ", sentences()));
    all.put("once_in", isRare() ? onceIn() : null);
    ArrayNode course = all.putArray("records");
    records.forEach(record -> course.addRawValue(new RawValue(IncidentLines.json(record, null))));
    return all.toString();
  }
}
