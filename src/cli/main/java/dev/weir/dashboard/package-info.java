/**
 * Serves the live page of a job. The subpackage {@code read} reads the job's topics, {@code view}
 * keeps a bounded view of them in memory, and {@code http} serves this view to the browser. The
 * page's HTML and JavaScript are in {@code src/cli/main/resources/dashboard}.
 *
 * <p>Start at {@link dev.weir.dashboard.Dashboard}. Records and HTTP requests are both untrusted.
 * The job jar does not contain these packages.
 *
 * <p>Only {@code cli} imports this package.
 */
package dev.weir.dashboard;
