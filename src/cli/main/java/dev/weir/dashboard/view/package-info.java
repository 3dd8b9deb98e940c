/**
 * Keeps in bounded memory what the live page shows of the job and of each series. Reader threads
 * write this data, and HTTP threads read it.
 *
 * <p>Start at {@link dev.weir.dashboard.view.DashboardState}.
 *
 * <p>Allowed imports: {@code forecast}, {@code forecast.alarm}, {@code model}, all packages of
 * {@code kafka}, the Kafka clients, Caffeine, HdrHistogram and the JDK.
 */
package dev.weir.dashboard.view;
