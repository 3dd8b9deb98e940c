/**
 * Reads and writes models. A model consists of a recurrent network (configuration and weights), a
 * linear layer, and the rules for input and output.
 *
 * <p>A <b>base model</b> is a model that was trained outside the job, in PyTorch or by {@code weir
 * train}. All series of a job share it. A running job reads new base models from the model topic.
 *
 * <p>Start at {@link dev.weir.model.ForecastModel}, the model itself:
 *
 * <ul>
 *   <li>{@link dev.weir.model.Mode}, {@link dev.weir.model.Readout} and {@link
 *       dev.weir.model.Scaling} are the rules.
 *   <li>{@link dev.weir.model.ModelFiles} converts a PyTorch {@code state_dict} to a model and
 *       back. Files, the model topic and Flink's state contain the same bytes.
 *   <li>{@link dev.weir.model.Safetensors} reads and writes the file format. It checks every length
 *       before it allocates memory.
 *   <li>{@link dev.weir.model.ModelFormatException} reports which bytes are invalid.
 * </ul>
 *
 * <p>The networks are computed in {@link dev.weir.rnn}.
 */
package dev.weir.model;
