/**
 * Finds the holidays that a job file or a command names, before the job starts.
 *
 * <p>{@link dev.weir.job.calendar.HolidayRegions} knows those of countries and their parts, {@link
 * dev.weir.job.calendar.HolidayFile} reads a user's own, and {@link
 * dev.weir.job.calendar.HolidaySection} the section {@code holidays} of a job file.
 *
 * <p>Allowed imports: {@code forecast.calendar}, {@code job.options}, {@code option}, Jackson,
 * Jollyday and the JDK.
 */
package dev.weir.job.calendar;
