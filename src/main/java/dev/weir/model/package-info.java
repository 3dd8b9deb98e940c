/**
 * What a model is and how it is kept: a recurrent network's shape and weights, its head, and the
 * rules for using both.
 *
 * <ul>
 *   <li>{@link dev.weir.model.ForecastModel} is the value, checked when it is made; {@link
 *       dev.weir.model.Mode}, {@link dev.weir.model.Readout} and {@link dev.weir.model.Scaling} are
 *       its words.
 *   <li>{@link dev.weir.model.ModelFiles} turns a {@code state_dict} into a model and back, from
 *       files and from bytes. The model topic and Flink's state hold the same bytes as a file.
 *   <li>{@link dev.weir.model.Safetensors} is the container format alone. It trusts nothing that it
 *       reads.
 *   <li>{@link dev.weir.model.ModelFormatException} says what could not be read, and where.
 * </ul>
 *
 * Sees the JDK, Jackson and {@link dev.weir.rnn}. Holds no arithmetic of networks.
 */
package dev.weir.model;
