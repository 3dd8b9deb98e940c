package dev.weir.forecast;

/**
 * The true class of a window, with the record that brought it.
 *
 * @param series which series
 * @param time of the window's newest observation, or within the window if windows do not overlap
 * @param label the class
 */
public record LabelEvent(String series, long time, String label, SourceRecord source)
    implements InputEvent {}
