/**
 * What is kept of a series: {@link dev.weir.forecast.slot.Slots} are declared where they are used.
 */
package dev.weir.forecast.slot;
