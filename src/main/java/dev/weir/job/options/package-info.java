/**
 * The options of a job file: their declarations, the reader, and the generated reference. May
 * import {@code forecast}, {@code kafka}, {@code option} and the JDK, but not {@code job}.
 */
package dev.weir.job.options;
