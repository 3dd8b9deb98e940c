package dev.weir.forecast.learn;

import dev.weir.forecast.Explanation;
import dev.weir.forecast.expert.Expert;
import dev.weir.forecast.expert.Experts;
import dev.weir.forecast.expert.FollowedSteps;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Learner} computes with: experts, their mixture, and the view of a state of theirs.
 * A learner that finds second seasons has two of these, and each state is one of either.
 *
 * <p>Keeps settings and scratch; not thread-safe.
 */
final class LearnerParts {

  final LearnerSettings settings;
  final ExpertEnsemble ensemble;
  final Mixture mixture;
  final StateLayouts layouts;
  final StateView view;

  /**
   * @param own experts beside those that the settings name
   * @param network that combines; null for none yet
   */
  LearnerParts(LearnerSettings settings, List<Expert> own, CandidateNetwork network) {
    this.settings = settings;
    List<Expert> all =
        new ArrayList<>(
            Experts.create(
                settings.experts(),
                settings.memory().analogWindow(),
                settings.memory().analogNeighbours(),
                settings.memory().tail()));
    if (settings.covariates().all() > 0) {
      all.addAll(Experts.ofCovariates(settings.covariates()));
    }
    if (settings.secondSeason() > 1) {
      all.addAll(Experts.ofSecondSeason(settings.secondSeason()));
    }
    all.addAll(own);
    this.ensemble = new ExpertEnsemble(all, settings.horizon());
    FollowedSteps followed = new FollowedSteps(settings.horizon());
    CandidateStage stage =
        !settings.combines()
            ? null
            : new CandidateStage(
                ensemble.experts().stream().map(Expert::name).toList(),
                followed,
                settings.isAlone());
    if (stage != null) {
      stage.use(network);
    }
    this.mixture = new Mixture(settings, followed, ensemble, stage);
    this.layouts = new StateLayouts(settings, ensemble.experts());
    this.view = new StateView(settings, followed, ensemble.size());
  }

  StateView bind(LearnerState learned) {
    int season = learned.season();
    boolean same = view.layout() != null && view.season() == season;
    return view.bind(learned, same ? view.layout() : layouts.of(season));
  }

  /** As {@link Learner#explain}, of the series that was observed last. */
  Explanation explain(StateView state, double value, List<String> covariates) {
    return ForecastExplainer.explain(this, state, value, covariates);
  }
}
