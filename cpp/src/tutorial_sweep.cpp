#include "tutorial_sweep.hpp"

#include <algorithm>

namespace mmfusion {
namespace {

Tile whole(Shape shape) {
    const Range rows{0, shape.rows};
    const Range columns{0, shape.columns};
    return {rows, columns, rows, columns, 0};
}

}  // namespace

PassImages PassSequence::images(std::int64_t pass) const noexcept {
    float* source = pass % 2 == 0 ? first : second;
    float* other = pass % 2 == 0 ? second : first;
    if (ends_in_maps && pass + 1 == passes) {
        return {source, other, haadf, nullptr};
    }
    return {source, nullptr, nullptr, other};
}

TutorialSweep::TutorialSweep(const FusionProblem& problem, const TvSettings& settings,
                             ThreadPool& pool)
    : shape_(problem.shape),
      pool_(pool),
      pass_(problem, settings, pool),
      costs_(static_cast<std::size_t>(pool.size()),
             std::vector<Costs>(static_cast<std::size_t>(problem.shape.rows))) {}

std::int64_t TutorialSweep::run(const PassSequence& sequence, std::vector<Costs>& costs,
                                const StopFlag* stop) {
    if (pass_.tiling().strips == 1) {
        return run_in_pursuit(sequence, costs, stop);
    }
    for (std::int64_t pass = 0; pass < sequence.passes; ++pass) {
        if (stop != nullptr && stop->is_set()) {
            return pass;
        }
        costs.push_back(run(sequence.images(pass), true));
    }
    return sequence.passes;
}

// One thread makes pass k, another pass k + 1 some rows behind it: no halo is computed twice, and
// threads of unequal speed wait for each other far less than at the end of every pass.
std::int64_t TutorialSweep::run_in_pursuit(const PassSequence& sequence, std::vector<Costs>& costs,
                                           const StopFlag* stop) {
    const auto passes = static_cast<std::size_t>(sequence.passes);
    const Tile tile = whole(shape_);
    std::vector<RowProgress> progress(passes);
    std::vector<Costs> found(passes);
    pool_.run(sequence.passes, [&](std::int64_t index, int worker) {
        const auto pass = static_cast<std::size_t>(index);
        const RowGate gate{pass > 0 ? &progress[pass - 1] : nullptr, &progress[pass]};
        const bool stopped = stop != nullptr && stop->is_set();
        if (stopped || (gate.before != nullptr && !gate.before->will_come())) {
            gate.own->refuse();
            return;
        }
        const auto thread = static_cast<std::size_t>(worker);
        pass_.worker(worker).process(tile, sequence.images(index), costs_[thread].data(), gate);
        found[pass] = sum_of(costs_[thread]);
    });
    const auto done = std::find_if(progress.begin(), progress.end(),
                                   [](const RowProgress& each) { return each.is_refused(); }) -
                      progress.begin();
    costs.insert(costs.end(), found.begin(), found.begin() + done);
    return done;
}

}  // namespace mmfusion
