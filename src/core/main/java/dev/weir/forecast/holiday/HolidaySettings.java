package dev.weir.forecast.holiday;

import java.io.Serializable;
import java.time.ZoneId;

/**
 * Which days are holidays. Goes to the tasks with the job graph, with its days.
 *
 * @param zone in which a day begins and ends
 */
public record HolidaySettings(ZoneId zone, HolidayDays days) implements Serializable {}
