package dev.weir.stream.covariate;

import dev.weir.forecast.alarm.NameMatcher;
import dev.weir.forecast.window.StateLimits;
import java.io.Serializable;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How observations are joined with covariates, or with what outside models forecast. Immutable.
 *
 * @param key matches the whole names of series; what its first capturing group matches is the name
 *     of a series' group. A series that does not match is a group of its own; null: each is
 * @param features covariates known ahead of each step
 * @param models names of the outside models, in the order of their columns, which come after those
 *     of the covariates; empty: the covariates are joined
 * @param horizon steps that they are looked up for
 * @param interval between two steps, milliseconds
 * @param keep times of each group that are kept: beside those ahead of the observations, which are
 *     dropped from the farthest, the newest ones
 * @param limits how many groups a task keeps, and for how long after the newest time that was known
 *     or observed of each
 */
public record CovariateSettings(
    Pattern key,
    int features,
    List<String> models,
    int horizon,
    long interval,
    int keep,
    StateLimits limits)
    implements Serializable {

  public CovariateSettings {
    models = List.copyOf(models);
  }

  /** Numbers kept of a time: the covariates, or of each model its forecast and when it was made. */
  public int columns() {
    return models.isEmpty() ? features : 2 * models.size();
  }

  /** The group of a series. */
  public String groupOf(String series) {
    MatchResult match = key == null ? null : NameMatcher.match(key, series);
    String group = match == null ? null : match.group(1);
    return group == null || group.isEmpty() ? series : group;
  }
}
