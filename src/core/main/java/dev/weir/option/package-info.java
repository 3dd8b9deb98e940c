/**
 * Declares the options that the job file, SQL, the command line and the library share: key, type,
 * range, default, description, unit, effect of a change, and what an option needs.
 *
 * <p>Start at {@link dev.weir.option.Option}.
 */
package dev.weir.option;
