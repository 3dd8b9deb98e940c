/**
 * Adds up the surprises of the members of a group: several series that a common cause moves are
 * unusual together before one of them is alone.
 *
 * <p>Start at {@link dev.weir.forecast.alarm.group.GroupTracker}. What is known of a group is in
 * its {@link dev.weir.forecast.alarm.group.GroupState}, and {@link
 * dev.weir.forecast.alarm.group.GroupStateFormat} defines its bytes.
 *
 * <p>Allowed imports: the JDK.
 */
package dev.weir.forecast.alarm.group;
