/**
 * Holidays in a series' local time, and how far its values go off on them.
 *
 * <p>{@link dev.weir.forecast.holiday.HolidaySettings} say which days are holidays; {@link
 * dev.weir.forecast.holiday.HolidayCorrection} learns what each does to the values and corrects the
 * forecasts.
 */
package dev.weir.forecast.holiday;
