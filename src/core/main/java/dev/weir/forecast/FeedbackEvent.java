package dev.weir.forecast;

import dev.weir.forecast.Incident.Reason;

/**
 * Dismisses an incident as a false alarm, with the record that brought it: its reason needs more
 * evidence in the series from now on.
 *
 * @param series of the incident
 * @param reason of the incident
 * @param start of the incident, milliseconds since 1970 in UTC
 */
public record FeedbackEvent(String series, Reason reason, long start, SourceRecord source)
    implements InputEvent {}
