/**
 * Recurrent arithmetic with the semantics of {@code torch.nn}: RNN (tanh, relu), LSTM and GRU,
 * stacked and bidirectional, with torch's weight order, gate order, layouts and initialization.
 *
 * <p>Start at {@link dev.weir.rnn.Rnn}. Three kinds of array never mix here: <b>learned</b> (one
 * {@code float[]} in the order of {@link dev.weir.rnn.cell.RnnConfig#parameters()}), <b>packed</b>
 * (the same numbers laid out for one kernel, rebuilt on load, never saved) and <b>scratch</b>
 * (activations, reused from call to call, never saved).
 *
 * <p>{@link dev.weir.rnn.training.TrainableRnn} learns: it gives gradients, {@link
 * dev.weir.rnn.training.Loss} is what they are of, and an {@link dev.weir.rnn.training.Optimizer}
 * applies them. Learned weights and an optimizer's state are the caller's; everything else is
 * scratch.
 *
 * <p>Knows nothing of forecasts, files or Flink, and imports the JDK only.
 */
package dev.weir.rnn;
