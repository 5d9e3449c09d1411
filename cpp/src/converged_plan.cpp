#include "mmfusion/converged_plan.hpp"

#include <algorithm>
#include <cmath>

#include "aligned_buffer.hpp"
#include "converged_tile.hpp"
#include "fusion_start.hpp"
#include "tiled_pass.hpp"
#include "tutorial_tile.hpp"
#include "validate.hpp"

namespace mmfusion {
namespace {

// With gamma between 1 and 2 the HAADF term has no slope at 0, so a pixel would never leave it.
constexpr float smallest_start = 1e-2F;
constexpr double step_growth = 1.1;
constexpr double shortest_step = 1e-9;
constexpr int calm_iterations = 3;

class ConvergedPlan final : public Solver {
public:
    ConvergedPlan(FusionProblem problem, double tolerance)
        : problem_((require_valid(problem), std::move(problem))),
          tolerance_(tolerance),
          pool_(threads_for<ConvergedTile>(problem_, tv_settings())),
          present_(make_buffer(problem_.values())),
          before_(make_buffer(problem_.values())),
          trial_(make_buffer(problem_.values())),
          dual_(make_zeroed_buffer(2 * problem_.values())),
          trial_dual_(make_zeroed_buffer(2 * problem_.values())),
          haadf_(make_buffer(problem_.shape.pixels())),
          trial_haadf_(make_buffer(problem_.shape.pixels())),
          pass_(problem_, tv_settings(), pool_) {
        const std::int64_t values = problem_.values();
        write_start(problem_, pool_, present_.get());
        if (problem_.options.is_abandoned()) {
            return;  // what follows takes long for large images, and is of no use
        }
        if (problem_.options.gamma > 1.0F && problem_.options.gamma < 2.0F) {
            std::transform(present_.get(), present_.get() + values, present_.get(),
                           [](float x) { return std::max(x, smallest_start); });
        }
        std::copy_n(present_.get(), values, before_.get());
        std::copy_n(present_.get(), values, trial_.get());
        // A pass without TV steps only evaluates the maps: their costs and model.
        TiledPass<TutorialTile> evaluate(problem_, TvSettings{}, pool_);
        costs_ = evaluate.run(PassImages{.source = present_.get(), .haadf = haadf_.get()}, true);
    }

    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) override {
        require_not_taken();
        int done = 0;
        while (done < n_iter && !settled_ && (stop == nullptr || !stop->is_set()) &&
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
            std::copy_n(present_.get(), problem_.values(), maps);
        }
        copy_model(haadf);
        return costs;
    }

    std::shared_ptr<float> finish(int n_iter, std::vector<Costs>& costs, const StopFlag* stop,
                                  float* haadf) override {
        run(n_iter, costs, stop);
        copy_model(haadf);
        return share(std::move(present_));
    }

    [[nodiscard]] bool has_settled() const noexcept override { return settled_; }
    [[nodiscard]] double step_length() const noexcept override { return length_; }
    [[nodiscard]] const FusionProblem& problem() const noexcept override { return problem_; }

private:
    [[nodiscard]] TvSettings tv_settings() const noexcept {
        const FusionOptions& options = problem_.options;
        return {.weight = options.lambda_tv,
                .n_iter = options.n_iter_tv,
                .kind = options.tv,
                .warm = true};
    }

    Costs iterate() {
        if (settled_) {
            return costs_;
        }
        const double phi = objective(costs_);
        bool first = true;
        while (!try_step(phi)) {
            if (theta_ > 1.0) {
                theta_ = 1.0;
            } else {
                length_ /= 2.0;
            }
            first = false;
            if (length_ < shortest_step || problem_.options.is_abandoned()) {
                settled_ = true;
                return costs_;
            }
        }
        if (first) {
            length_ *= step_growth;
        }
        const double drop = phi - objective(costs_);
        calm_ = drop <= tolerance_ * std::abs(phi) ? calm_ + 1 : 0;
        settled_ = calm_ >= calm_iterations;
        return costs_;
    }

    [[nodiscard]] double objective(const Costs& costs) const noexcept {
        const FusionOptions& options = problem_.options;
        return static_cast<double>(options.lambda_haadf) * costs.haadf +
               static_cast<double>(options.lambda_chem) * costs.chem +
               static_cast<double>(options.lambda_tv) * costs.tv;
    }

    // Makes trial maps; if they do not raise the objective, they become the present ones and the
    // result is true.
    bool try_step(double phi) {
        const double next_theta = (1.0 + std::sqrt(1.0 + 4.0 * theta_ * theta_)) / 2.0;
        const ConvergedImages images{.present = present_.get(),
                                     .before = before_.get(),
                                     .dual = dual_.get(),
                                     .next = trial_.get(),
                                     .next_dual = trial_dual_.get(),
                                     .haadf = trial_haadf_.get(),
                                     .momentum = static_cast<float>((theta_ - 1.0) / next_theta),
                                     .length = static_cast<float>(length_)};
        const Costs costs = pass_.run(images, true);
        if (!(objective(costs) <= phi)) {
            return false;
        }
        before_.swap(present_);
        present_.swap(trial_);
        dual_.swap(trial_dual_);
        haadf_.swap(trial_haadf_);
        costs_ = costs;
        theta_ = next_theta;
        return true;
    }

    void copy_model(float* haadf) const {
        if (haadf != nullptr) {
            std::copy_n(haadf_.get(), problem_.shape.pixels(), haadf);
        }
    }

    void require_not_taken() const {
        require(present_ != nullptr, "the maps were taken; make a new plan");
    }

    FusionProblem problem_;
    double tolerance_;
    ThreadPool pool_;
    AlignedBuffer present_;
    AlignedBuffer before_;
    AlignedBuffer trial_;
    AlignedBuffer dual_;
    AlignedBuffer trial_dual_;
    AlignedBuffer haadf_;
    AlignedBuffer trial_haadf_;
    TiledPass<ConvergedTile> pass_;
    Costs costs_;
    double theta_ = 1.0;  // gives the momentum; 1 means none
    double length_ = 1.0;
    int calm_ = 0;
    bool settled_ = false;
};

}  // namespace

std::unique_ptr<Solver> make_converged_plan(FusionProblem problem, double tolerance) {
    return std::make_unique<ConvergedPlan>(std::move(problem), tolerance);
}

}  // namespace mmfusion
