/**
 * Orders the observations of a series by event time and cuts them into windows.
 *
 * <p>Start at {@link dev.weir.forecast.window.SeriesEngine}, which forecasts and classes share:
 * {@link dev.weir.forecast.window.Windows} decides whether an observation is late, {@link
 * dev.weir.forecast.window.SeriesOrder} when a series goes on at an earlier time and when it
 * expires. {@link dev.weir.forecast.window.WindowState} is the state of one series, and {@link
 * dev.weir.forecast.window.WindowStateFormat} defines its bytes. {@link
 * dev.weir.forecast.window.SeriesState} and {@link dev.weir.forecast.window.SeriesResult} are the
 * argument and the result of an engine; forecasts and classes extend both.
 */
package dev.weir.forecast.window;
