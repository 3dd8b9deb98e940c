/**
 * Declares the options of a job file, reads the file, and generates the reference of the options.
 *
 * <p>Start at {@link dev.weir.job.options.JobOptions}.
 */
package dev.weir.job.options;
