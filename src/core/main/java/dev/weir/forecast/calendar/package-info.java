/**
 * Corrects the forecasts of a series on holidays and the days beside them.
 *
 * <p>{@link dev.weir.forecast.calendar.HolidaySettings} says which days are holidays of which
 * series, {@link dev.weir.forecast.calendar.SeriesCalendar} on which local day a value is, and
 * {@link dev.weir.forecast.calendar.HolidayCorrection} learns what forecasts missed on such days.
 * The days are computed before the job starts; no library is needed here.
 *
 * <p>Allowed imports: {@code forecast.alarm}, {@code forecast.expert}, {@code
 * forecast.expert.linear}, {@code model} and the JDK.
 */
package dev.weir.forecast.calendar;
