/** {@code weir tail}: prints forecasts and scores as they arrive. */
package dev.weir.cli.tail;
