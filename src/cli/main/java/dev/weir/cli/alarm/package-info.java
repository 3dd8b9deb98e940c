/**
 * Implements {@code weir alarms}, which lists the incidents of a job and explains one, and {@code
 * weir webhook}, which posts them.
 *
 * <p>Start at {@link dev.weir.cli.alarm.AlarmsCommand}.
 */
package dev.weir.cli.alarm;
