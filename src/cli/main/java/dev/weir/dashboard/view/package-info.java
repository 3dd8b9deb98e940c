/**
 * Keeps in bounded memory what the live page shows of the job and of each series. Reader threads
 * write this data, and HTTP threads read it.
 *
 * <p>Start at {@link dev.weir.dashboard.view.DashboardState}.
 */
package dev.weir.dashboard.view;
