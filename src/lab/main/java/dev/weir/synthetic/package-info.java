/**
 * Makes series at random, which the built-in networks were trained on besides measured ones.
 *
 * <p>Start at {@link dev.weir.synthetic.SyntheticSeries}.
 */
package dev.weir.synthetic;
