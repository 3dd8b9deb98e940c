/**
 * Implements {@code weir dashboard}, which starts the live page.
 *
 * <p>Start at {@link dev.weir.cli.dashboard.DashboardCommand}. The page itself is in {@link
 * dev.weir.dashboard}.
 */
package dev.weir.cli.dashboard;
