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

// With gamma between 1 and 2 the HAADF term has no slope at 0 and would never leave it.
constexpr float smallest_start = 1e-2F;
constexpr double growth = 1.1;
constexpr double shortest_step = 1e-9;
constexpr int calm_iterations = 3;

TvSettings tv_settings(const FusionOptions& options) {
    return {options.lambda_tv, options.n_iter_tv, options.tv, true, true};
}

}  // namespace

class ConvergedPlan::Implementation {
public:
    Implementation(FusionProblem problem, double tolerance)
        : problem_((require_valid(problem), std::move(problem))),
          tolerance_(tolerance),
          pool_(threads_for<ConvergedTile>(problem_, tv_settings(problem_.options))),
          present_(make_buffer(values())),
          before_(make_buffer(values())),
          trial_(make_buffer(values())),
          dual_(make_zeroed_buffer(2 * values())),
          trial_dual_(make_zeroed_buffer(2 * values())),
          haadf_(make_buffer(problem_.shape.pixels())),
          trial_haadf_(make_buffer(problem_.shape.pixels())),
          pass_(problem_, tv_settings(problem_.options), pool_) {
        write_start(problem_, pool_, present_.get());
        if (problem_.options.gamma > 1.0F && problem_.options.gamma < 2.0F) {
            std::transform(present_.get(), present_.get() + values(), present_.get(),
                           [](float x) { return std::max(x, smallest_start); });
        }
        std::copy_n(present_.get(), values(), before_.get());
        std::copy_n(present_.get(), values(), trial_.get());
        // A pass without TV steps does no more than look at the maps: their costs and model.
        TiledPass<TutorialTile> look(problem_, TvSettings{}, pool_);
        costs_ = look.run(PassImages{present_.get(), nullptr, haadf_.get(), nullptr}, true);
    }

    Costs iterate() {
        require(present_ != nullptr, "the maps were taken; make a new plan");
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
            if (length_ < shortest_step) {
                settled_ = true;
                return costs_;
            }
        }
        if (first) {
            length_ *= growth;
        }
        const double drop = phi - objective(costs_);
        calm_ = drop <= tolerance_ * std::abs(phi) ? calm_ + 1 : 0;
        settled_ = calm_ >= calm_iterations;
        return costs_;
    }

    int run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) {
        int done = 0;
        while (done < n_iter && !settled_ && (stop == nullptr || !stop->is_set())) {
            costs.push_back(iterate());
            ++done;
        }
        return done;
    }

    void copy_out(float* maps, float* haadf) const {
        if (maps != nullptr) {
            std::copy_n(present_.get(), values(), maps);
        }
        if (haadf != nullptr) {
            std::copy_n(haadf_.get(), problem_.shape.pixels(), haadf);
        }
    }

    std::shared_ptr<float> take_maps() { return shared(std::move(present_)); }

    [[nodiscard]] const FusionProblem& problem() const noexcept { return problem_; }
    [[nodiscard]] bool has_settled() const noexcept { return settled_; }
    [[nodiscard]] double step_length() const noexcept { return length_; }

private:
    [[nodiscard]] std::int64_t values() const noexcept {
        return problem_.map_count() * problem_.shape.pixels();
    }

    [[nodiscard]] double objective(const Costs& costs) const noexcept {
        const FusionOptions& options = problem_.options;
        return static_cast<double>(options.lambda_haadf) * costs.haadf +
               static_cast<double>(options.lambda_chem) * costs.chem +
               static_cast<double>(options.lambda_tv) * costs.tv;
    }

    // Whether the maps tried do not raise the objective; they are the present ones then.
    bool try_step(double phi) {
        const double next_theta = (1.0 + std::sqrt(1.0 + 4.0 * theta_ * theta_)) / 2.0;
        const ConvergedImages images{present_.get(),
                                     before_.get(),
                                     dual_.get(),
                                     trial_.get(),
                                     trial_dual_.get(),
                                     trial_haadf_.get(),
                                     static_cast<float>((theta_ - 1.0) / next_theta),
                                     static_cast<float>(length_)};
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
    double theta_ = 1.0;  // its sequence makes the momentum; 1 means none
    double length_ = 1.0;
    int calm_ = 0;
    bool settled_ = false;
};

ConvergedPlan::ConvergedPlan(FusionProblem problem, double tolerance)
    : implementation_(std::make_unique<Implementation>(std::move(problem), tolerance)) {}

ConvergedPlan::~ConvergedPlan() = default;

int ConvergedPlan::run(int n_iter, std::vector<Costs>& costs, const StopFlag* stop) {
    return implementation_->run(n_iter, costs, stop);
}

Costs ConvergedPlan::step(float* maps, float* haadf) {
    const Costs costs = implementation_->iterate();
    implementation_->copy_out(maps, haadf);
    return costs;
}

std::shared_ptr<float> ConvergedPlan::finish(int n_iter, std::vector<Costs>& costs,
                                             const StopFlag* stop, float* haadf) {
    implementation_->run(n_iter, costs, stop);
    implementation_->copy_out(nullptr, haadf);
    return implementation_->take_maps();
}

bool ConvergedPlan::has_settled() const noexcept { return implementation_->has_settled(); }
double ConvergedPlan::step_length() const noexcept { return implementation_->step_length(); }
Shape ConvergedPlan::shape() const noexcept { return implementation_->problem().shape; }
std::int64_t ConvergedPlan::map_count() const noexcept {
    return implementation_->problem().map_count();
}

}  // namespace mmfusion
