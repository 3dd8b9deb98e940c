/**
 * Specifies forecasts and classes: takes the options of the job file, SQL, the command line or the
 * library, and checks them together with the same rules and messages.
 *
 * <p>Start at {@link dev.weir.spec.ForecastSpec}.
 */
package dev.weir.spec;
