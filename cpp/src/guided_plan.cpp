#include "mmfusion/guided_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "aligned_buffer.hpp"
#include "fusion_start.hpp"
#include "guided_tile.hpp"
#include "thread_pool.hpp"
#include "tiles.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

constexpr int steps_per_sweep = 20;
constexpr int sweeps_per_iteration = 2;
constexpr float relaxation = 1.9F;
// The lengths of the steps on maps and duals have a fixed product; these ratios took the fewest
// steps on simulated specimens of 2 to 1000 counts.
constexpr double dual_step_of_bound = 7.0;
constexpr double smallest_bound = 1e-3;
constexpr double share_of_haadf = 0.05;
constexpr double squared_norm = 8.0;  // bounds that of the discrete gradient, turned or not
// A step on one map takes as long as this many TV steps.
constexpr double work_of_step = 1.5;

constexpr std::int64_t halo = steps_per_sweep + 1;

double work_per_pixel(const FusionProblem& problem) {
    return work_of_step * static_cast<double>(problem.map_count() * (steps_per_sweep + 4));
}

void require_valid(const FusionProblem& problem, const GuidedTerms& terms) {
    require_valid(problem);
    require(terms.guide.y != nullptr && terms.guide.x != nullptr, "a guide has two components");
    require(terms.maps.size() == problem.maps.size(), "every map needs its guided terms");
    for (const GuidedMap& map : terms.maps) {
        require_between("dose", map.dose, 1e-6F, 1e6F);
        require_between("background", map.background, 1e-7F, 1e6F);
        require_between("largest", map.largest, 1e-3F, 1e6F);
    }
    require(terms.tolerance >= 0.0, "tolerance must be at least 0");
}

std::int64_t strip_columns(const FusionProblem& problem) {
    const std::int64_t rows = problem.map_count() * GuidedPipeline::rows_per_map_and_step +
                              GuidedPipeline::shared_rows_per_step;
    const std::int64_t bytes =
        rows * (steps_per_sweep + 1) * static_cast<std::int64_t>(sizeof(float));
    return cached_columns(fusion_working_bytes, bytes, halo);
}

class GuidedPlan final : public GuidedSolver {
public:
    GuidedPlan(FusionProblem problem, GuidedTerms terms)
        : problem_((require_valid(problem, terms), std::move(problem))),
          terms_(std::move(terms)),
          pool_(useful_threads(problem_.shape, halo, problem_.options.threads,
                               work_per_pixel(problem_))),
          maps_(make_buffer(problem_.values())),
          next_maps_(make_buffer(problem_.values())),
          duals_(make_zeroed_buffer(2 * problem_.values())),
          next_duals_(make_zeroed_buffer(2 * problem_.values())),
          haadf_dual_(make_zeroed_buffer(problem_.shape.pixels())),
          next_haadf_dual_(make_zeroed_buffer(problem_.shape.pixels())),
          haadf_(make_zeroed_buffer(problem_.shape.pixels())),
          tiling_(make_tiling(problem_.shape, halo, strip_columns(problem_), pool_.size(),
                              work_per_pixel(problem_))),
          costs_of_rows_(static_cast<std::size_t>(problem_.shape.rows * tiling_.strips)) {
        for (int thread = 0; thread < pool_.size(); ++thread) {
            tiles_.emplace_back(problem_, terms_, steps_per_sweep, tiling_);
        }
        write_start(problem_, pool_, maps_.get());
        write_model();
        choose_steps();
    }

    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) override {
        require_not_taken();
        int done = 0;
        while (done < n_iter && !has_settled() && (stop == nullptr || !stop->is_set()) &&
               !problem_.options.is_abandoned()) {
            costs.push_back(iterate());
            ++done;
        }
        return done;
    }

    Costs step(float* maps, float* haadf) override {
        require_not_taken();
        const Costs costs = iterate();
        if (maps != nullptr) {
            std::copy_n(maps_.get(), problem_.values(), maps);
        }
        copy_model(haadf);
        return costs;
    }

    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf) override {
        run(n_iter, costs, stop);
        copy_model(haadf);
        return share(std::move(maps_));
    }

    void set_model(const std::vector<float>& weights, float haadf_offset,
                   double tolerance) override {
        require(weights.size() == problem_.maps.size(), "every map needs one weight");
        require(tolerance >= 0.0, "tolerance must be at least 0");
        FusionProblem changed = problem_;
        changed.haadf.offset = haadf_offset;
        for (std::size_t map = 0; map < weights.size(); ++map) {
            changed.maps[map].weight = weights[map];
        }
        mmfusion::require_valid(changed);
        problem_ = std::move(changed);
        terms_.tolerance = tolerance;
        gap_ = std::numeric_limits<double>::infinity();
        choose_steps();
    }

    void copy_maps(float* maps) const override {
        require_not_taken();
        std::copy_n(maps_.get(), problem_.values(), maps);
    }

    [[nodiscard]] bool has_settled() const noexcept override { return gap_ <= terms_.tolerance; }
    [[nodiscard]] double gap() const noexcept override { return gap_; }
    [[nodiscard]] double step_length() const noexcept override {
        return static_cast<double>(settings_.step);
    }
    [[nodiscard]] const FusionProblem& problem() const noexcept override { return problem_; }

private:
    // Of the maps the iterations start from.
    void write_model() {
        for (std::int64_t map = 0; map < problem_.map_count(); ++map) {
            const float weight = problem_.maps[static_cast<std::size_t>(map)].weight;
            const float* image = maps_.get() + problem_.start_of_map(map);
            for (std::int64_t at = 0; at < problem_.shape.pixels(); ++at) {
                haadf_[static_cast<std::size_t>(at)] += weight * image[at];
            }
        }
    }

    void choose_steps() {
        settings_.steps = steps_per_sweep;
        settings_.relaxation = relaxation;
        settings_.maps.clear();
        double bounds = 0.0;
        double weights = 0.0;
        for (std::size_t map = 0; map < problem_.maps.size(); ++map) {
            const GuidedMap& terms = terms_.maps[map];
            const float weight = problem_.maps[map].weight;
            const float bound = problem_.options.lambda_tv * std::sqrt(terms.dose);
            settings_.maps.push_back({.dose = terms.dose,
                                      .weight = weight,
                                      .background = terms.background,
                                      .largest = terms.largest,
                                      .bound = bound});
            bounds += static_cast<double>(bound);
            weights += static_cast<double>(weight) * static_cast<double>(weight);
        }
        const double bound =
            std::max(bounds / static_cast<double>(problem_.map_count()), smallest_bound);
        const double dual_step = dual_step_of_bound * std::sqrt(bound);
        const double mu = static_cast<double>(problem_.options.lambda_haadf);
        // Without weights or mu the HAADF image has no part.
        const bool has_haadf = weights > 0.0 && mu > 0.0;
        const double haadf_step =
            has_haadf ? share_of_haadf * squared_norm * dual_step / weights : 0.0;
        settings_.dual_step = static_cast<float>(dual_step);
        settings_.haadf_step = static_cast<float>(haadf_step);
        settings_.shrink = has_haadf ? static_cast<float>(mu / (mu + haadf_step)) : 0.0F;
        settings_.step =
            static_cast<float>(1.0 / (squared_norm * dual_step + haadf_step * weights));
    }

    Costs iterate() {
        for (int sweep = 1; sweep <= sweeps_per_iteration; ++sweep) {
            // Costs and gap are those of the last sweep.
            run_sweep(sweep == sweeps_per_iteration ? costs_of_rows_.data() : nullptr);
        }
        GuidedCosts sum;
        for (const GuidedCosts& row : costs_of_rows_) {
            sum.costs.haadf += row.costs.haadf;
            sum.costs.chem += row.costs.chem;
            sum.costs.tv += row.costs.tv;
            sum.gap += row.gap;
        }
        const double objective = objective_of(sum.costs);
        gap_ = objective == 0.0 ? 0.0 : sum.gap / objective;
        return sum.costs;
    }

    void run_sweep(GuidedCosts* costs) {
        const GuidedImages images{.maps = maps_.get(),
                                  .duals = duals_.get(),
                                  .haadf_dual = haadf_dual_.get(),
                                  .next_maps = next_maps_.get(),
                                  .next_duals = next_duals_.get(),
                                  .next_haadf_dual = next_haadf_dual_.get(),
                                  .haadf = haadf_.get()};
        const auto tiles = static_cast<std::int64_t>(tiling_.tiles.size());
        pool_.run(tiles, [&](std::int64_t index, int thread) {
            tiles_[static_cast<std::size_t>(thread)].process(
                tiling_.tiles[static_cast<std::size_t>(index)], settings_, images, costs);
        });
        maps_.swap(next_maps_);
        duals_.swap(next_duals_);
        haadf_dual_.swap(next_haadf_dual_);
    }

    [[nodiscard]] double objective_of(const Costs& costs) const noexcept {
        return static_cast<double>(problem_.options.lambda_haadf) * costs.haadf + costs.chem +
               static_cast<double>(problem_.options.lambda_tv) * costs.tv;
    }

    void copy_model(float* haadf) const {
        if (haadf != nullptr) {
            std::copy_n(haadf_.get(), problem_.shape.pixels(), haadf);
        }
    }

    void require_not_taken() const {
        require(maps_ != nullptr, "the maps were taken; make a new plan");
    }

    FusionProblem problem_;
    GuidedTerms terms_;
    ThreadPool pool_;
    AlignedBuffer maps_;
    AlignedBuffer next_maps_;
    AlignedBuffer duals_;
    AlignedBuffer next_duals_;
    AlignedBuffer haadf_dual_;
    AlignedBuffer next_haadf_dual_;
    AlignedBuffer haadf_;
    Tiling tiling_;
    std::vector<GuidedTile> tiles_;           // one per thread
    std::vector<GuidedCosts> costs_of_rows_;  // so that no sum depends on the threads
    GuidedSettings settings_;
    double gap_ = std::numeric_limits<double>::infinity();
};

}  // namespace

std::unique_ptr<GuidedSolver> make_guided_plan(FusionProblem problem, GuidedTerms terms) {
    return std::make_unique<GuidedPlan>(std::move(problem), std::move(terms));
}

}  // namespace mmfusion
