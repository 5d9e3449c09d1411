#include "tutorial_sweep.hpp"

#include <algorithm>

namespace mmfusion {
namespace {

Tile whole_image(Shape shape) {
    const Range rows{.begin = 0, .end = shape.rows};
    const Range columns{.begin = 0, .end = shape.columns};
    return {.rows = rows, .columns = columns, .read_rows = rows, .read_columns = columns};
}

}  // namespace

PassImages PassSequence::images(std::int64_t pass) const noexcept {
    float* source = pass % 2 == 0 ? first : second;
    float* other = pass % 2 == 0 ? second : first;
    if (ends_in_maps && pass + 1 == passes) {
        return {.source = source, .maps = other, .haadf = haadf};
    }
    return {.source = source, .next = other};
}

TutorialSweep::TutorialSweep(const FusionProblem& problem, const TvSettings& settings,
                             ThreadPool& pool)
    : problem_(problem),
      shape_(problem.shape),
      pool_(pool),
      pass_(problem, settings, pool),
      costs_(static_cast<std::size_t>(pool.size()),
             std::vector<Costs>(static_cast<std::size_t>(problem.shape.rows))) {}

bool TutorialSweep::is_stopped(const StopFlag* stop) const noexcept {
    return problem_.options.is_abandoned() || (stop != nullptr && stop->is_set());
}

std::int64_t TutorialSweep::run(const PassSequence& sequence, std::vector<Costs>& costs,
                                const StopFlag* stop) {
    if (pass_.tiling().strips == 1) {
        return run_staggered(sequence, costs, stop);
    }
    for (std::int64_t pass = 0; pass < sequence.passes; ++pass) {
        if (is_stopped(stop)) {
            return pass;
        }
        costs.push_back(run(sequence.images(pass), true));
    }
    return sequence.passes;
}

// One thread runs pass k, another pass k + 1 some rows behind it. No halo is computed twice, and
// threads of unequal speed wait for each other far less than at the end of every pass.
std::int64_t TutorialSweep::run_staggered(const PassSequence& sequence, std::vector<Costs>& costs,
                                          const StopFlag* stop) {
    const auto passes = static_cast<std::size_t>(sequence.passes);
    const Tile tile = whole_image(shape_);
    std::vector<RowProgress> progress(passes);
    std::vector<Costs> costs_of_passes(passes);
    pool_.run(sequence.passes, [&](std::int64_t index, int worker) {
        const auto pass = static_cast<std::size_t>(index);
        const RowGate gate{.before = pass > 0 ? &progress[pass - 1] : nullptr,
                           .own = &progress[pass]};
        if (is_stopped(stop) || (gate.before != nullptr && !gate.before->wait_for_start())) {
            gate.own->cancel();
            return;
        }
        const auto thread = static_cast<std::size_t>(worker);
        pass_.worker(worker).process(tile, sequence.images(index), costs_[thread].data(), gate);
        costs_of_passes[pass] = sum_of(costs_[thread]);
    });
    const auto done = std::ranges::find_if(progress, &RowProgress::is_cancelled) - progress.begin();
    costs.insert(costs.end(), costs_of_passes.begin(), costs_of_passes.begin() + done);
    return done;
}

}  // namespace mmfusion
