/**
 * Describes a recurrent network: the cell type, the sizes, the order of the weights, and the
 * activation functions.
 *
 * <p>Start at {@link dev.weir.rnn.cell.RnnConfig}.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.rnn.cell;
