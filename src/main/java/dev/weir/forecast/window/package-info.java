/**
 * Brings the observations of a series into event-time order and cuts them into windows. {@link
 * dev.weir.forecast.window.WindowState} is what is kept of a series between records. May import
 * {@code forecast} and the JDK.
 */
package dev.weir.forecast.window;
