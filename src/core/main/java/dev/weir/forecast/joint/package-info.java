/** Forecasts of several targets of one series that explain each other. */
package dev.weir.forecast.joint;
