/**
 * The words of a recurrent network: the kinds of cell, the configuration with the order of its
 * weights, and the activation functions. May import the JDK only.
 */
package dev.weir.rnn.cell;
