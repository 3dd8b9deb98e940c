/**
 * Implements {@code weir alarms}, which lists the incidents of a job.
 *
 * <p>Start at {@link dev.weir.cli.alarm.AlarmsCommand}.
 *
 * <p>Allowed imports: {@code cli.console}, {@code cli.option}, {@code forecast}, {@code
 * forecast.alarm}, {@code kafka}, {@code kafka.admin}, {@code kafka.codec}, {@code kafka.wire}, the
 * Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.alarm;
