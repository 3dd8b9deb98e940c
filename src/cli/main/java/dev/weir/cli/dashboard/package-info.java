/**
 * Implements {@code weir dashboard}, which starts the live page.
 *
 * <p>Start at {@link dev.weir.cli.dashboard.DashboardCommand}. The page itself is in {@link
 * dev.weir.dashboard}.
 *
 * <p>Allowed imports: {@code cli.option}, {@code dashboard}, {@code dashboard.http}, {@code
 * dashboard.view}, {@code forecast.alarm}, {@code kafka}, {@code kafka.admin}, picocli and the JDK.
 */
package dev.weir.cli.dashboard;
