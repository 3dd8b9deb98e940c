/**
 * Reads the section {@code holidays} of a job file.
 *
 * <p>Start at {@link dev.weir.job.calendar.HolidaySection}.
 *
 * <p>Allowed imports: {@code forecast.calendar}, {@code holiday}, {@code job.options}, {@code
 * option} and the JDK.
 */
package dev.weir.job.calendar;
