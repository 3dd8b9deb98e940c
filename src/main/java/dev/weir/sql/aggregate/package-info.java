/** Aggregate functions that score forecasts in SQL: MASE, sMAPE and coverage. */
package dev.weir.sql.aggregate;
