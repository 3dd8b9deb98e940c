/** Options that several commands share: brokers, topics, registry. */
package dev.weir.cli.option;
