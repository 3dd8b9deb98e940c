/**
 * Finds the holidays that a job file, a command or an SQL statement names, before anything starts.
 *
 * <p>{@link dev.weir.holiday.HolidayRegions} knows those of countries and their parts. The SQL jar
 * contains this package.
 */
package dev.weir.holiday;
