package dev.weir.forecast;

import dev.weir.forecast.Incident.Reason;

/**
 * Says that an incident was a false alarm, together with the record that brought it: its reason
 * needs more evidence in the series from now on.
 *
 * @param series whose incident it is about
 * @param reason of the incident
 * @param start of the incident, milliseconds since 1970 in UTC
 */
public record FeedbackEvent(String series, Reason reason, long start, SourceRecord source)
    implements InputEvent {}
