/**
 * Implements {@code weir alarms}, which lists the incidents of a job and explains one, and {@code
 * weir webhook}, which posts them.
 *
 * <p>Start at {@link dev.weir.cli.alarm.AlarmsCommand}.
 *
 * <p>Allowed imports: {@code cli.console}, {@code cli.local}, {@code cli.option}, {@code forecast},
 * {@code job}, {@code kafka}, {@code kafka.admin}, {@code kafka.codec}, {@code kafka.wire}, {@code
 * webhook}, Jackson, the Kafka clients, picocli and the JDK.
 */
package dev.weir.cli.alarm;
