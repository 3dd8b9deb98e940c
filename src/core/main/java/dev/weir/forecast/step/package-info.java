/** The steps ahead: which ones errors are followed of, and where what was forecast waits. */
package dev.weir.forecast.step;
