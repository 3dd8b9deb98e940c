/**
 * The chain that turns what the experts forecast into what is given out: one {@link
 * dev.weir.forecast.stage.Stage} after the other changes a {@link dev.weir.forecast.stage.Draft}.
 * {@link dev.weir.forecast.stage.OpenForecasts} keeps what was forecast until its value comes.
 *
 * <p>Imports experts' histories and slots, and scores; nothing that is made of stages.
 */
package dev.weir.forecast.stage;
